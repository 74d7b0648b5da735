// Notices gathered for a moment refresh each thing once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { staleKeys } from './live-notice.ts';

test('each key once, lists with their members', () => {
  const keys = staleKeys([
    { workflows: [{ id: 'a', status: 'RUNNING' }], webhookIds: ['w'], queues: [] },
    { workflows: [{ id: 'a', status: 'COMPLETED' }], webhookIds: [], queues: ['q'] },
  ]);
  assert.deepEqual(keys, [
    ['execution', 'a'],
    ['webhook', 'w'],
    ['events', 'w'],
    ['executions'],
    ['webhooks'],
    ['queues'],
  ]);
  assert.deepEqual(staleKeys([{ workflows: [], webhookIds: [], queues: [] }]), []);
  assert.deepEqual(staleKeys([{} as never]), []);
});
