// What needs attention: each kind with its way there, bounded, and nothing when all is well.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attentionLines } from './attention.ts';

const NOTHING = { failed: [], flows: [], unmatched: [], queues: [], webhooks: [], now: 1_000_000 };

test('all is well', () => {
  const webhooks = [{ id: 'w', name: 'w', urlVerified: true }];
  const queue = { key: 'q', name: 'q', domain: undefined, depth: 0, polls: [], lastPoll: 0 };
  const quiet = { ...NOTHING, webhooks, queues: [queue], flows: [{ flow: 'f', failed: 0 }] };
  assert.deepEqual(attentionLines(quiet), []);
});

test('one line for each thing, the worst first', () => {
  const lines = attentionLines({
    failed: Array.from({ length: 9 }, (_, i) => ({ workflowId: `e/${i}`, workflowType: 'order' })),
    flows: [{ flow: 'a b', failed: 1 }],
    unmatched: [{ eventId: '1' }, { eventId: '2' }],
    queues: [{ key: 'eu:pack', name: 'pack', domain: 'eu', depth: 3, polls: [], lastPoll: 0 }],
    webhooks: [{ id: 'w', name: 'shop', urlVerified: false, pausedAt: 5 }],
    now: 1_000_000,
  });
  assert.deepEqual(
    lines.slice(4).map(({ to, name, text }) => `${to}: ${name} ${text}`),
    [
      '/executions/e%2F4: order failed',
      '/definitions/workflows/a%20b/webhooks: a b has 1 failed delivery of outgoing webhooks',
      '/queues: eu:pack has 3 waiting and no worker',
      '/events: 2 received events found nobody who waited',
      '/definitions/webhooks/w: shop is paused and holds its events',
      '/definitions/webhooks/w: shop waits for its first request',
    ],
  );
});
