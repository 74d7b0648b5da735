import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../core/json.ts';
import { isRecord } from '../../core/json.ts';
import type { Task, Workflow } from '../../core/model.ts';
import type { Report } from '../executions.ts';
import { type Call, type CallResult, createHttpWorker } from './http.ts';

const answer = (status: number, body: string, headers: Record<string, string[]> = {}): CallResult => ({
  type: 'response',
  status,
  headers,
  body: Buffer.from(body),
  truncated: false,
});

/** What the worker asked for and what it reported. */
async function perform(input: JsonObject, result: CallResult = answer(200, '')) {
  const calls: Call[] = [];
  const worker = createHttpWorker(async (call) => {
    calls.push(call);
    return result;
  });
  const report = await worker.run({ input } as Task, {} as Workflow, new AbortController().signal);
  return { call: calls[0], report };
}

function responseOf({ output }: Report): JsonObject {
  const response = output?.response;
  assert.ok(isRecord(response));
  return response;
}

const GET = { uri: 'https://a.example/x', method: 'get' };

test('a call as the task describes it, flat or under http_request', async () => {
  const input = { ...GET, headers: { 'X-A': 'b', 'x-list': ['1', '2'], 'x-n': 5, gone: null }, accept: ['a/b', 'c/d'] };
  for (const given of [input, { http_request: input }]) {
    const { call, report } = await perform(given, answer(200, '{"a":1}'));
    assert.equal(call?.method, 'GET');
    assert.equal(call?.url, GET.uri);
    assert.deepEqual({ ...call?.headers }, { 'x-a': 'b', 'x-list': ['1', '2'], 'x-n': '5', accept: 'a/b, c/d' });
    assert.equal(call?.body, undefined);
    assert.deepEqual([call?.connectTimeoutMs, call?.timeoutMs], [3_000, 6_000]);
    assert.equal(report.status, 'COMPLETED');
    assert.deepEqual(report.output, { response: { statusCode: 200, headers: {}, body: { a: 1 }, reasonPhrase: 'OK' } });
  }
});

test('bodies: objects as JSON or as a form, texts as they are', async () => {
  const post = { ...GET, method: 'POST' };
  const json = await perform({ ...post, body: { a: [1] } });
  assert.deepEqual([json.call?.body, json.call?.headers['content-type']], ['{"a":[1]}', 'application/json']);
  const type = 'application/x-www-form-urlencoded';
  const form = await perform({ ...post, contentType: type, body: { a: 'x y', b: 2 } });
  assert.deepEqual([form.call?.body, form.call?.headers['content-type']], ['a=x+y&b=2', type]);
  const text = await perform({ ...post, contentType: 'text/plain', body: 'hello' });
  assert.equal(text.call?.body, 'hello');
});

test('answers: JSON is parsed, text stays text, headers are lists, nothing is null', async () => {
  const bodyOf = async (body: string, type?: string) => {
    const { report } = await perform(GET, answer(200, body, type ? { 'content-type': [type] } : {}));
    return responseOf(report).body;
  };
  assert.deepEqual(await bodyOf('[1]', 'application/json; charset=utf-8'), [1]);
  assert.deepEqual(await bodyOf('{"t":1}', 'application/problem+json'), { t: 1 });
  assert.equal(await bodyOf('[1', 'application/json'), '[1');
  assert.equal(await bodyOf('[1]', 'text/plain'), '[1]');
  assert.equal(await bodyOf(''), null);
  const { report } = await perform(GET, answer(201, '', { 'set-cookie': ['a', 'b'] }));
  assert.deepEqual(responseOf(report).headers, { 'set-cookie': ['a', 'b'] });
});

test('what did not work is a failed task that says why', async () => {
  const failed = async (result: CallResult, input: JsonObject = GET) => {
    const { report } = await perform(input, result);
    return [report.status, report.reason];
  };
  assert.deepEqual(await failed(answer(503, 'busy', { 'content-type': ['text/plain'] })), [
    'FAILED',
    'the call was answered with 503: busy',
  ]);
  assert.deepEqual(await failed(answer(404, '')), ['FAILED', 'the call was answered with 404']);
  assert.deepEqual(await failed({ type: 'fault', reason: 'no route', retryable: true }), ['FAILED', 'no route']);
  assert.deepEqual(await failed({ type: 'fault', reason: 'not allowed', retryable: false }), [
    'FAILED_WITH_TERMINAL_ERROR',
    'not allowed',
  ]);
  const [status, reason] = await failed({ ...answer(200, 'x'), truncated: true } as CallResult);
  assert.deepEqual([status, /longer than/.test(String(reason))], ['FAILED', true]);
  for (const input of [
    {},
    { uri: 'x' },
    { method: 'GET' },
    { ...GET, headers: [] },
    { uri: 5, method: 'GET' },
  ] as JsonObject[]) {
    const { call, report } = await perform(input);
    assert.equal(call, undefined, 'nobody is called');
    assert.equal(report.status, 'FAILED');
    assert.equal(report.output?.response, report.reason);
  }
});

test('time limits are numbers or texts, and have an end', async () => {
  const limits = async (connectionTimeOut: unknown, readTimeOut: unknown) => {
    const { call } = await perform({ ...GET, connectionTimeOut, readTimeOut } as JsonObject);
    return [call?.connectTimeoutMs, call?.readTimeoutMs, call?.timeoutMs];
  };
  assert.deepEqual(await limits(100, '200'), [100, 200, 300]);
  assert.deepEqual(await limits(0, -1), [3_000, 3_000, 6_000]);
  assert.deepEqual(await limits('soon', null), [3_000, 3_000, 6_000]);
  assert.deepEqual(await limits(1e9, 1e9), [120_000, 120_000, 120_000]);
});
