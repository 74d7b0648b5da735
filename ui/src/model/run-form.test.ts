// Run Workflow: inputs from definitions, mistakes in words, and requests with only what was filled in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRun, EMPTY_RUN, inputFor, startRequest } from './run-form.ts';

test('the input begins with what the definition declares', () => {
  const def = { name: 'w', version: 1, tasks: [], inputParameters: ['a', 'b'], inputTemplate: { b: 2, c: 3 } };
  assert.deepEqual(JSON.parse(inputFor(def)), { a: '', b: 2, c: 3 });
  assert.equal(inputFor(undefined), '{}');
});

test('mistakes', () => {
  assert.deepEqual(Object.keys(checkRun(EMPTY_RUN)), ['name']);
  const bad = { ...EMPTY_RUN, name: 'w', input: '[1]', taskToDomain: '{"a":1}', priority: '100' };
  assert.deepEqual(Object.keys(checkRun(bad)), ['input', 'taskToDomain', 'priority']);
  assert.match(checkRun({ ...EMPTY_RUN, name: 'w', input: '{\n  x' }).input ?? '', /line 2, column 3/);
});

test('requests hold what was filled in, and long numbers exactly', () => {
  assert.deepEqual(startRequest({ ...EMPTY_RUN, name: 'w' }), { name: 'w', input: {} });
  const full = startRequest({
    ...EMPTY_RUN,
    name: 'w',
    version: '3',
    input: '{"id":9007199254740993}',
    idempotencyKey: ' k ',
    taskToDomain: '{"*":"eu"}',
    priority: '7',
  });
  assert.equal(
    JSON.stringify(full),
    '{"name":"w","version":3,"input":{"id":9007199254740993},"idempotencyKey":"k","idempotencyStrategy":"RETURN_EXISTING","taskToDomain":{"*":"eu"},"priority":7}',
  );
});
