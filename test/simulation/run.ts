// One run: everything that its seed says, until all is quiet or something that must hold does not.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { populate, register } from './actors.ts';
import { Cluster } from './cluster.ts';
import { Database } from './database.ts';
import { Faults, type Plan, planFor } from './faults.ts';
import { Invariants } from './invariants.ts';
import { Ledger } from './ledger.ts';
import { Random } from './random.ts';
import { Receiver } from './receiver.ts';
import type { Paths } from './senders.ts';
import { openStates, type States } from './states.ts';
import { VirtualTime } from './virtual-time.ts';
import type { World } from './world.ts';

export interface Report {
  readonly seed: number;
  readonly plan: Plan;
  /** Empty: all held. */
  readonly problems: readonly string[];
  /** The last lines of the log. */
  readonly lastLines: readonly string[];
  /** Of the whole log: the same for the same seed. */
  readonly hash: string;
  readonly steps: number;
  readonly commits: number;
  readonly deaths: number;
  readonly virtualMs: number;
}

/** So long things go wrong; everything has arrived by then. */
const TROUBLE_MS = 20_000;
/** After so long without faults everything has come to rest: retries, leases of 30 s, and takings over. */
const CALM_MS = 5 * 60_000;
const LOOK_MS = 5_000;
const DISTURB_MS = 2_500;
const SETUP_MS = 120_000;
const LINES_KEPT = 80;

/** `fixed` takes the place of what the seed says about the plan. */
export async function simulate(seed: number, fixed: Partial<Plan> = {}): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-simulation-'));
  try {
    return await runIn(folder, seed, fixed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runIn(folder: string, seed: number, fixed: Partial<Plan>): Promise<Report> {
  const random = new Random(seed);
  const plan = { ...planFor(random.fork()), ...fixed };
  const time = new VirtualTime();
  const faults = new Faults(plan, random.fork());
  const hash = createHash('sha256');
  const lines: string[] = [];
  const note = (text: string): void => {
    const line = `${(time.elapsedMs / 1000).toFixed(3).padStart(9)} ${text}`;
    hash.update(line);
    lines.push(line);
    if (lines.length > LINES_KEPT) lines.shift();
  };
  const database = new Database(join(folder, 'simulation.db'), time, faults, note);
  const ledger = new Ledger();
  const receiver = new Receiver({ time, faults, ledger, note });
  const cluster = new Cluster({ time, database, faults, receiver, random: random.fork(), note });
  const world: World = { time, cluster, faults, ledger, random: random.fork(), note };
  const run = new Run(world, database);
  const problems = await run.all();
  cluster.end();
  database.close();
  return {
    ...{ seed, plan, problems, lastLines: lines, hash: hash.digest('hex') },
    ...{ steps: run.steps, commits: database.commits, deaths: cluster.deaths, virtualMs: time.elapsedMs },
  };
}

class Run {
  steps = 0;
  readonly #world: World;
  readonly #database: Database;
  #invariants: Invariants | undefined;
  #states: States | undefined;
  #commits = 0;

  constructor(world: World, database: Database) {
    this.#world = world;
    this.#database = database;
  }

  async all(): Promise<readonly string[]> {
    try {
      return await this.#play();
    } finally {
      await this.#states?.close();
    }
  }

  async #play(): Promise<readonly string[]> {
    const { faults, cluster, time, ledger } = this.#world;
    faults.on = false;
    cluster.start();
    let paths: Paths | undefined;
    void register(this.#world).then((found) => {
      paths = found;
    });
    const setUp = await this.#until(() => paths !== undefined, SETUP_MS);
    if (setUp.length || !paths) return [...setUp, ...(paths ? [] : ['nothing could be registered'])];
    this.#invariants = new Invariants({ reader: this.#database.reader, ledger, faults, now: cluster.now });
    this.#states = await openStates(this.#database);
    faults.on = true;
    cluster.beginTrouble();
    populate(this.#world, paths);
    this.#disturb();
    const end = time.elapsedMs + TROUBLE_MS;
    const trouble = await this.#until(() => time.elapsedMs >= end, TROUBLE_MS * 2);
    if (trouble.length) return trouble;
    faults.on = false;
    cluster.spare();
    this.#world.note('faults end');
    return this.#comeToRest();
  }

  #disturb(): void {
    const { cluster, faults, random, time } = this.#world;
    time.after(random.int(0, DISTURB_MS * 2), () => {
      if (!faults.on) return;
      cluster.disturb();
      this.#disturb();
    });
  }

  async #comeToRest(): Promise<readonly string[]> {
    const { cluster, ledger, time } = this.#world;
    const invariants = this.#invariants as Invariants;
    const end = time.elapsedMs + CALM_MS;
    let next = time.elapsedMs;
    const isQuiet = (): boolean => {
      if (time.elapsedMs < next) return false;
      next = time.elapsedMs + LOOK_MS;
      return ledger.busy === 0 && invariants.unrest().length === 0;
    };
    const broken = await this.#until(isQuiet, end - time.elapsedMs);
    if (broken.length) return broken;
    const left = ledger.busy > 0 ? [`${ledger.busy} actors got no answer`] : [];
    return [...left, ...invariants.unrest(), ...invariants.unkept(), ...cluster.broken];
  }

  /** Steps until it is so, or it has lasted too long, or something is broken. */
  async #until(isSo: () => boolean, atMostMs: number): Promise<readonly string[]> {
    const { time } = this.#world;
    const end = time.elapsedMs + atMostMs;
    while (!isSo() && time.elapsedMs < end) {
      this.steps++;
      if (!(await time.step())) return ['nothing is left that could happen'];
      const broken = await this.#check();
      if (broken.length) return broken;
    }
    return [];
  }

  async #check(): Promise<readonly string[]> {
    if (!this.#invariants || !this.#states) return [];
    const wrote = this.#database.commits !== this.#commits;
    this.#commits = this.#database.commits;
    if (!wrote) return this.#world.ledger.problems;
    return [...this.#invariants.broken(), ...(await this.#states.broken())];
  }
}
