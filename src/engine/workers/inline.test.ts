import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../core/json.ts';
import type { Task, Workflow } from '../../core/model.ts';
import { createInlineWorker, type RunScript } from './inline.ts';

async function perform(input: JsonObject, runScript: RunScript = async () => ({ ok: true, value: 42 })) {
  const worker = createInlineWorker(runScript);
  return worker.run({ input } as Task, {} as Workflow, new AbortController().signal);
}

test('a script gets the other inputs, and its value is the result', async () => {
  const seen: unknown[] = [];
  const report = await perform({ evaluatorType: 'graaljs', expression: '$.a + 1', a: 41 }, async (script, bindings) => {
    seen.push(script, bindings);
    return { ok: true, value: 42 };
  });
  assert.deepEqual(seen, ['$.a + 1', { a: 41 }]);
  assert.deepEqual(report, { status: 'COMPLETED', output: { result: 42 } });
});

test('javascript is what it is without being said; value-param takes an input as it is', async () => {
  assert.equal((await perform({ expression: '1' })).status, 'COMPLETED');
  const taken = await perform({ evaluatorType: 'value-param', expression: 'city', city: { name: 'Bonn' } });
  assert.deepEqual(taken.output, { result: { name: 'Bonn' } });
  const missing = await perform({ evaluatorType: 'value-param', expression: 'toString' });
  assert.equal(missing.status, 'FAILED_WITH_TERMINAL_ERROR');
});

test('what cannot work is said and not tried again', async () => {
  const failing: RunScript = async () => ({ ok: false, reason: 'it did not end' });
  for (const [input, reason] of [
    [{ expression: 'x' }, /it did not end/],
    [{}, /expression/],
    [{ expression: '  ' }, /expression/],
    [{ expression: 5 }, /expression/],
    [{ expression: 'x', evaluatorType: 'python' }, /python/],
  ] as readonly [JsonObject, RegExp][]) {
    const report = await perform(input, failing);
    assert.equal(report.status, 'FAILED_WITH_TERMINAL_ERROR');
    assert.match(String(report.reason), reason);
    assert.equal(report.output?.error, report.reason);
  }
});
