// Cutting requests into events and naming them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity, VerifierConfig } from './config.ts';
import { eventsOf } from './identity.ts';
import { arrived } from './verifier.ts';

const identity: Identity = {
  dedupe: [[{ header: 'X-Id' }], [{ body: 'source' }, { body: 'id' }], [{ query: 'key' }]],
  eventType: [[{ body: 'type' }, { body: 'action' }], [{ body: 'type' }]],
  idSigned: false,
};

function config(batch?: string): VerifierConfig {
  return { scheme: { type: 'none' }, secrets: [], values: {}, methods: ['POST'], handshakes: [], identity, batch };
}

function events(payload: unknown, batch?: string, headers: Record<string, string> = {}, split = true) {
  const request = arrived({ method: 'POST', publicUrl: 'https://a.test/?key=q', headers, body: Buffer.alloc(0) });
  return eventsOf(config(batch), request, payload, split);
}

test('the first complete alternative counts, parts are kept apart', () => {
  assert.equal(events({ id: '1' }, undefined, { 'X-Id': 'h' })[0]?.dedupeKey, 'h');
  assert.equal(events({ source: 'a.b', id: 'c' })[0]?.dedupeKey, '["a.b","c"]');
  assert.equal(events({ source: 'a', id: 'b.c' })[0]?.dedupeKey, '["a","b.c"]');
  assert.equal(events({ source: 'a' })[0]?.dedupeKey, 'q');
  assert.equal(events({ type: 't', action: 'x' })[0]?.eventType, 't.x');
  assert.equal(events({ type: 't' })[0]?.eventType, 't');
  assert.equal(events(undefined)[0]?.eventType, undefined);
});

test('an array becomes events of their own, each with an envelope of one', () => {
  const [one, two] = events([{ type: 'a' }, { type: 'b' }], '');
  assert.deepEqual([one?.eventType, two?.eventType], ['a', 'b']);
  assert.deepEqual(two?.envelope, [{ type: 'b' }]);
  const nested = events({ object: 'page', data: { events: [{ type: 'a' }, { type: 'b' }], more: 1 } }, 'data.events');
  assert.deepEqual(nested[1]?.payload, { type: 'b' });
  assert.deepEqual(nested[1]?.envelope, { object: 'page', data: { events: [{ type: 'b' }], more: 1 } });
});

test('without an array, with an empty one, or unsplit there is one event', () => {
  assert.deepEqual(
    events({ value: 'x' }, 'value').map(({ payload }) => payload),
    [{ value: 'x' }],
  );
  assert.deepEqual(
    events([], '').map(({ payload }) => payload),
    [[]],
  );
  assert.equal(events([1, 2, 3], '', {}, false).length, 1);
});

test('own properties only, and no endless keys', () => {
  const hostile = JSON.parse('{"__proto__":{"type":"x"},"source":"s","id":{"a":1}}') as unknown;
  assert.equal(events(hostile)[0]?.eventType, undefined);
  assert.equal(events({ source: 's', id: 'x'.repeat(600) })[0]?.dedupeKey, undefined);
});
