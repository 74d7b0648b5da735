// Events in words: refused, challenge, matched, started, and what cannot be read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReceivedEvent } from '../../../src/http/contract/webhook-event.ts';
import {
  bytesOf,
  cameAgain,
  eventOrigins,
  eventOutcome,
  eventSteps,
  eventWorkflowIds,
  headerLines,
  parsedBody,
} from './received-event.ts';

const event = (more: Partial<ReceivedEvent>): ReceivedEvent => ({
  eventId: 'e',
  webhookId: 'w',
  seq: 1,
  receivedAt: 1,
  method: 'POST',
  url: '/webhook/w',
  headers: '{"content-type":["application/json"],"x-a":["1","2"]}',
  body: '{"a":1}',
  bodyEncoding: 'text',
  bodyBytes: 7,
  verdict: 'verified',
  matched: false,
  effects: [],
  ...more,
});
const effect = (type: 'completed' | 'started' | 'existing' | 'failed', workflowId?: string) => ({
  type,
  workflowName: 'w',
  at: 1,
  ...(workflowId ? { workflowId } : {}),
});
const states = (e: ReceivedEvent) => eventSteps(e).map(({ name, state }) => `${name} ${state}`);

test('the way of an event', () => {
  assert.deepEqual(states(event({ verdict: 'refused', reason: 'signature differs' })), [
    'Received done',
    'Verified failed',
    'Stored done',
  ]);
  assert.deepEqual(states(event({ effects: [effect('completed', 'x'), effect('started', 'y')] })).slice(3), [
    'Matched done',
    'Started done',
  ]);
  assert.deepEqual(states(event({})).slice(3), ['Matched none', 'Started none']);
  assert.deepEqual(states(event({ effects: [effect('failed')] })).slice(3), ['Matched none', 'Started failed']);
  assert.equal(eventSteps(event({ verdict: 'challenge' })).length, 3);
  assert.equal(eventSteps(event({ verdict: 'observed' })).length, 5);
  assert.deepEqual(eventOutcome({ verdict: 'refused' }), { text: 'Refused', tone: 'bad' });
});

test('executions are listed once', () => {
  assert.deepEqual(
    eventWorkflowIds(event({ effects: [effect('completed', 'x'), effect('started', 'x'), effect('failed')] })),
    ['x'],
  );
});

test('headers and bodies, readable or not', () => {
  assert.deepEqual(
    headerLines(event({}).headers).map(({ name, value }) => `${name}=${value}`),
    ['content-type=application/json', 'x-a=1', 'x-a=2'],
  );
  assert.deepEqual(headerLines('nonsense'), []);
  assert.deepEqual(parsedBody(event({})), { a: 1 });
  assert.deepEqual(
    parsedBody(event({ headers: '{"Content-Type":["application/x-www-form-urlencoded"]}', body: 'a=1&b=x' })),
    { a: '1', b: 'x' },
  );
  assert.equal(parsedBody(event({ body: '<xml/>' })), undefined);
  assert.deepEqual(parsedBody(event({ body: '<a>1</a>', payload: '{"a":"1"}' })), { a: '1' }, 'as the server read it');
  assert.deepEqual([...bytesOf('AP/+')], [0, 255, 254]);
  assert.equal(bytesOf('no base64!').length, 0);
});

test('where an event came from, and what became of it', () => {
  const lines = (about: Record<string, unknown>) =>
    eventOrigins({ about: about as ReceivedEvent['about'] }).map(({ label, eventId }) => `${label} ${eventId}`);
  assert.deepEqual(lines({}), []);
  assert.deepEqual(eventOrigins({}), []);
  assert.deepEqual(lines({ replayOf: 'a' }), ['Replay of a']);
  assert.deepEqual(lines({ replayOf: 'a', isEdited: true }), ['Edited replay of a']);
  assert.deepEqual(lines({ partOf: 'b', index: 1 }), ['Part of b']);
  assert.deepEqual(lines({ verifiedFrom: 'c' }), ['Taken from the refused c']);
  assert.deepEqual(lines({ verifiedAs: 7 }), [], 'nothing but a text is an id');
});

test('how often it came again', () => {
  assert.equal(cameAgain({}), undefined);
  assert.equal(cameAgain({ repeated: { times: 1, lastAt: 1 } }), 'once more');
  assert.equal(cameAgain({ repeated: { times: 1_200, lastAt: 1 } }), '1,200 more times');
});
