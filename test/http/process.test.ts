// The server as a process: what it prints, when it refuses to start, and how it stops.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const KEY = 'a-long-enough-key-for-tests';

interface Running {
  readonly child: ChildProcess;
  /** Everything it has written so far. */
  readonly said: () => string;
  readonly exited: Promise<number | null>;
}

function run(t: TestContext, env: Record<string, string>, args: readonly string[] = ['serve']): Running {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-process-'));
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true });
  });
  return { child, said: () => text, exited };
}

async function url({ said, child, exited }: Running): Promise<string> {
  for (;;) {
    const found = /listens on (http:\S+)/.exec(said())?.[1];
    if (found !== undefined) return found;
    assert.equal(child.exitCode, null, said());
    const ended = await Promise.race([
      exited.then(() => true),
      once(child.stdout ?? assert.fail(), 'data').then(() => false),
    ]);
    assert.ok(!ended, said());
  }
}

test('it says where it listens, which database it uses and what to do next, and stops cleanly on both signals', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const server = run(t, {});
    const base = await url(server);
    assert.equal((await fetch(`${base}/health`)).status, 200);
    assert.match(server.said(), /SQLite, .*data\/fermata\.db/);
    assert.match(server.said(), /this machine only/);
    assert.ok(server.said().includes(`${base}/docs/api`));
    server.child.kill(signal);
    assert.equal(await server.exited, 0, server.said());
    assert.match(server.said(), /Stopped\./);
  }
});

test('a long poll under way is answered when the server stops', async (t) => {
  const server = run(t, {});
  const base = await url(server);
  const poll = fetch(`${base}/api/tasks/poll/batch/nothing?timeout=5000`);
  await fetch(`${base}/health`);
  server.child.kill('SIGTERM');
  const answer = await poll;
  assert.deepEqual([answer.status, await answer.json()], [200, []]);
  assert.equal(await server.exited, 0, server.said());
});

test('others can reach it only with a key, which it then asks for', async (t) => {
  const refused = run(t, { HOST: '0.0.0.0' });
  assert.equal(await refused.exited, 1);
  assert.match(refused.said(), /HOST is 0\.0\.0\.0.*FERMATA_API_KEY.*127\.0\.0\.1/);
  assert.doesNotMatch(refused.said(), /\n\s+at /);
  const server = run(t, { HOST: '0.0.0.0', FERMATA_API_KEY: KEY });
  const port = new URL(await url(server)).port;
  assert.ok(!server.said().includes(KEY));
  const call = (headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${port}/api/metadata/workflow`, { headers });
  assert.equal((await call({})).status, 401);
  assert.equal((await call({ 'x-authorization': KEY })).status, 200);
});

test('what keeps it from starting is said in a sentence', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const cases: readonly [Record<string, string>, RegExp][] = [
    [{ PORT: String(port) }, /port \d+ is taken/],
    [{ PORT: 'http' }, /PORT is "http"/],
    [{ DATABASE_URL: 'oracle://x' }, /DATABASE_URL must begin with/],
    [{ DATABASE_URL: 'postgres://u:hush@127.0.0.1:1/d' }, /the database does not answer/],
    [{ DATABASE_URL: 'sqlite:/dev/null/f.db' }, /fermata: /],
    [{ HOST: '203.0.113.7', FERMATA_API_KEY: KEY }, /no address of this machine/],
  ];
  for (const [env, sentence] of cases) {
    const server = run(t, env);
    assert.equal(await server.exited, 1, JSON.stringify(env));
    assert.match(server.said(), sentence);
    assert.doesNotMatch(server.said(), /\n\s+at |hush/);
  }
});

test('help, version, and commands that do not exist', async (t) => {
  for (const words of [['--help'], ['serve', '--help'], ['send-sample', '-h']]) {
    const help = run(t, {}, words);
    assert.equal(await help.exited, 0, words.join(' '));
    assert.match(help.said(), /fermata serve/);
  }
  const version = run(t, {}, ['--version']);
  assert.equal(await version.exited, 0);
  assert.match(version.said(), /^\d+\.\d+\.\d+\n$/);
  for (const words of [['sing'], ['serve', '--port', '9']]) {
    const wrong = run(t, {}, words);
    assert.equal(await wrong.exited, 2);
    assert.match(wrong.said(), new RegExp(`"${words.join(' ')}" is not a command`));
  }
});

test('what is compiled is kept for the next start; without a folder for it all goes on', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-compiled-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const kept = run(t, { NODE_COMPILE_CACHE: folder }, ['--version']);
  assert.equal(await kept.exited, 0);
  assert.ok(readdirSync(folder, { recursive: true }).length > 100);
  const notKept = run(t, { NODE_COMPILE_CACHE: join(MAIN, 'no-folder') }, ['--version']);
  assert.equal(await notKept.exited, 0);
  assert.match(notKept.said(), /^\d+\.\d+\.\d+\n$/);
});

test('HTTP tasks reach public addresses and those that are allowed, and nothing else', async (t) => {
  const inside = createServer((_request, answer) =>
    answer.setHeader('content-type', 'application/json').end('{"in":1}'),
  );
  inside.listen(0, '127.0.0.1');
  t.after(() => inside.close());
  await once(inside, 'listening');
  const { port } = inside.address() as { port: number };
  const outcome = async (env: Record<string, string>) => {
    const base = await url(run(t, env));
    const input = { uri: `http://127.0.0.1:${port}/`, method: 'GET' };
    const workflowDef = {
      name: 'call',
      tasks: [{ name: 'c', taskReferenceName: 'c', type: 'HTTP', inputParameters: input }],
    };
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'call', workflowDef });
    const id = await (await fetch(`${base}/api/workflow`, { method: 'POST', headers, body })).text();
    for (;;) {
      const shown = (await (await fetch(`${base}/api/workflow/${id}`)).json()) as Record<string, unknown>;
      if (shown.status !== 'RUNNING') return shown;
    }
  };
  const refused = await outcome({});
  assert.equal(refused.status, 'FAILED');
  assert.match(String(refused.reasonForIncompletion), /loopback/);
  const allowed = await outcome({ ALLOWED_NETWORKS: '127.0.0.0/8' });
  assert.deepEqual(
    [allowed.status, (allowed.output as { response: { body: unknown } }).response.body],
    ['COMPLETED', { in: 1 }],
  );
});
