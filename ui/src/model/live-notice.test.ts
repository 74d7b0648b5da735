// Notices gathered for a moment refresh each thing once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { staleKeys } from './live-notice.ts';

test('each key once, lists with their members', () => {
  const keys = staleKeys([
    { workflows: [{ id: 'a', status: 'RUNNING' }], webhooks: ['w'] },
    { workflows: [{ id: 'a', status: 'COMPLETED' }], webhooks: [] },
  ]);
  assert.deepEqual(keys, [
    ['execution', 'a'],
    ['webhook', 'w'],
    ['events', 'w'],
    ['events', 'inbox'],
    ['executions'],
    ['queues'],
    ['deliveries'],
    ['trace'],
    ['schedules'],
    ['schedule'],
    ['handler'],
    ['webhooks'],
  ]);
  assert.deepEqual(staleKeys([{ workflows: [], webhooks: [] }]), []);
  assert.deepEqual(staleKeys([{} as never]), []);
  assert.equal(staleKeys([{ workflows: [], webhooks: [], missed: true }]), undefined);
});
