// A dry run in words: what would be refused, started, completed, or pass by.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DryRun, dryRunLines, requestText } from './dry-run.ts';

const request = { method: 'POST', url: 'http://localhost/webhook/w', headers: { 'X-Sign': 'abc' }, body: '{"a":1}' };
const event = { payload: '{"a":1}', resumes: [], starts: [], misses: [] };
const run = (change: Partial<DryRun>): DryRun => ({
  ...{ request, signed: true, verdict: 'verified', held: false, events: [event] },
  answer: { status: 200, headers: {}, body: '' },
  ...change,
});
const texts = (change: Partial<DryRun>) => dryRunLines(run(change)).map(({ text }) => text);

test('a refusal says why', () => {
  assert.deepEqual(texts({ verdict: 'refused', reason: 'signature differs', events: [] }), [
    'It would be refused: signature differs',
    'The sender would hear 200 at once',
  ]);
});

test('what would be completed and started, and what not', () => {
  const resumes = [{ workflowId: 'x', workflowName: 'order', taskRef: 'paid' }];
  const starts = [
    { name: 'ship', version: 2 },
    { name: 'ship', existing: 'y', idempotencyKey: 'k' },
    { name: 'gone', reason: 'it is not defined' },
  ];
  const lines = dryRunLines(run({ held: true, answer: undefined, events: [{ ...event, resumes, starts }] }));
  assert.deepEqual(lines.slice(1), [
    { tone: 'quiet', text: 'The sender would hear what the workflow answers' },
    { tone: 'wait', text: 'It would be held until its turn comes' },
    { tone: 'good', text: 'paid of order would be completed', workflowId: 'x' },
    { tone: 'good', text: 'ship v2 would start' },
    { tone: 'wait', text: 'ship would not start again: the key was used', workflowId: 'y' },
    { tone: 'bad', text: 'gone would not start: it is not defined' },
  ]);
});

test('an event that nobody waits for', () => {
  assert.equal(texts({}).at(-1), 'Nothing would happen: no task waits for it');
  assert.equal(texts({ events: [{ ...event, reason: 'filtered' }] }).at(-1), 'Nothing would happen: filtered');
});

test('the request as text', () => {
  assert.equal(requestText(run({})), 'POST http://localhost/webhook/w\nX-Sign: abc\n\n{"a":1}');
});
