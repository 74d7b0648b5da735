// The preview agrees with the contract: AND of all rows, arrays by their first element, expressions not known yet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../src/core/json.ts';
import { countMatches, explainMatches, matchedPayload } from './match-preview.ts';

const history = (body: string, requestParams = {}) =>
  JSON.stringify({ webhookId: 'w', id: 'e', headers: {}, requestParams, body });

test('payloads as the engine sees them', () => {
  assert.deepEqual(matchedPayload(history('{"a":1}', { a: '2' })), { a: '2' });
  assert.deepEqual(matchedPayload(history('[1,2]')), { request: [1, 2] });
  assert.equal(matchedPayload(history('a=1&b=2')), undefined);
  assert.equal(matchedPayload('not json'), undefined);
});

test('rows are explained one by one', () => {
  const input = {
    matches: {
      "$['event']['type']": 'message',
      "$['event']['n']": '7',
      "$['order']['id']": '${workflow.input.id}',
      '$.nothing': 'x',
    },
  };
  const payload = { event: { type: ['message', 'other'], n: 8 }, order: { id: 'A1' } };
  assert.deepEqual(
    explainMatches(input, payload).map(({ received, verdict }) => [received, verdict]),
    [
      ['message', 'equal'],
      ['8', 'differs'],
      ['A1', 'unknown'],
      [undefined, 'missing'],
    ],
  );
});

test('all rows must hold; no rows match everything', () => {
  const payloads: JsonObject[] = [{ type: 'a', n: 1 }, { type: 'a', n: 2 }, { type: 'b' }];
  assert.equal(countMatches({ matches: { '$.type': 'a', '$.n': 1 } }, payloads), 1);
  assert.equal(countMatches({ matches: {} }, payloads), 3);
  assert.equal(countMatches({ matches: { '$.n': '${x}' } }, payloads), 2);
});
