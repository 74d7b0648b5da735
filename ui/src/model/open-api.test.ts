// OpenAPI documents, good and strange, become lists of calls.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { apiCalls, findCalls } from './open-api.ts';

const document = {
  paths: {
    '/api/workflow': {
      post: {
        tags: ['Workflows'],
        summary: 'Start',
        parameters: [
          { in: 'query', name: 'x', required: true },
          { in: 'path', name: 'p' },
        ],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Start' } } } },
      },
      parameters: [],
    },
    '/health': { get: {} },
  },
  components: {
    schemas: {
      Start: {
        type: 'object',
        required: ['name', 'child', 'tags'],
        properties: {
          name: { type: 'string' },
          extra: { type: 'number' },
          tags: { type: 'array', items: { enum: ['a'] } },
          child: { $ref: '#/components/schemas/Start' },
        },
      },
    },
  },
};

test('calls with their examples; schemas that refer to themselves end', () => {
  const [start, health] = apiCalls(document);
  assert.equal(start?.method, 'POST');
  assert.deepEqual(start?.query, [{ name: 'x', required: true }]);
  assert.deepEqual(JSON.parse(start?.body ?? '').tags, ['a']);
  assert.equal(JSON.parse(start?.body ?? '').extra, undefined);
  assert.deepEqual([health?.tag, health?.body], ['Other', undefined]);
  assert.deepEqual(
    findCalls(apiCalls(document), 'post start').map(({ path }) => path),
    ['/api/workflow'],
  );
});

test('no document throws', () => {
  fc.assert(
    fc.property(
      fc.anything(),
      (value) => Array.isArray(apiCalls(value)) && Array.isArray(apiCalls({ paths: { '/x': { get: value } } })),
    ),
  );
});
