// Code to copy: the same request in each language, and nothing in a value can leave its quotes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { startCode } from './code-sample.ts';

const BASE = 'https://flows.example/below/';

test('each language calls the same address', () => {
  const request = { name: 'w', version: 2, correlationId: 'c', input: { done: true, 'it"s': null } };
  assert.match(startCode('curl', BASE, request), /curl -X POST 'https:\/\/flows\.example\/below\/api\/workflow'/);
  assert.match(startCode('javascript', BASE, request), /serverUrl: "https:\/\/flows\.example\/below\/api"/);
  const python = startCode('python', BASE, request);
  assert.match(python, /correlation_id="c",/);
  assert.match(python, /input=json\.loads\("\{\\"done\\":true,\\"it\\\\\\"s\\":null\}"\),/);
});

test('the JavaScript is a module that parses, whatever the values', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), (name, value) => {
      const input = JSON.parse(JSON.stringify({ value }));
      const code = startCode('javascript', BASE, { name, input });
      const body = code.slice(
        code.indexOf('startWorkflow(') + 'startWorkflow('.length,
        code.lastIndexOf(');\nconsole'),
      );
      assert.deepEqual(JSON.parse(body), JSON.parse(JSON.stringify({ name, input })));
    }),
  );
});
