import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readQuery, readSort } from './search-query.ts';

const query = (text: string) => {
  const result = readQuery(text);
  assert.ok(result.ok, result.ok ? '' : result.reason);
  return result.query;
};

test('conditions become what the store looks up', () => {
  assert.deepEqual(query(''), {});
  assert.deepEqual(query('workflowType=a'), { names: ['a'] });
  assert.deepEqual(query(`workflowType IN ("a b",'c',d) and status in (FAILED)`), {
    names: ['a b', 'c', 'd'],
    statuses: ['FAILED'],
  });
  assert.deepEqual(query('correlationId="it says AND = (x)"'), { correlationIds: ['it says AND = (x)'] });
  assert.deepEqual(query('startTime>10 AND startTime<=20 AND endTime=5'), {
    startedFrom: 11,
    startedTo: 20,
    endedFrom: 5,
    endedTo: 5,
  });
  assert.deepEqual(query('updateTime >= 2026-01-01T00:00:00Z'), { updatedFrom: Date.UTC(2026, 0, 1) });
  assert.deepEqual(query('startTime > 5 AND startTime > 3'), { startedFrom: 6 }, 'the narrower one counts');
  assert.deepEqual(query('workflowId IN (a,b) AND workflowId IN (b,c)'), { ids: ['b'] });
  assert.deepEqual(query('version=1 AND version=2'), { versions: [] });
});

test('whatever is typed, it is read or refused with a reason', () => {
  const words = fc.constantFrom(
    'workflowType',
    'status',
    '=',
    'IN',
    '(',
    ')',
    ',',
    'AND',
    '"',
    "'",
    '>',
    '!',
    '!=',
    'a',
    'RUNNING',
    '5',
    '*',
    ' ',
    '__proto__',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words).map((list) => list.join(' ')),
      ),
      (text) => {
        const result = readQuery(text);
        assert.ok(result.ok || result.reason.length > 5);
      },
    ),
  );
});

test('sorting', () => {
  assert.deepEqual(readSort(undefined), { by: 'startedAt', descending: true });
  assert.deepEqual(readSort('endTime:desc'), { by: 'endedAt', descending: true });
  assert.deepEqual(readSort('workflowType'), { by: 'name', descending: false });
  for (const text of ['', 'x:ASC', 'startTime:', 'startTime:ASC:ASC', 'constructor'])
    assert.ok('reason' in readSort(text), text);
});
