// Events: how many a second are accepted (a signed POST until its 200), how many executions end a second, and what a waiting
// execution costs, each beside the floor of the same run. Keys are sent in shuffled order, for the floor too; rounds alternate.

import { type Bed, postgresBed, sqliteBed } from './beds.ts';
import { orderOf } from './floor.ts';
import { fermata, floor, idleBytes, type Launch, type Run, runsOf } from './programs.ts';
import type { Row } from './table.ts';
import { median } from './table.ts';

export interface EventsPlan {
  readonly databases: readonly ('sqlite' | 'postgres')[];
  readonly waiting: readonly number[];
  readonly rounds: number;
  /** Events of one run, at most as many as wait. */
  readonly events: number;
  /**
   * Events sent to each program before it is measured: compilers of both have done their work by then. Half of them come at once, the
   * others in short runs with a rest after each, like those that are measured: V8 compiles anew what a rest has made it throw away,
   * and that gets less each time.
   */
  readonly warmUp: number;
  readonly connections: number;
}

/** What a waiting execution costs while nothing happens to it, in bytes. */
interface Footprint {
  readonly memory: number;
  readonly disk: number;
}

/** Rounds with few waiting executions last a moment each: so many times as many. */
const MOST_REPEATS = 2;
const FIRST_RATE = 500;
const SHORT_WARM_UPS = 5;

/** Seeded, so that each program gets the same order. */
function shuffled(length: number, take: number): string[] {
  const order = Array.from({ length }, (_, i) => i);
  let seed = 42;
  for (let i = length - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const j = seed % (i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order.slice(0, take).map(orderOf);
}

/** Runs the whole plan; for each database and number of waiting executions, a row for each thing that is measured. */
export async function benchEvents(plan: EventsPlan, say: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = [];
  for (const database of plan.databases) {
    const bed = database === 'sqlite' ? sqliteBed() : await postgresBed();
    try {
      for (const waiting of plan.waiting) {
        const measured = await benchOne(plan, bed, waiting, (line) => say(`${database}, ${waiting} waiting${line}`));
        rows.push(...measured.map((row) => ({ database, waiting, ...row })));
      }
    } finally {
      await bed.close();
    }
  }
  return rows;
}

async function benchOne(plan: EventsPlan, bed: Bed, waiting: number, say: (line: string) => void): Promise<Row[]> {
  say(': filling');
  const all = waiting + plan.warmUp;
  const own = await footprintOfFermata(bed, all);
  const least = await footprintOfFloor(bed, all);
  // Half of what waits is sent at full speed, the rest is left for half load; small fills are repeated for a steadier median.
  const perRun = Math.min(plan.events, Math.floor(waiting / 2));
  const rounds = plan.rounds * Math.max(1, Math.min(MOST_REPEATS, Math.floor(plan.events / perRun / 2)));
  const keys = shuffled(all, plan.warmUp + perRun * 2);
  const short = Math.floor(plan.warmUp / 2 / SHORT_WARM_UPS);
  const long = plan.warmUp - short * SHORT_WARM_UPS;
  const warm = Array.from({ length: 1 + SHORT_WARM_UPS }, (_, i) => ({
    keys: keys.slice(i && long + short * (i - 1), long + short * i),
    connections: plan.connections,
  }));
  const full = { keys: keys.slice(plan.warmUp, plan.warmUp + perRun), connections: plan.connections };
  const pairs: { readonly full: Pair; readonly half: Pair }[] = [];
  for (let round = 1; round <= rounds; round++) {
    // Half of what Fermata has managed so far; before it has run at all, a guess that only says where to begin.
    const known = median(pairs.map((pair) => pair.full.fermata.finishedPerSecond));
    const rate = Math.max(50, Math.floor(known / 2) || FIRST_RATE);
    const half = { keys: keys.slice(plan.warmUp + perRun), connections: plan.connections, ratePerSecond: rate };
    const run = async (url: string, launch: (url: string) => Launch): Promise<Run[]> => {
      const runs = await runsOf(launch(url), [...warm, full, half], () => bed.tidy(url));
      await bed.drop(url);
      return runs.slice(warm.length);
    };
    const floors = await run(await bed.empty(), (url) => floor(url, all));
    const ours = await run(await bed.copy(), fermata);
    const pair = (i: number): Pair => ({ fermata: ours[i] as Run, floor: floors[i] as Run });
    pairs.push({ full: pair(0), half: pair(1) });
    say(`, round ${round}: ${spoken(pair(0))}; p99 at ${rate} a second ${ours[1]?.load.p99Ms.toFixed(1)} ms`);
  }
  const atHalf = pairs.length > 1 ? pairs.slice(1) : pairs;
  const atFull = pairs.map((pair) => pair.full);
  const halves = atHalf.map((pair) => pair.half);
  return [
    compared('accepted a second', atFull, ({ load }) => load.perSecond),
    compared('finished a second', atFull, ({ finishedPerSecond }) => finishedPerSecond),
    compared('request to 200, p50 ms', atFull, ({ load }) => load.p50Ms),
    compared('request to 200, p99 ms', atFull, ({ load }) => load.p99Ms),
    compared('the same at half load, p50 ms', halves, ({ load }) => load.p50Ms),
    compared('the same at half load, p99 ms', halves, ({ load }) => load.p99Ms),
    compared('processor time an event, us', atFull, ({ cpuUsPerEvent }) => cpuUsPerEvent),
    compared('memory after the run, MiB', atFull, ({ rssMiB }) => rssMiB),
    { what: 'memory per waiting execution, bytes', ...beside(own.memory, least.memory) },
    { what: 'disk per waiting execution, bytes', ...beside(own.disk, least.disk) },
  ];
}

/** Runs of both programs, one right after the other. */
interface Pair {
  readonly fermata: Run;
  readonly floor: Run;
}

const spoken = ({ fermata: ours, floor: least }: Pair): string =>
  `floor ${least.finishedPerSecond.toFixed(0)}/s, fermata ${ours.finishedPerSecond.toFixed(0)}/s`;

/** Medians; the ratio is the median of the ratios of the rounds, which stand beside it. */
function compared(what: string, pairs: readonly Pair[], figure: (run: Run) => number): Row {
  const ratios = pairs.map((pair) => figure(pair.fermata) / figure(pair.floor));
  return {
    what,
    Fermata: median(pairs.map((pair) => figure(pair.fermata))),
    floor: median(pairs.map((pair) => figure(pair.floor))),
    ratio: median(ratios),
    'each round': ratios.map((ratio) => ratio.toFixed(2)).join(', '),
  };
}

const beside = (ours: number, least: number): Row => ({ Fermata: ours, floor: least, ratio: ours / least });

async function footprintOfFermata(bed: Bed, waiting: number): Promise<Footprint> {
  const empty = { memory: 0, disk: 0 };
  const filled = await bed.fill(waiting, async (url) => {
    empty.memory = await idleBytes(fermata(url));
    empty.disk = await bed.sizeOf(url);
  });
  const disk = (await bed.sizeOf(filled)) - empty.disk;
  const copy = await bed.copy();
  const memory = (await idleBytes(fermata(copy))) - empty.memory;
  await bed.drop(copy);
  return { memory: memory / waiting, disk: disk / waiting };
}

async function footprintOfFloor(bed: Bed, waiting: number): Promise<Footprint> {
  const [none, some] = [await bed.empty(), await bed.empty()];
  const emptyMemory = await idleBytes(floor(none, 0));
  const memory = (await idleBytes(floor(some, waiting))) - emptyMemory;
  const disk = (await bed.sizeOf(some)) - (await bed.sizeOf(none));
  for (const url of [none, some]) await bed.drop(url);
  return { memory: memory / waiting, disk: disk / waiting };
}
