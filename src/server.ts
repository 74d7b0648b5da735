// Wires the rooms together: the only file that knows them all. Tests wire the same with a clock of their own.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createGate } from './access/gate.ts';
import { type Config, urlOf } from './config.ts';
import { isTerminal } from './core/model.ts';
import { createAround } from './engine/around.ts';
import { createDefinitions } from './engine/definitions.ts';
import { createExecutions } from './engine/executions.ts';
import { createFlowSchedules } from './engine/flow-schedules.ts';
import { createJanitor, keepOf } from './engine/janitor.ts';
import { createMockRuns, type RunMock } from './engine/mock-runs.ts';
import { createQueueWatch } from './engine/queue-watch.ts';
import { createRunner } from './engine/runner.ts';
import { createSandboxPool } from './engine/sandbox/pool.ts';
import type { Schedules } from './engine/schedules.ts';
import { findSecretKey, type SecretKey } from './engine/secret-key.ts';
import { createStops } from './engine/stops.ts';
import { builtInWorkers } from './engine/workers/built-in.ts';
import type { CallOut } from './engine/workers/http.ts';
import type { RunScript } from './engine/workers/inline.ts';
import type { RunJq } from './engine/workers/jq.ts';
import { createWorkerLoop } from './engine/workers/worker.ts';
import { createApp } from './http/app.ts';
import { workflowToWire } from './http/wire/workflow.ts';
import type { InboundDeps } from './inbound/call.ts';
import { createCallbacks } from './inbound/callback.ts';
import { createDocuments, type Fetched, type FetchUrl } from './inbound/documents.ts';
import { createEvents } from './inbound/events.ts';
import { longestWindowMs } from './inbound/names.ts';
import { createReceive } from './inbound/receive.ts';
import { createRelease } from './inbound/release.ts';
import { createWebhooks, type Webhooks } from './inbound/webhooks.ts';
import { createAgreedClock, createTimekeeper } from './lib/agreed-clock.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import { createIds, type Ids } from './lib/ids.ts';
import { createLog, type Log } from './lib/log.ts';
import type { Loop } from './lib/loop.ts';
import { createMetrics, type Metrics } from './lib/metrics.ts';
import { createHttpClient, type HttpClient } from './outbound/client.ts';
import { createFlowTransfer } from './outbound/flow-transfer.ts';
import { createFlowWebhooks, DEFAULT_WEBHOOK_LIMIT } from './outbound/flow-webhooks.ts';
import { createGuard, type Guard } from './outbound/guard.ts';
import { createResends } from './outbound/resend.ts';
import { createSender, SENDER_SETTINGS } from './outbound/sender.ts';
import { sealedStore } from './sealed-store.ts';
import type { Store } from './store/store.ts';
import { startStoreThread } from './store/thread.ts';
import type { StoreThreadData } from './store-thread.ts';

/** What a server is made of. All of it lives as long as the server; whoever made a part closes it. */
export interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly callOut: CallOut;
  /** Deliveries and tests of outgoing webhooks go through this client, which asks this guard. */
  readonly outgoing: { readonly client: HttpClient; readonly guard: Guard };
  readonly runScript: RunScript;
  readonly runJq: RunJq;
  readonly runMock: RunMock;
  /** Seals secrets and the credentials of webhooks; absent: one made up for this process alone, and credentials are not sealed. */
  readonly secretKey?: SecretKey;
  readonly settings: Pick<
    Config,
    'apiKey' | 'secretKey' | 'publicUrl' | 'flowWebhookLimit' | 'deliveryTimeoutMs' | 'keepDays'
  >;
}

export interface Assembly {
  /** Not listening yet; `inject` calls it without a port. */
  readonly app: FastifyInstance;
  readonly loops: readonly Loop[];
  /** The address under which the server knows itself, unless the settings name one. */
  listensAt(url: string): void;
  /** Stops taking calls and finishes what is under way. The parts stay open. */
  stop(): Promise<void>;
}

const WEB_APP_FOLDER = join(import.meta.dirname, '..', 'ui', 'dist');
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

export function assemble(given: Parts): Assembly {
  const { clock, ids, log, metrics, settings } = given;
  // A key made up for this process would leave nothing to be read by the next one.
  const store = given.secretKey ? sealedStore(given.store, given.secretKey, ids.secret, log) : given.store;
  const parts: Parts = { ...given, store };
  const keep = keepOf(settings.keepDays);
  let publicUrl = settings.publicUrl ?? '';
  const definitions = createDefinitions(store, clock);
  const secretKey =
    parts.secretKey ?? findSecretKey(settings.secretKey, { type: 'sqlite', path: ':memory:' }, ids.secret);
  const around = createAround({ ...parts, definitions, secretKey });
  const { mask, fillIn } = around.services.secrets;
  const executions = createExecutions({ store, clock, ids, definitions, mask });
  const webhooks = createWebhooks(store, clock, ids);
  const queueWatch = createQueueWatch(store, clock, ids.next);
  const inbound = createInbound(parts, webhooks, () => publicUrl);
  const gate = createGate({ ...settings, now: clock.now });
  const done = metrics.counter('fermata_tasks_done_total', 'Tasks done by workers of this server.', ['type', 'status']);
  const workerDeps = {
    store,
    executions,
    clock,
    log,
    workerId: `fermata-${ids.next()}`,
    fillIn,
    onDone: (type: string, status: string) => done.inc({ type, status }),
  };
  const outbound = createOutbound(parts, around.services.schedules);
  const loops = [
    createRunner(store, clock, log),
    outbound.sender,
    ...around.loops,
    inbound.release,
    ...builtInWorkers({ ...parts, executions, show: workflowToWire }).map((one) => createWorkerLoop(one, workerDeps)),
    createJanitor({
      ...{ store, clock, log, keep },
      longestWindowMs: async () => longestWindowMs(await webhooks.list()),
    }),
  ];
  const app = createApp({
    ...{ store, clock, ids, log, metrics, gate, definitions, executions, queueWatch, webhooks },
    stops: createStops(store, clock),
    mockRuns: createMockRuns(store, definitions, clock, parts.runMock),
    ...inbound.services,
    ...outbound.services,
    ...around.services,
    publicUrl: () => publicUrl,
    version: VERSION,
    keep,
    webAppFolder: WEB_APP_FOLDER,
  });
  const unsubscribe = watchNotices(parts);
  return {
    app,
    loops,
    listensAt(url) {
      publicUrl ||= url;
    },
    async stop() {
      queueWatch.close();
      await closeApp(app, clock);
      await Promise.all(loops.map((loop) => loop.stop()));
      unsubscribe();
    },
  };
}

/** What comes in: the way of an event, what people do with events, and the loop that lets held ones go. */
function createInbound(
  { store, clock, ids, log, callOut, runScript }: Parts,
  webhooks: Webhooks,
  publicUrl: () => string,
) {
  const fetchUrl = fetchThrough(callOut);
  const deps: InboundDeps = {
    ...{ store, webhooks, clock, ids, runExpression: runScript },
    documents: createDocuments(fetchUrl, clock),
    visit: async (url) => isSuccess(await fetchUrl(url)),
    onHeld: () => release.kick(),
    onFault: (error) => log.error({ err: error }, 'a call could not be stored; its sender was told to come again'),
  };
  const release = createRelease(deps, clock, (error) => log.error({ err: error }, 'could not let held events go'));
  const receive = createReceive(deps);
  const events = createEvents({ ...deps, receive, publicUrl });
  return { release, services: { receive, events, callbacks: createCallbacks({ store, clock }) } };
}

/** The webhooks of flows: what people do with them, and the loop that sends what they have to say. */
function createOutbound({ store, clock, ids, log, metrics, outgoing, settings }: Parts, schedules: Schedules) {
  const { flowWebhookLimit: limit = DEFAULT_WEBHOOK_LIMIT, deliveryTimeoutMs: timeoutMs = SENDER_SETTINGS.timeoutMs } =
    settings;
  const flowWebhooks = createFlowWebhooks({ store, clock, ids, ...outgoing, limit, timeoutMs });
  const sender = createSender({ store, clock, ids, log, metrics, ...outgoing, settings: { timeoutMs } });
  const flowTransfer = createFlowTransfer({
    ...{ store, clock },
    webhooks: flowWebhooks,
    schedules: createFlowSchedules(store, schedules),
  });
  return {
    sender,
    services: { flowWebhooks, flowTransfer, resends: createResends(store, clock, () => sender.kick()) },
  };
}

/** A connection that is kept alive after its last answer would hold the server open for more than a minute. */
const CLOSE_IDLE_MS = 20;

async function closeApp(app: FastifyInstance, clock: Clock): Promise<void> {
  let callOff = (): void => {};
  const closeIdle = (): void => {
    app.server.closeIdleConnections();
    callOff = clock.after(CLOSE_IDLE_MS, closeIdle);
  };
  closeIdle();
  await app.close();
  callOff();
}

/** Counts executions that end, and tells the log of them and of faults. */
function watchNotices({ store, log, metrics }: Pick<Parts, 'store' | 'log' | 'metrics'>): () => void {
  const ended = metrics.counter('fermata_executions_ended_total', 'Executions that ended, by status.', ['status']);
  const tell = async (workflowId: string): Promise<void> => {
    const workflow = await store.workflows.get(workflowId, { tasks: false });
    if (workflow) log.debug({ traceId: workflow.traceId, workflowId, status: workflow.status }, 'execution ended');
  };
  return store.subscribe(({ workflows, faults }) => {
    for (const { workflowId, reason } of faults)
      log.error({ workflowId, reason }, 'the rules threw: please report this');
    for (const { id, status } of workflows) {
      if (!isTerminal(status)) continue;
      ended.inc({ status });
      if (log.isLevelEnabled('debug')) tell(id).catch((error: unknown) => log.debug({ err: error }, 'could not tell'));
    }
  });
}

/** Certificates and key sets are small, and their sender waits meanwhile. */
const FETCH_TIMEOUT_MS = 5_000;
const MAX_FETCHED_BYTES = 256 * 1024;

/** What senders publish is fetched as any other address: through the guard. */
function fetchThrough(callOut: CallOut): FetchUrl {
  return async (url) => {
    const timeoutMs = FETCH_TIMEOUT_MS;
    const result = await callOut({
      ...{
        method: 'GET',
        url,
        headers: {},
        timeoutMs,
        connectTimeoutMs: timeoutMs,
        maxResponseBytes: MAX_FETCHED_BYTES,
      },
      signal: new AbortController().signal,
    });
    if (result.type !== 'response' || result.truncated) return { type: 'unavailable' };
    return { type: 'answer', status: result.status, text: Buffer.from(result.body).toString('utf8') };
  };
}

const isSuccess = (fetched: Fetched): boolean =>
  fetched.type === 'answer' && fetched.status >= 200 && fetched.status < 300;

/** Calls of HTTP tasks go through the guarded client of outbound. */
function callThrough(client: HttpClient): CallOut {
  return async (call) => {
    const result = await client.send({ ...call, tls: { validate: true } });
    switch (result.type) {
      case 'response':
        return result;
      case 'fault':
        return { type: 'fault', reason: result.reason, retryable: result.retryable };
      case 'cancelled':
        return result;
    }
  };
}

export interface Server {
  /** Where it listens. */
  readonly url: string;
  readonly log: Log;
  /** Stops taking calls, finishes what is under way, closes the database. */
  close(): Promise<void>;
}

/** INLINE scripts at once; each thread keeps a core busy. */
const SANDBOX_THREADS = 2;
const SANDBOX_DEADLINE_MS = 4_000;

/** Opens the database, listens and works. Rejects when the port or the database cannot be had. */
export async function startServer(config: Config): Promise<Server> {
  const log = createLog(config.logLevel);
  const guard = createGuard({ allow: config.allowedNetworks, deny: [] });
  const client = createHttpClient({ guard, clock: systemClock });
  const sandbox = createSandboxPool({ size: SANDBOX_THREADS, deadlineMs: SANDBOX_DEADLINE_MS, clock: systemClock });
  // Known before anything listens: the thread of the store makes callback URLs from it.
  const port = config.port || (await freePort(config.host));
  const publicUrl = config.publicUrl ?? urlOf(config.host, port);
  const thread: StoreThreadData = { url: databaseUrl(config), publicUrl };
  const store = await startStoreThread(new URL('./store-thread.ts', import.meta.url), thread);
  const clock = createAgreedClock(systemClock, () => store.now());
  const timekeeper = createTimekeeper(clock, (error) => log.warn({ err: error }, 'could not ask what time it is'));
  const ids = createIds(clock.now);
  const assembly = assemble({
    ...{ store, clock, ids, log, settings: config },
    metrics: createMetrics({ process: true }),
    callOut: callThrough(client),
    outgoing: { client, guard },
    runScript: sandbox.runScript,
    runJq: sandbox.runJq,
    runMock: sandbox.runMock,
    secretKey: findSecretKey(config.secretKey, config.database, ids.secret),
  });
  const close = async (): Promise<void> => {
    await Promise.all([assembly.stop(), timekeeper.stop()]);
    await Promise.all([client.close(), sandbox.close()]);
    await store.close();
  };
  try {
    await clock.sync();
    await assembly.app.listen({ host: config.host, port });
  } catch (error) {
    await close();
    throw error;
  }
  const url = urlOf(config.host, port);
  assembly.listensAt(url);
  for (const loop of [timekeeper, ...assembly.loops]) loop.start();
  return { url, log, close };
}

/** Port 0 asks for any that is free. */
async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

const databaseUrl = ({ database }: Config): string =>
  database.type === 'sqlite' ? `sqlite:${database.path}` : database.url;
