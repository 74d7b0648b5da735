import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readConditions } from './query-language.ts';
import { readQuery, readSort } from './search-query.ts';
import { asksForTasks, readTaskQuery } from './task-query.ts';

const query = (text: string) => {
  const result = readQuery(text);
  assert.ok(result.ok, result.ok ? '' : result.reason);
  return result.query;
};

/** The filter of a query that is one condition. */
const filter = (text: string) => {
  const all = query(text).filter;
  assert.ok(all && 'all' in all);
  assert.equal(all.all.length, 1);
  return all.all[0];
};

const refusal = (text: string) => {
  const result = readQuery(text);
  return result.ok ? 'nothing' : result.reason;
};

test('conditions become what the store looks up', () => {
  assert.deepEqual(query(''), {});
  assert.deepEqual(filter('workflowType=a'), { field: 'name', oneOf: ['a'] });
  assert.deepEqual(query(`workflowType IN ("a b",'c',d) and status in (FAILED)`), {
    filter: {
      all: [
        { field: 'name', oneOf: ['a b', 'c', 'd'] },
        { field: 'status', oneOf: ['FAILED'] },
      ],
    },
  });
  assert.deepEqual(filter('correlationId="it says AND = (x)"'), {
    field: 'correlationId',
    oneOf: ['it says AND = (x)'],
  });
  assert.deepEqual(filter('endTime<=20'), { field: 'endedAt', to: 20, within: true });
  assert.deepEqual(filter('updateTime >= 2026-01-01T00:00:00Z'), {
    field: 'updatedAt',
    from: Date.UTC(2026, 0, 1),
    within: true,
  });
  assert.deepEqual(query('startTime > 5 AND startTime > 3 AND startTime < 9'), { startedFrom: 6, startedTo: 8 });
  assert.deepEqual(filter('version=1'), { field: 'version', oneOf: [1] });
});

test('what is not equal, not in a list, not there', () => {
  const isA = { field: 'name', oneOf: ['a'] };
  assert.deepEqual(filter('workflowType != a'), { not: isA });
  assert.deepEqual(filter('workflowType <> "a"'), { not: isA });
  assert.deepEqual(filter('workflowType NOT IN (a)'), { not: isA });
  assert.deepEqual(filter('NOT workflowType = a'), { not: isA });
  assert.deepEqual(filter('correlationId IS NULL'), { field: 'correlationId', absent: true });
  assert.deepEqual(filter('endTime is not null'), { not: { field: 'endedAt', absent: true } });
});

test('wildcards, beginnings and ranges', () => {
  assert.deepEqual(filter('workflowType = "order*in"'), {
    any: [
      { field: 'name', oneOf: [] },
      { field: 'name', like: ['order', 'in'] },
    ],
  });
  assert.deepEqual(filter('workflowType STARTS_WITH order'), { field: 'name', like: ['order', ''] });
  assert.deepEqual(filter('endTime BETWEEN 3 AND 7'), { field: 'endedAt', from: 3, to: 7, within: true });
});

test('AND binds closer than OR, and parentheses closer than both', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ field: 'id', oneOf: [id] }));
  assert.deepEqual(filter('workflowId=a OR workflowId=b AND workflowId=c'), { any: [a, { all: [b, c] }] });
  assert.deepEqual(query('(workflowId=a OR workflowId=b) AND workflowId=c'), {
    filter: { all: [{ any: [a, b] }, c] },
  });
  assert.deepEqual(query('startTime > 5 OR workflowId=a'), {
    filter: { all: [{ any: [{ field: 'startedAt', from: 6, within: true }, a] }] },
  });
});

test('what cannot be looked up is refused with a reason', () => {
  assert.match(refusal('nope = 1'), /"nope" is not a field; use one of workflowId/);
  assert.match(refusal('status = LATE'), /"LATE" is not a status/);
  assert.match(refusal('workflowType > a'), /workflowType can be compared with =, !=/);
  assert.match(refusal('startTime STARTS_WITH 5'), /startTime can be compared with =, !=, >/);
  assert.match(refusal('startTime > soon'), /not a time/);
  assert.match(refusal('version = new'), /not a whole number/);
  assert.match(refusal('correlationId IS 5'), /expected NULL/);
  assert.match(refusal('endTime BETWEEN 5'), /expected two values/);
  assert.match(refusal('workflowType = a workflowType = b'), /joined by AND or OR/);
  assert.match(refusal('(workflowType = a'), /without its other end/);
  assert.match(refusal(`${'('.repeat(40)}workflowType = a${')'.repeat(40)}`), /deeper/);
  assert.equal(readConditions('a = 1 OR b = 2'), 'conditions can only be joined by AND here');
});

test('whatever is typed, it is read or refused with a reason', () => {
  const words = fc.constantFrom(
    ...['workflowType', 'status', '=', 'IN', '(', ')', ',', 'AND', 'OR', 'NOT', '"', "'", '>', '!', '!=', '<>'],
    ...['a', 'RUNNING', '5', '*', ' ', '__proto__', 'IS', 'NULL', 'BETWEEN', 'STARTS_WITH', 'startTime'],
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words).map((list) => list.join(' ')),
      ),
      (text) => {
        for (const result of [readQuery(text), readTaskQuery(text)]) assert.ok(result.ok || result.reason.length > 5);
      },
    ),
  );
});

test('conditions about executions alone narrow what is read for tasks', () => {
  assert.deepEqual(readTaskQuery('workflowType = a AND taskType = HTTP'), {
    ok: true,
    query: {
      workflows: { filter: { all: [{ field: 'name', oneOf: ['a'] }] } },
      filter: { all: [{ field: 'type', oneOf: ['HTTP'] }] },
    },
  });
  const mixed = readTaskQuery('workflowType = a OR taskType = HTTP');
  assert.ok(mixed.ok && mixed.query.workflows.filter === undefined);
  assert.equal(asksForTasks('taskType = HTTP AND status = FAILED'), true);
  assert.equal(asksForTasks('NOT (status = FAILED)'), false);
  assert.equal(asksForTasks('('), false);
});

test('sorting', () => {
  for (const absent of [undefined, '']) assert.deepEqual(readSort(absent), { by: 'startedAt', descending: true });
  assert.deepEqual(readSort('endTime:desc'), { by: 'endedAt', descending: true });
  assert.deepEqual(readSort('workflowType'), { by: 'name', descending: false });
  for (const text of ['x:ASC', 'startTime:', 'startTime:ASC:ASC', 'constructor'])
    assert.ok('reason' in readSort(text), text);
});
