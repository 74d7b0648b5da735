// The main job, shown step by step: a workflow holds until GitHub says that a pull request was closed.
// Starts a server of its own on a fresh data folder, and ends with 0 only if everything happened as told.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sign } from '@octokit/webhooks-methods';

interface Closed {
  readonly action: string;
  readonly number: number;
  readonly repository: { readonly full_name: string };
}

interface Execution {
  readonly status: string;
  readonly tasks: readonly { readonly outputData: unknown; readonly status: string }[];
}

/** How long the server may take to start, and a signed event to complete its execution. */
const START_LIMIT_MS = 20_000;
const COMPLETE_LIMIT_MS = 5_000;
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const SECRET = randomBytes(20).toString('hex');

/** A real payload, from the collection that GitHub's own libraries are tested with. */
function pullRequestClosed(): Closed {
  const load = createRequire(import.meta.url);
  const events = load('@octokit/webhooks-examples') as readonly { name: string; examples: readonly Closed[] }[];
  const found = events.find(({ name }) => name === 'pull_request')?.examples.find(({ action }) => action === 'closed');
  assert.ok(found, 'the collection of examples has no closed pull request');
  return found;
}

let steps = 0;

/** Tells what is done, what was sent, what came back, and how long it took. */
async function step<T>(title: string, sent: string, work: () => Promise<readonly [T, string]>): Promise<T> {
  steps += 1;
  console.log(`\n${steps}. ${title}\n   sent      ${sent}`);
  const startedMs = performance.now();
  const [result, cameBack] = await work();
  console.log(`   came back ${cameBack}\n   took      ${(performance.now() - startedMs).toFixed(1)} ms`);
  return result;
}

async function call(url: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(url, init);
  const text = await response.text();
  assert.ok(response.ok, `${init.method ?? 'GET'} ${url} was answered with ${response.status}: ${text}`);
  return { status: response.status, text };
}

const post = (url: string, body: unknown) =>
  call(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** Waits until the server says where it listens. */
function listening(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`the server did not start:\n${said}`)), START_LIMIT_MS);
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const url = /listens on (http:\S+)/.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    server.stdout?.on('data', hear);
    server.stderr?.on('data', hear);
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${said}`)));
  });
}

async function stop(server: ChildProcess): Promise<number | null> {
  if (server.exitCode !== null) return server.exitCode;
  const exited = new Promise<number | null>((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  return exited;
}

async function finished(url: string): Promise<Execution> {
  const endMs = performance.now() + COMPLETE_LIMIT_MS;
  for (;;) {
    const execution = JSON.parse((await call(url)).text) as Execution;
    if (execution.status !== 'RUNNING' || performance.now() > endMs) return execution;
    await sleep(10);
  }
}

const WORKFLOW = {
  name: 'await_merge',
  version: 1,
  tasks: [
    {
      name: 'closed',
      taskReferenceName: 'closed',
      type: 'WAIT_FOR_WEBHOOK',
      inputParameters: {
        matches: {
          '$.action': 'closed',
          '$.repository.full_name': '${workflow.input.repository}',
          '$.number': '${workflow.input.number}',
        },
      },
    },
  ],
  outputParameters: { merged: '${closed.output.pull_request.merged}' },
};

const WEBHOOK = {
  name: 'github',
  sourcePlatform: 'Github',
  verifier: 'SIGNATURE_BASED',
  headerKey: 'X-Hub-Signature-256',
  receiverWorkflowNamesToVersions: { await_merge: 1 },
};

/** Registers the workflow and the webhook; answers the webhook's id. */
async function prepare(base: string): Promise<string> {
  await step(
    'Register a workflow that holds until a webhook gives the cue',
    `POST /api/metadata/workflow ${JSON.stringify(WORKFLOW)}`,
    async () => {
      const { status } = await post(`${base}/api/metadata/workflow`, WORKFLOW);
      return [undefined, `${status}`];
    },
  );
  return step(
    'Create a webhook for GitHub',
    `POST /api/metadata/webhook ${JSON.stringify({ ...WEBHOOK, secretValue: '(a secret)' })}`,
    async () => {
      const { status, text } = await post(`${base}/api/metadata/webhook`, { ...WEBHOOK, secretValue: SECRET });
      const { id } = JSON.parse(text) as { id: string };
      return [id, `${status}, the address for GitHub is ${base}/webhook/${id}`];
    },
  );
}

/** Starts the execution and looks whether it holds; answers its id. */
async function hold(base: string, payload: Closed): Promise<string> {
  const input = { repository: payload.repository.full_name, number: payload.number };
  const id = await step('Run the workflow', `POST /api/workflow/await_merge ${JSON.stringify(input)}`, async () => {
    const { status, text } = await post(`${base}/api/workflow/await_merge`, input);
    return [text, `${status}, the execution is ${text}`];
  });
  await step('Look at it: it holds', `GET /api/workflow/${id}`, async () => {
    const { status, tasks } = JSON.parse((await call(`${base}/api/workflow/${id}`)).text) as Execution;
    assert.equal(status, 'RUNNING');
    assert.equal(tasks[0]?.status, 'IN_PROGRESS');
    return [undefined, `status ${status}, its task is ${tasks[0]?.status}`];
  });
  return id;
}

/** Sends the event, forged and then signed. */
async function cue(address: string, body: string): Promise<void> {
  const path = new URL(address).pathname;
  const deliver = (signature: string) =>
    fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'GitHub-Hookshot/demo',
        'x-github-event': 'pull_request',
        'x-github-delivery': crypto.randomUUID(),
        'x-hub-signature-256': signature,
      },
      body,
    });
  await step('Send the event with a forged signature', `POST ${path} x-hub-signature-256: sha256=000…`, async () => {
    const response = await deliver(`sha256=${'0'.repeat(64)}`);
    const text = await response.text();
    assert.equal(response.status, 401, text);
    return [undefined, `${response.status} ${text}`];
  });
  const signature = await sign(SECRET, body);
  await step(
    "Send it as GitHub does, signed by GitHub's own library",
    `POST ${path} ${body.length} bytes, x-hub-signature-256: ${signature}`,
    async () => {
      const response = await deliver(signature);
      assert.equal(response.status, 200, await response.text());
      return [undefined, `${response.status}, given only once the event was on disk`];
    },
  );
}

async function demo(server: ChildProcess): Promise<void> {
  const payload = pullRequestClosed();
  const body = JSON.stringify(payload);
  const base = await step('Start the server', 'fermata serve, on a free port and a fresh data folder', async () => {
    const url = await listening(server);
    return [url, `it listens on ${url}`];
  });
  const webhookId = await prepare(base);
  const id = await hold(base, payload);
  await cue(`${base}/webhook/${webhookId}`, body);
  await step('Look at it again: it is done', `GET /api/workflow/${id}`, async () => {
    const { status, tasks } = await finished(`${base}/api/workflow/${id}`);
    assert.equal(status, 'COMPLETED');
    assert.deepEqual(tasks[0]?.outputData, payload, 'the output of the task must be the payload');
    return [undefined, `status ${status}; the output of its task is the payload, all ${body.length} bytes of it`];
  });
  await step('Stop the server', 'SIGTERM', async () => {
    const code = await stop(server);
    assert.equal(code, 0, `the server ended with ${code}`);
    return [undefined, `it finished what was under way and ended with ${code}`];
  });
}

const folder = mkdtempSync(join(tmpdir(), 'fermata-demo-'));
const startedMs = performance.now();
const server = spawn(process.execPath, [MAIN, 'serve'], {
  env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', DATABASE_URL: `sqlite:${join(folder, 'fermata.db')}` },
  stdio: ['ignore', 'pipe', 'pipe'],
});
try {
  await demo(server);
  console.log(`\nAll of it happened, in ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`);
} catch (error) {
  console.error(`\nThe demo failed in step ${steps}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await stop(server);
  rmSync(folder, { recursive: true, force: true });
}
