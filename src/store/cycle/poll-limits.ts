// How many tasks of a queue may still be handed out: concurrentExecLimit counts those in progress, rateLimitPerFrequency those
// handed out in the stretch of time before (contract 5.4). And what was completed before under the same key is not handed out.

import { type CacheEntry, cacheEntryOf } from '../../core/cache.ts';
import type { QueueEntry } from '../../core/derive.ts';
import { queueEntryOf } from '../../core/derive.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Candidate, Change, Row } from '../drivers/driver.ts';
import { MAX_PAGE } from '../limits.ts';
import { toStored } from '../rows/text.ts';
import type { Cycle } from './cycle.ts';
import { takeGate } from './gate.ts';
import { removal } from './item.ts';
import { keptOutputs } from './kept.ts';
import type { State } from './states.ts';
import { findTask } from './turn.ts';

/** A candidate with its execution and what is known of its limits. */
export interface Offer {
  readonly candidate: Candidate;
  readonly state: State | undefined;
  readonly entry: QueueEntry | undefined;
  /** Output that was kept under its key. */
  readonly cached?: JsonObject;
}

/** What was handed out of one queue. */
interface Used {
  running: number;
  /** Moments of hand-outs, the oldest first. */
  readonly handed: number[];
  /** Rows of hand-outs that no limit looks at any more. */
  outdated: Change[];
}

const hasLimit = (entry: QueueEntry | undefined): entry is QueueEntry =>
  entry !== undefined && (entry.concurrentExecLimit !== undefined || entry.rateLimit !== undefined);

export class PollLimits {
  readonly #used = new Map<string, Used | undefined>();

  /** The queue of these offers, if it has a limit. */
  static queueOf(offers: readonly Offer[]): string | undefined {
    return offers.find(({ entry }) => hasLimit(entry))?.entry?.queue;
  }

  /** Counts what queues with limits have given already. */
  static async read(cycle: Cycle, offers: readonly Offer[], now: number): Promise<PollLimits> {
    const limits = new PollLimits();
    const longest = new Map<string, number>();
    for (const { entry } of offers) {
      if (!hasLimit(entry)) continue;
      longest.set(entry.queue, Math.max(longest.get(entry.queue) ?? 0, entry.rateLimit?.perMs ?? 0));
    }
    for (const [queue, perMs] of longest) limits.#used.set(queue, await count(cycle, toStored(queue), perMs, now));
    return limits;
  }

  /** Whether one more may be handed out; if so it is counted. Answers the rows that say so, or undefined. */
  take({ entry, candidate: { wf, n } }: Offer, now: number): readonly Change[] | undefined {
    if (!entry || !this.#used.has(entry.queue)) return [];
    const used = this.#used.get(entry.queue);
    const { concurrentExecLimit = Number.POSITIVE_INFINITY, rateLimit } = entry;
    if (!used || used.running >= concurrentExecLimit) return undefined;
    if (rateLimit && used.handed.filter((at) => at > now - rateLimit.perMs).length >= rateLimit.count) return undefined;
    used.running++;
    used.handed.push(now);
    if (!rateLimit) return [];
    const outdated = used.outdated.splice(0);
    return [...outdated, { op: 'put', table: 'handed', row: [toStored(entry.queue), now, wf, n] }];
  }
}

/** Undefined: another node is handing out of this queue. */
async function count(cycle: Cycle, queue: string, perMs: number, now: number): Promise<Used | undefined> {
  const { driver } = cycle.context;
  const giveBack = await takeGate(driver, `queue ${queue}`, now);
  if (!giveBack) return undefined;
  cycle.afterwards.push(giveBack);
  const [running, handed] = await Promise.all([
    driver.query('select count(*) from running where queue = ?', [queue]),
    driver.query(`select at, wf, n from handed where queue = ? order by at limit ${MAX_PAGE}`, [queue]),
  ]);
  const isOutdated = ([at]: Row): boolean => (at as number) <= now - perMs;
  return {
    running: running[0]?.[0] as number,
    handed: handed.filter((row) => !isOutdated(row)).map(([at]) => at as number),
    outdated: perMs === 0 ? [] : handed.filter(isOutdated).map((row) => removal('handed', [queue, ...row])),
  };
}

/** Candidates with what is known of them. */
export async function offersOf(
  cycle: Cycle,
  candidates: readonly Candidate[],
  states: ReadonlyMap<number, State | undefined>,
  now: number,
): Promise<Map<Candidate, Offer>> {
  const offers = new Map<Candidate, Offer>();
  const keyed: { readonly candidate: Candidate; readonly entry: CacheEntry }[] = [];
  for (const candidate of candidates) {
    const state = states.get(candidate.wf);
    const task = state && findTask(state.workflow.tasks, candidate.n);
    offers.set(candidate, { candidate, state, entry: task && queueEntryOf(state.workflow, task) });
    const entry = task && cacheEntryOf(state.workflow, task);
    if (entry) keyed.push({ candidate, entry });
  }
  const kept = await keptOutputs(
    cycle,
    keyed.map(({ entry }) => entry),
    now,
  );
  keyed.forEach(({ candidate }, i) => {
    const cached = kept[i];
    if (cached) offers.set(candidate, { ...(offers.get(candidate) as Offer), cached });
  });
  return offers;
}
