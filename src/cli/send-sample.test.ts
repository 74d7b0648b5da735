import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sendSample } from './send-sample.ts';
import { runServerCommand } from './server-command.ts';

async function run(args: readonly string[], answer: { status: number; body: unknown } | Error) {
  const said: string[] = [];
  const asked: [string, RequestInit | undefined][] = [];
  const call = (async (url: string, init?: RequestInit) => {
    asked.push([url, init]);
    if (answer instanceof Error) throw answer;
    return new Response(JSON.stringify(answer.body), { status: answer.status });
  }) as typeof fetch;
  const code = await runServerCommand(sendSample, args, call, (line) => said.push(line));
  return { code, said, asked };
}

test('asks the server and says what the sender would hear', async () => {
  const body = { status: 200, outcome: 'stored', body: 'ok' };
  const { code, said, asked } = await run(['a/b', '--server', 'http://x:1/', '--key', 'k'], { status: 200, body });
  assert.equal(code, 0);
  assert.deepEqual(said, ['the sender would hear 200 (stored)', 'ok']);
  assert.equal(asked[0]?.[0], 'http://x:1/api/webhooks/a%2Fb/sample');
  assert.deepEqual(asked[0]?.[1]?.headers, { 'Content-Type': 'application/json', 'X-Authorization': 'k' });
  assert.equal(asked[0]?.[1]?.body, '{}');
});

test('a refusal, an unknown webhook, no server, and wrong arguments are failures with a reason', async () => {
  const refused = await run(['a'], { status: 200, body: { status: 401, outcome: 'refused', reason: 'no secret' } });
  assert.deepEqual([refused.code, refused.said], [1, ['the sender would hear 401 (refused): no secret']]);
  const unknown = await run(['a'], { status: 404, body: { message: 'no such webhook' } });
  assert.deepEqual([unknown.code, unknown.said], [1, ['404: no such webhook']]);
  assert.equal((await run(['a'], new Error('refused'))).code, 1);
  for (const args of [[], ['a', 'b'], ['a', '--server'], ['--help']])
    assert.equal((await run(args, { status: 200, body: {} })).code, 2, args.join(' '));
});

test('a dry run shows the request and what it would do; another body is read from a file', async () => {
  const answer = { verdict: 'verified', request: { body: '{}' }, events: [] };
  const { code, said, asked } = await run(['a', '--dry-run', '--body', 'package.json'], { status: 200, body: answer });
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(said.join('\n')), answer);
  assert.equal(asked[0]?.[0], 'http://localhost:8080/api/webhooks/a/sample/dry-run');
  assert.match(String(asked[0]?.[1]?.body), /@fermata\/server/);
  const refused = await run(['a', '--dry-run'], { status: 200, body: { verdict: 'refused' } });
  assert.equal(refused.code, 1);
  assert.equal((await run(['a', '--body', 'no such file'], { status: 200, body: {} })).code, 2);
});
