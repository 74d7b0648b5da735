// The nodes: whole servers but for the port, each with its own clock, life and ids, started again when they have died;
// and the network between them and everybody else.

import type { FastifyInstance } from 'fastify';
import { begin, transition } from '../../src/core/transition.ts';
import type { CallOut } from '../../src/engine/workers/http.ts';
import { createAgreedClock, createTimekeeper } from '../../src/lib/agreed-clock.ts';
import { createIds } from '../../src/lib/ids.ts';
import { createLog } from '../../src/lib/log.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { fanOut } from '../../src/outbound/fan-out.ts';
import { type Assembly, assemble } from '../../src/server.ts';
import { assemble as assembleStore } from '../../src/store/assemble.ts';
import type { Store } from '../../src/store/store.ts';
import type { Database } from './database.ts';
import { type Faults, Life } from './faults.ts';
import type { Random } from './random.ts';
import type { Receiver } from './receiver.ts';
import { NodeClock, type VirtualTime } from './virtual-time.ts';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Running {
  readonly life: Life;
  readonly clock: NodeClock;
  store?: Store;
  assembly?: Assembly;
}

const BOOT_MS = 20;
/** Short, so that others take over soon what a dead node was sending. */
const DELIVERY_TIMEOUT_MS = 2_000;
/** Beyond this a repeated delivery may rightly count as a new one (contract 2.6: five minutes). */
const MAX_LEAPT_MS = 180_000;
const NO_SCRIPTS = { ok: false, reason: 'no scripts here' } as const;
const EMPTY_JSON = new TextEncoder().encode('{}');

export class Cluster {
  readonly #time: VirtualTime;
  readonly #database: Database;
  readonly #faults: Faults;
  readonly #receiver: Receiver;
  readonly #random: Random;
  readonly #note: (line: string) => void;
  readonly #running: Running[] = [];
  /** Answers that say that a server broke, though nothing went wrong around it. */
  readonly broken: string[] = [];
  deaths = 0;
  #born = 0;
  #leaptMs = 0;

  constructor(given: {
    time: VirtualTime;
    database: Database;
    faults: Faults;
    receiver: Receiver;
    random: Random;
    note: (line: string) => void;
  }) {
    this.#time = given.time;
    this.#database = given.database;
    this.#faults = given.faults;
    this.#receiver = given.receiver;
    this.#random = given.random;
    this.#note = given.note;
  }

  /** The clock that all nodes go by: that of the database they share, or of the machine they are on. */
  readonly now = (): number => this.#time.now() + (this.#faults.plan.mode === 'shared' ? 0 : this.#leaptMs);

  start(): void {
    for (let slot = 0; slot < this.#faults.plan.nodes; slot++) void this.#boot(slot);
  }

  async #boot(slot: number): Promise<void> {
    const { plan } = this.#faults;
    const random = this.#random.fork();
    const lifeSteps = this.#faults.on ? this.#lifeSteps(random) : 0;
    const life = new Life(`node${slot}.${++this.#born}`, this.#time, lifeSteps, random.chance(0.5));
    const clock = new NodeClock(this.#time, this.#leaptMs + random.int(-plan.skewMs, plan.skewMs));
    const running: Running = { life, clock };
    this.#running[slot] = running;
    life.atEnd(() => {
      clock.stopped = true;
      this.deaths++;
      this.#note(`${life.name} dies`);
      this.#time.after(random.int(10, 3_000), () => void this.#boot(slot));
    });
    this.#note(`${life.name} boots, clock ${clock.skewMs} ms off`);
    const ids = createIds(clock.now, (bytes) => random.fill(bytes));
    const env = { newId: ids.next, random: ids.random, evaluate: () => NO_SCRIPTS };
    const store = await assembleStore(this.#database.open(life), { env, core: { begin, transition }, fanOut });
    const shared = createAgreedClock(clock, () => store.now());
    const timekeeper = createTimekeeper(shared, () => {});
    await untilDone(() => shared.sync(), this.#time);
    const assembly = assemble({
      store: this.#withLostNotices(store),
      ...{ clock: shared, ids, log: createLog('silent'), metrics: createMetrics({ process: false }) },
      callOut: this.#callOut(random),
      outgoing: this.#receiver.wayFrom(life, random),
      runScript: async () => NO_SCRIPTS,
      runJq: async () => NO_SCRIPTS,
      runMock: async () => NO_SCRIPTS,
      settings: { deliveryTimeoutMs: DELIVERY_TIMEOUT_MS },
    });
    assembly.listensAt('http://localhost');
    // Getting ready reads files, which takes real time; the simulated one is the same in every run.
    const ready = this.#time.sleep(BOOT_MS);
    await this.#time.hold(assembly.app.ready());
    await ready;
    if (life.dead) return;
    running.store = store;
    running.assembly = assembly;
    for (const loop of [timekeeper, ...assembly.loops]) loop.start();
    this.#note(`${life.name} listens`);
  }

  #withLostNotices(store: Store): Store {
    const { plan } = this.#faults;
    return {
      ...store,
      subscribe: (listener) =>
        store.subscribe((notice) => {
          if (!this.#faults.happens(plan.noticeLost)) listener(notice);
        }),
    };
  }

  /** What HTTP tasks call. */
  #callOut(random: Random): CallOut {
    return async () => {
      await this.#time.sleep(random.delayMs(50, 5_000));
      this.#time.touch();
      if (this.#faults.happens(0.1)) return { type: 'fault', reason: 'simulated: no answer', retryable: true };
      const headers = { 'content-type': ['application/json'] };
      return { type: 'response', status: 200, headers, body: EMPTY_JSON, truncated: false };
    };
  }

  /** One request over the network to any node; undefined: no answer came, and whether it was heard is not known. */
  async call({ method, path, body, headers = {} }: Call): Promise<Answer | undefined> {
    const { plan } = this.#faults;
    const isCalm = !this.#faults.on;
    await this.#time.sleep(this.#random.delayMs(8, 600));
    const { assembly, life } = this.#random.pick(this.#running);
    if (!assembly || life.dead || this.#faults.happens(plan.requestLost)) return undefined;
    const answer = await Promise.race([inject(assembly.app, { method, path, body, headers }, this.#time), life.ended]);
    if (isCalm && answer && answer.status >= 500)
      this.broken.push(`${method} ${path}: ${answer.status} ${answer.text}`);
    await this.#time.sleep(this.#random.delayMs(8, 600));
    return this.#faults.happens(plan.requestLost) ? undefined : (answer ?? undefined);
  }

  /** A node loses its power, or its clock is set. */
  disturb(): void {
    const { plan } = this.#faults;
    const running = this.#random.pick(this.#running);
    if (plan.lifeSteps > 0 && this.#random.chance(0.4)) running.life.die();
    else if (plan.leaps && this.#leaptMs < MAX_LEAPT_MS && this.#random.chance(0.3)) {
      const leapMs = this.#random.int(1_000, 60_000);
      this.#leaptMs += leapMs;
      this.#note(`all clocks leap ${leapMs} ms ahead`);
      for (const { clock } of this.#running) clock.skewMs += leapMs;
    } else {
      running.clock.skewMs = this.#leaptMs + this.#random.int(-plan.skewMs, plan.skewMs);
      this.#note(`the clock of ${running.life.name} is set: ${running.clock.skewMs} ms off`);
    }
  }

  #lifeSteps(random: Random): number {
    const { lifeSteps } = this.#faults.plan;
    return lifeSteps > 0 ? random.int(1, lifeSteps) : 0;
  }

  /** Those that stand get an end as well. */
  beginTrouble(): void {
    for (const { life } of this.#running) life.limit(this.#lifeSteps(this.#random));
  }

  /** From now on nobody dies. */
  spare(): void {
    for (const { life } of this.#running) life.limit(0);
  }

  end(): void {
    for (const { life, clock } of this.#running) {
      clock.stopped = true;
      life.atEnd(() => {});
      life.dead = true;
    }
  }
}

/** A server that cannot measure the time yet does not begin. */
async function untilDone(work: () => Promise<void>, time: VirtualTime): Promise<void> {
  for (;;) {
    const isDone = await work().then(
      () => true,
      () => false,
    );
    if (isDone) return;
    await time.sleep(100);
  }
}

async function inject(
  app: FastifyInstance,
  call: Required<Pick<Call, 'method' | 'path' | 'headers'>> & { body: unknown },
  time: VirtualTime,
): Promise<Answer> {
  const { method, path, body, headers } = call;
  time.touch();
  const isText = typeof body === 'string';
  const answer = await app.inject({
    method,
    url: path,
    headers: { host: 'localhost', ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { payload: isText ? body : JSON.stringify(body) }),
  });
  time.touch();
  return { status: answer.statusCode, text: answer.body };
}
