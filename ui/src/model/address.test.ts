// Addresses: there and back, and never an error, whatever stands in them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addressText,
  loopsText,
  parseAddress,
  readEditorAddress,
  readEventAddress,
  readExecutionAddress,
  readLoops,
  readRunAddress,
  readWebhookAddress,
} from './address.ts';

test('addresses survive the way into the URL and back', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string({ minLength: 1 })), (search) => {
      assert.deepEqual(parseAddress(addressText(search)), { ...search });
    }),
  );
  assert.equal(
    addressText({ status: ['FAILED', 'PAUSED'], page: 2, none: undefined, empty: '' }),
    '?status=FAILED%2CPAUSED&page=2',
  );
  assert.equal(addressText({}), '');
});

test('chosen iterations survive, with any loop names', () => {
  const name = fc.string({ minLength: 1 }).filter((s) => s.isWellFormed());
  fc.assert(
    fc.property(fc.dictionary(name, fc.integer({ min: 1, max: 1e6 })), (chosen) => {
      assert.deepEqual(readLoops(loopsText(chosen)), { ...chosen });
    }),
  );
  assert.deepEqual(readLoops('a:0,b:x,:3,%:2,c:4'), { c: 4 });
});

test('nonsense is left out', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('tab', 'task', 'loops', 'name', 'version', 'before', 'like'), fc.anything()),
      (raw) => {
        readExecutionAddress(raw);
        readRunAddress(raw);
        readEditorAddress(raw);
        readEventAddress(raw);
        readWebhookAddress(raw);
      },
    ),
  );
  assert.deepEqual(readExecutionAddress({ tab: 'nowhere', task: '' }), {
    tab: undefined,
    task: undefined,
    part: undefined,
    loops: undefined,
  });
  assert.equal(readRunAddress({ version: '-1' }).version, undefined);
  assert.equal(readRunAddress({ version: { toString: '' } }).version, undefined);
});
