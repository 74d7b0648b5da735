// What may go wrong, and how often. All of it can be switched off, so that a run can come to rest.

import { RetryableError, UnreachableError } from '../../src/store/drivers/driver.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What an order is about; senders.ts says what happens to each. */
export const KINDS = [
  ...(['order', 'late', 'family', 'rounds', 'duet', 'quick'] as const),
  ...(['brief', 'session', 'line', 'repeat'] as const),
] as const;
/** Added later. They are drawn after all else, so that seeds without them are laid out as they were. */
export const LATER_KINDS = ['crowd', 'pair', 'price', 'carry'] as const;
/** Added after those, and drawn after them. */
const LATEST_KIND = 'turns';
export type Kind = (typeof KINDS)[number] | (typeof LATER_KINDS)[number] | typeof LATEST_KIND;
/** Of all kinds so many in one run: a few that crowd each other find more than a little of everything. */
const KINDS_PER_RUN = 4;
/** Runs in which two of them give way to later ones. */
const LATER_RUNS = 0.6;
const LATER_PER_RUN = 2;
/** Runs in which one more gives way to the latest. */
const LATEST_RUNS = 0.3;

/** How a run is laid out; drawn from its seed. */
export interface Plan {
  /** `serial`: one writer at a time, as SQLite; `shared`: reads and commits of nodes interleave, as on PostgreSQL. */
  readonly mode: 'serial' | 'shared';
  readonly nodes: number;
  readonly orders: number;
  readonly kinds: readonly Kind[];
  /** How often a worker says that it failed. */
  readonly workFails: number;
  /** Steps of the database that a node lives at most; 0: for ever. */
  readonly lifeSteps: number;
  readonly commitFails: number;
  readonly readFails: number;
  readonly answerLost: number;
  readonly noticeLost: number;
  readonly requestLost: number;
  readonly slow: number;
  readonly skewMs: number;
  readonly leaps: boolean;
}

export function planFor(random: Random): Plan {
  const mode = random.chance(0.6) ? 'shared' : 'serial';
  const plan: Plan = {
    mode,
    nodes: mode === 'shared' ? random.int(2, 3) : random.int(1, 2),
    orders: random.int(8, 20),
    kinds: random.sample(KINDS, KINDS_PER_RUN),
    workFails: random.pick([0.05, 0.05, 0.4]),
    lifeSteps: random.pick([0, 400, 1_500]),
    commitFails: random.pick([0, 0.01, 0.05]),
    readFails: random.pick([0, 0, 0.005]),
    answerLost: random.pick([0, 0.02, 0.15]),
    noticeLost: random.pick([0, 0.3, 1]),
    requestLost: random.pick([0, 0.03, 0.1]),
    slow: random.pick([0, 0.01, 0.05]),
    // Processes on one file are on one machine, which has one clock.
    skewMs: mode === 'shared' ? random.pick([0, 300, 40_000]) : 0,
    leaps: random.chance(0.5),
  };
  const kinds = random.chance(LATER_RUNS)
    ? [...plan.kinds.slice(LATER_PER_RUN), ...random.sample(LATER_KINDS, LATER_PER_RUN)]
    : plan.kinds;
  if (!random.chance(LATEST_RUNS)) return { ...plan, kinds };
  // Two processes on one file may let one too many begin (docs/where-it-stands.md).
  return { ...plan, kinds: [...kinds.slice(1), LATEST_KIND], nodes: mode === 'serial' ? 1 : plan.nodes };
}

export const hasLatest = ({ kinds }: Plan): boolean => kinds.includes(LATEST_KIND);

/** True when some of the kinds that were added later are played. */
export const hasLater = ({ kinds }: Plan): boolean => LATER_KINDS.some((kind) => kinds.includes(kind));

const USUAL_TRIP_MS = 2;
const SLOWEST_TRIP_MS = 1_500;

export class Faults {
  on = true;
  readonly plan: Plan;
  readonly random: Random;

  constructor(plan: Plan, random: Random) {
    this.plan = plan;
    this.random = random;
  }

  happens(probability: number): boolean {
    return this.on && probability > 0 && this.random.chance(probability);
  }

  /** Clocks of nodes that go by that of a shared database may differ by so much: half of the slowest trip to it, both ways. */
  get clockErrorMs(): number {
    if (this.plan.mode === 'serial') return 0;
    return this.plan.slow > 0 ? SLOWEST_TRIP_MS : 2 * USUAL_TRIP_MS;
  }

  /** An error of the database, before anything was written. */
  databaseError(): Error {
    switch (this.random.int(0, 3)) {
      case 0:
        return new UnreachableError('simulated: the database is not to be reached');
      case 1:
        return new Error('simulated: disk I/O error');
      default:
        return new RetryableError('simulated: try again');
    }
  }

  /** Time that one trip to the database takes. */
  tripMs(): number {
    if (this.happens(this.plan.slow)) return this.random.int(20, SLOWEST_TRIP_MS);
    return this.random.int(0, USUAL_TRIP_MS);
  }
}

const never = new Promise<never>(() => {});

/** The life of one node: ends at a chosen step of its database, or from outside. Nothing that it does afterwards is heard. */
export class Life {
  readonly name: string;
  readonly ended: Promise<void>;
  dead = false;
  #steps: number;
  readonly #after: boolean;
  readonly #time: VirtualTime;
  readonly #endings: (() => void)[] = [];

  constructor(name: string, time: VirtualTime, steps: number, after: boolean) {
    this.name = name;
    this.#time = time;
    this.#steps = steps;
    this.#after = after;
    this.ended = new Promise((resolve) => this.#endings.push(resolve));
  }

  atEnd(ending: () => void): void {
    this.#endings.push(ending);
  }

  die(): void {
    if (this.dead) return;
    this.dead = true;
    for (const ending of this.#endings) ending();
  }

  /** Lives for so many steps from now on; 0: for ever. */
  limit(steps: number): void {
    this.#steps = steps;
  }

  /** One step that its process may die before, or right after it took place. */
  async step<T>(run: () => Promise<T>): Promise<T> {
    if (this.dead) return never;
    this.#time.touch();
    const last = this.#steps > 0 && --this.#steps === 0;
    if (last && !this.#after) this.die();
    if (this.dead) return never;
    try {
      const result = await run();
      if (last) this.die();
      return this.dead ? never : result;
    } catch (error) {
      if (this.dead) return never;
      throw error;
    } finally {
      this.#time.touch();
    }
  }
}
