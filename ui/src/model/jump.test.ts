// The palette finds pages, things and ids, and offers a search for everything else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jumpsFor } from './jump.ts';

const source = {
  defs: [
    { name: 'order flow', version: 1, description: 'old' },
    { name: 'order flow', version: 2, description: 'new' },
  ],
  webhooks: [{ id: 'w/1', name: 'orders', sourcePlatform: 'Custom' }],
  recent: [{ workflowId: '0192-abc', workflowType: 'order flow', status: 'FAILED' as const }],
};
const labels = (query: string) => jumpsFor(query, source).map(({ label }) => label);

test('nothing typed: the pages', () => {
  assert.equal(labels('')[0], 'Overview');
  assert.ok(labels('').includes('New Webhook'));
});

test('words in any order; a definition is offered once, in its latest version, to open and to run', () => {
  const jumps = jumpsFor('flow order', source);
  assert.deepEqual(
    jumps.map(({ kind }) => kind),
    ['workflow', 'run', 'execution', 'search'],
  );
  assert.match(jumps[0]?.about ?? '', /version 2 · new/);
  assert.equal(jumps[1]?.to, '/run?name=order%20flow');
});

test('addresses are coded; ids can be pasted', () => {
  assert.equal(jumpsFor('orders', source).find(({ kind }) => kind === 'webhook')?.to, '/definitions/webhooks/w%2F1');
  assert.deepEqual(labels('7a308c91-4189-4e34-8ddb-347cbbfd82fe').slice(1), ['Open execution', 'Open received event']);
  assert.deepEqual(labels('two words?').slice(-1), ['Find “two words?” in executions']);
});
