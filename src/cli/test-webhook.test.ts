import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runServerCommand } from './server-command.ts';
import { testWebhook } from './test-webhook.ts';

function fileWith(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-cli-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'webhook.json');
  writeFileSync(file, text);
  return file;
}

async function run(args: readonly string[], answer: Response | Error) {
  const said: string[] = [];
  const asked: { url: string; init: RequestInit }[] = [];
  const call = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    asked.push({ url: String(url), init });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const code = await runServerCommand(testWebhook, args, call as typeof fetch, (line) => said.push(line));
  return { code, said: said.join('\n'), asked };
}

test('the webhook of the file is tested, and the report is printed', async (t) => {
  const file = fileWith(t, '{"name":"x"}');
  const { code, said, asked } = await run(
    ['a/b', file, '--key', 'k', '--server', 'http://s:1/'],
    Response.json({ result: 'ok' }),
  );
  assert.equal(code, 0);
  assert.match(said, /"result": "ok"/);
  assert.equal(asked[0]?.url, 'http://s:1/api/flows/a%2Fb/webhooks/test');
  assert.deepEqual(
    [asked[0]?.init.body, new Headers(asked[0]?.init.headers).get('x-authorization')],
    ['{"name":"x"}', 'k'],
  );
});

test('what did not arrive is told by the exit code', async (t) => {
  const file = fileWith(t, '{}');
  assert.equal((await run(['w', file], Response.json({ result: '5xx' }))).code, 1);
  const refused = await run(['w', file], Response.json({ message: 'url: is missing' }, { status: 400 }));
  assert.deepEqual([refused.code, refused.said], [1, '400: url: is missing']);
  assert.match((await run(['w', file], new Error('nobody'))).said, /no server answers/);
});

test('wrong arguments show how it is used', async () => {
  for (const args of [[], ['w'], ['w', 'f', 'more'], ['w', 'f', '--nope']]) {
    const { code, said } = await run(args, Response.json({}));
    assert.equal(code, 2);
    assert.match(said, /usage: fermata test-webhook/);
  }
  assert.equal((await run(['w', '/nowhere/at-all.json'], Response.json({}))).code, 2);
});
