// The signed text and its templates.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { covers, renderTemplate, templateProblem } from './template.ts';
import { arrived } from './verifier.ts';

const request = arrived({
  method: 'POST',
  publicUrl: 'https://a.test/base/p%3A1?q=%2Fx&r=%25',
  headers: { 'X-Id': 'abc' },
  body: Buffer.from([0xff, 0x00]),
});

function render(template: string, urlDecodes?: readonly string[]): Buffer | string {
  const pieces = renderTemplate(template, request, { timestamp: '7', urlDecodes });
  return 'type' in pieces ? pieces.code : Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
}

test('every token stands for its part, and the body stays bytes', () => {
  assert.deepEqual(render('v0:{timestamp}:{body}'), Buffer.concat([Buffer.from('v0:7:'), request.body]));
  const all = render('{method} {url} {path} {query} {header:x-id}');
  assert.equal(all.toString(), 'POST https://a.test/base/p%3A1?q=%2Fx&r=%25 /base/p%3A1 q=%2Fx&r=%25 abc');
});

test('only the named escapes of the URL are decoded', () => {
  assert.equal(render('{url}', ['%3A', '%2f']).toString(), 'https://a.test/base/p:1?q=/x&r=%25');
});

test('a missing header is a refusal, an unknown token a problem', () => {
  assert.equal(render('{header:x-none}'), 'missing_header');
  assert.equal(render('{boddy}'), 'not_configured');
  assert.match(templateProblem('{boddy}') ?? '', /\{boddy\}/);
  assert.match(templateProblem('') ?? '', /empty/);
  assert.match(templateProblem('a}b{c') ?? '', /nothing of the request/);
  assert.equal(templateProblem('a}{body}b{c'), undefined);
});

test('a template knows what it covers', () => {
  assert.equal(covers('{url}{body}', 'query'), true);
  assert.equal(covers('{timestamp}.{body}', 'query'), false);
  assert.equal(covers('{timestamp}.{url}', 'body'), false);
});
