// The filter: addresses of any kind are read without errors, and give the query that the API documents.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFiltered, pageText, queryText, readExecutionSearch, searchRequest } from './execution-search.ts';

const NOW = 1_764_000_000_500;

test('a filter becomes a query of the search API', () => {
  const search = readExecutionSearch({ status: 'FAILED,TIMED_OUT', workflow: 'order "x"', version: '2', range: '1h' });
  assert.equal(
    queryText(search, NOW),
    `status IN (FAILED,TIMED_OUT) AND workflowType = 'order "x"' AND version = 2 AND startTime > ${1_764_000_000_000 - 3_600_000}`,
  );
  assert.equal(queryText({}, NOW), '');
  assert.equal(
    queryText(readExecutionSearch({ parent: 'p', query: 'endTime > 7 AND version = 1' }), NOW),
    'parentWorkflowId = "p" AND endTime > 7 AND version = 1',
  );
  assert.equal(
    queryText(readExecutionSearch({ range: 'custom', from: '5', to: '9' }), NOW),
    'startTime > 5 AND startTime < 9',
  );
});

test('anything may stand in an address', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom('status', 'version', 'page', 'size', 'range', 'sort', 'from', 'text'),
        fc.anything(),
      ),
      (raw) => {
        const search = readExecutionSearch(raw);
        const request = searchRequest(search, NOW);
        assert.ok(request.start >= 0 && request.size >= 1 && request.size <= 500);
        assert.deepEqual(readExecutionSearch(search as Record<string, unknown>), search);
      },
    ),
  );
});

test('pages and sizes', () => {
  assert.deepEqual(searchRequest({ page: 3, size: 25 }, NOW), {
    query: '',
    freeText: '*',
    sort: 'startTime:DESC',
    start: 50,
    size: 25,
  });
  assert.equal(pageText({ page: 2, size: 50 }, 50, 1204), '51–100 of 1,204');
  assert.equal(pageText({}, 0, 0), 'none');
});

test('sorting and paging are no filters', () => {
  assert.equal(isFiltered({ sort: 'endTime:DESC', page: 2, size: 25, range: 'all' }), false);
  assert.equal(isFiltered({ range: '1h' }), true);
  assert.equal(isFiltered({ id: 'x' }), true);
});
