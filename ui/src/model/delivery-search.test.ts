// The address of a flow's deliveries, and the query it means.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliverySearch, isNarrowed, readFlowAddress } from './delivery-search.ts';

test('an address is read without trust', () => {
  const read = readFlowAddress({ tab: 'deliveries', status: 'FAILED,NONSENSE', find: 'x', since: '24h', page: '3' });
  assert.deepEqual(read, {
    tab: 'deliveries',
    status: ['FAILED'],
    webhook: undefined,
    find: 'x',
    since: '24h',
    page: 3,
  });
  assert.deepEqual(
    Object.values(readFlowAddress({ tab: 7, status: 1, since: '__proto__', page: -1 })).filter(Boolean),
    [],
  );
  assert.deepEqual(readFlowAddress({ status: ['PENDING'] }).status, ['PENDING']);
});

test('the query of a page', () => {
  assert.deepEqual(deliverySearch({}, 5), { start: 0, size: 50 });
  assert.deepEqual(
    deliverySearch({ status: ['FAILED', 'PENDING'], webhook: 'w', find: 'x', since: '1h', page: 2 }, 3_600_001),
    { status: ['FAILED', 'PENDING'], webhookId: 'w', text: 'x', from: 1, start: 50, size: 50 },
  );
  assert.equal(isNarrowed({ tab: 'deliveries', page: 2 }), false);
  assert.equal(isNarrowed({ find: 'x' }), true);
});
