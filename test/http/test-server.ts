// A whole server in the test's own process: real database, real rules, real HTTP handlers, no port, a clock moved by hand.

import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext } from 'node:test';
import { createEvaluator } from '../../src/engine/sandbox/evaluator.ts';
import { createSandboxPool } from '../../src/engine/sandbox/pool.ts';
import type { CallOut } from '../../src/engine/workers/http.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createIds } from '../../src/lib/ids.ts';
import { createLog } from '../../src/lib/log.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { createHttpClient } from '../../src/outbound/client.ts';
import { fanOut } from '../../src/outbound/fan-out.ts';
import { type Assembly, assemble, type Parts } from '../../src/server.ts';
import type { Driver } from '../../src/store/drivers/driver.ts';
import { openStore, storeOn } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { loopbackGuard } from '../outbound/local-receiver.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { freshDatabase } from '../support/postgres.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined when it is none. Look into it with `at`. */
  readonly json: unknown;
}

export interface TestServer {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly app: Assembly['app'];
  /** Not started. */
  readonly loops: Assembly['loops'];
  /** Lines of the log, parsed. */
  readonly logged: readonly Record<string, unknown>[];
  /** JSON goes out as JSON; texts and bytes as they are. */
  call(method: Method, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Lets everything happen that follows from what was done so far, workers included. */
  settle(): Promise<void>;
  /** Moves time on, and lets happen what follows. */
  advance(ms: number): Promise<void>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';

export interface Options {
  readonly settings?: Partial<Parts['settings']>;
  readonly callOut?: CallOut;
  /** Start the real sandbox; without it scripts are refused. */
  readonly scripts?: boolean;
  /** A sandbox that several servers share; it stays open. */
  readonly sandbox?: Sandbox;
  /** Connections that several servers use, one after the other; they stay open. */
  readonly driver?: Driver;
  /** What lies between the server and its store. */
  readonly wrapStore?: (store: Store) => Store;
  /** Seals secrets; without it credentials of webhooks are not sealed. */
  readonly secretKey?: Parts['secretKey'];
  /** What the clock shows at first (epoch ms). */
  readonly startMs?: number;
}

/** What runs scripts: short conditions within decisions, all others in threads. */
export interface Sandbox extends Pick<Parts, 'runScript' | 'runJq' | 'runMock'> {
  readonly evaluate: Awaited<ReturnType<typeof createEvaluator>>['evaluate'];
  close(): Promise<void>;
}

/** The real one. It works in real threads, so it needs real time. */
export async function createSandbox(): Promise<Sandbox> {
  const evaluator = await createEvaluator();
  const pool = createSandboxPool({ size: 1, deadlineMs: 4_000, clock: systemClock });
  return {
    evaluate: evaluator.evaluate,
    runScript: pool.runScript.bind(pool),
    runJq: pool.runJq,
    runMock: pool.runMock,
    async close() {
      await pool.close();
      await evaluator.close();
    },
  };
}

export type Open = (t: TestContext, options?: Options) => Promise<TestServer>;

/** Runs a suite on both databases. */
export function onEachServer(name: string, suite: (open: Open) => void): void {
  describe(`${name} on SQLite`, () => suite(openServer));
  describe(`${name} on PostgreSQL`, () =>
    suite(async (t, options) => {
      const { url, drop } = await freshDatabase();
      return open(t, options, url, drop);
    }));
}

/** On a SQLite database of its own. */
export const openServer: Open = async (t, options) => {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-http-'));
  return open(t, options, `sqlite:${join(folder, 'test.db')}`, async () => rmSync(folder, { recursive: true }));
};

const noScripts = () => ({ ok: false as const, reason: 'no scripts in this test' });

/** The same driver, but for closing. */
const keptOpen = (driver: Driver): Driver =>
  new Proxy(driver, {
    get(_, name: keyof Driver) {
      if (name === 'close') return async () => {};
      const value = driver[name];
      return typeof value === 'function' ? value.bind(driver) : value;
    },
  });

/** On a database that is there; `drop` is called when the server is closed. */
export async function open(
  t: TestContext,
  options: Options = {},
  url: string,
  drop: () => Promise<void>,
): Promise<TestServer> {
  const clock = new FakeClock(options.startMs);
  const ids = createIds(clock.now);
  const logged: Record<string, unknown>[] = [];
  const log = createLog('debug', { write: (line) => logged.push(JSON.parse(line)) });
  const own = options.scripts ? await createSandbox() : undefined;
  const sandbox = options.sandbox ?? own;
  const env = { newId: ids.next, random: ids.random, evaluate: sandbox?.evaluate ?? noScripts };
  const opened = await (options.driver
    ? storeOn(keptOpen(options.driver), { env, fanOut })
    : openStore({ url, env, fanOut }));
  const store = options.wrapStore?.(opened) ?? opened;
  const outgoing = { guard: loopbackGuard, client: createHttpClient({ guard: loopbackGuard, clock: systemClock }) };
  const callOut: CallOut =
    options.callOut ?? (async () => ({ type: 'fault', reason: 'nobody to call in this test', retryable: true }));
  const { runScript = async () => noScripts(), runJq = async () => noScripts() } = sandbox ?? {};
  const outside = new Set<Promise<unknown>>();
  const watched = <T>(work: Promise<T>): Promise<T> => {
    outside.add(work);
    return work.finally(() => outside.delete(work));
  };
  const assembly = assemble({
    ...{ store, clock, ids, log },
    metrics: createMetrics({ process: false }),
    callOut: (call) => watched(callOut(call)),
    outgoing: {
      ...outgoing,
      client: { ...outgoing.client, send: (request) => watched(outgoing.client.send(request)) },
    },
    runScript: (...job) => watched(runScript(...job)),
    runJq: (...job) => watched(runJq(...job)),
    runMock: sandbox ? sandbox.runMock : async () => noScripts(),
    settings: options.settings ?? {},
    ...(options.secretKey && { secretKey: options.secretKey }),
  });
  assembly.listensAt('http://localhost:80');
  t.after(async () => {
    await assembly.stop();
    await outgoing.client.close();
    await store.close();
    await own?.close();
    await drop();
  });
  return serverOf(store, clock, assembly, { logged, outside });
}

function serverOf(
  store: Store,
  clock: FakeClock,
  assembly: Assembly,
  { logged, outside }: { logged: TestServer['logged']; outside: ReadonlySet<Promise<unknown>> },
): TestServer {
  const settleAll = async (): Promise<void> => {
    for (let quiet = 0; quiet < 2; ) {
      await store.idle();
      const wishes = await Promise.all(assembly.loops.map((loop) => loop.runOnce()));
      if (outside.size > 0) quiet = -1;
      await Promise.allSettled(outside);
      await settle();
      await store.idle();
      quiet = wishes.some((wish) => wish === 0) ? 0 : quiet + 1;
    }
  };
  return {
    store,
    clock,
    app: assembly.app,
    loops: assembly.loops,
    logged,
    async call(method, path, body, headers = {}) {
      const isRaw = typeof body === 'string' || body instanceof Uint8Array;
      const answer = await assembly.app.inject({
        method,
        url: path,
        headers: {
          host: 'localhost',
          ...(body !== undefined && !isRaw && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { payload: isRaw ? Buffer.from(body) : JSON.stringify(body) }),
      });
      return {
        status: answer.statusCode,
        headers: answer.headers as IncomingHttpHeaders,
        text: answer.body,
        json: parsed(answer.body),
      };
    },
    settle: settleAll,
    async advance(ms) {
      await clock.advance(ms);
      await settleAll();
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What lies at a dotted path of a JSON value: `at(reply.json, 'tasks.0.status')`. */
export function at(value: unknown, path: string): unknown {
  let current = value;
  for (const step of path.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string, unknown>)[step];
  }
  return current;
}

/** A place of a workflow definition in short. */
export const task = (ref: string, type: string, more: object = {}) => ({
  name: ref,
  taskReferenceName: ref,
  type,
  ...more,
});

/** Registers a workflow of these tasks, version 1. */
export async function define(
  server: TestServer,
  name: string,
  tasks: readonly object[],
  more: object = {},
): Promise<void> {
  const reply = await server.call('POST', '/api/metadata/workflow?overwrite=true', {
    name,
    version: 1,
    tasks,
    ...more,
  });
  if (reply.status !== 200) throw new Error(`${name}: ${reply.status} ${reply.text}`);
}

/** Starts an execution; answers its id. */
export async function start(server: TestServer, name: string, input: object = {}): Promise<string> {
  const reply = await server.call('POST', `/api/workflow/${name}`, input);
  if (reply.status !== 200) throw new Error(`${name}: ${reply.status} ${reply.text}`);
  return reply.text;
}

/** Status of an execution and of its tasks, in short: `RUNNING wait:COMPLETED work:SCHEDULED`. */
export async function shortly(server: TestServer, id: string): Promise<string> {
  const { status, json } = await server.call('GET', `/api/workflow/${id}`);
  if (status !== 200) return `${status}`;
  const tasks = at(json, 'tasks') as readonly { referenceTaskName: string; status: string }[];
  return [at(json, 'status'), ...tasks.map((one) => `${one.referenceTaskName}:${one.status}`)].join(' ');
}
