import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { rotateSecret } from './rotate-secret.ts';
import { runServerCommand } from './server-command.ts';

async function run(args: readonly string[], answer: Response) {
  const said: string[] = [];
  const asked: { url: string; body: unknown }[] = [];
  const call = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    asked.push({ url: String(url), body: init.body });
    return answer;
  };
  const code = await runServerCommand(rotateSecret, args, call as typeof fetch, (line) => said.push(line));
  return { code, said: said.join('\n'), asked };
}

test('the server makes a secret, which is printed', async () => {
  const { code, said, asked } = await run(['a/b', 'w1', '--server', 'http://s:1'], Response.json({ secretKey: 'new' }));
  assert.deepEqual([code, asked[0]?.url, asked[0]?.body], [0, 'http://s:1/api/flows/a%2Fb/webhooks/w1/rotate', '{}']);
  assert.match(said, /"secretKey": "new"/);
});

test('a secret of your own comes from a file', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-cli-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'secret');
  writeFileSync(file, 'mine\n');
  const { asked } = await run(['a', 'w1', '--secret-file', file], Response.json({ secretKey: 'mine' }));
  assert.equal(asked[0]?.body, '{"secretKey":"mine"}');
  assert.equal((await run(['a', 'w1', '--secret-file', join(folder, 'none')], Response.json({}))).code, 2);
});

test('a refusal and wrong arguments are told by the exit code', async () => {
  const refused = await run(['a', 'w1'], Response.json({ message: 'this flow has no webhook w1' }, { status: 404 }));
  assert.deepEqual([refused.code, refused.said], [1, '404: this flow has no webhook w1']);
  for (const args of [[], ['a'], ['a', 'b', 'c'], ['a', 'b', '--nope']])
    assert.equal((await run(args, Response.json({}))).code, 2);
});
