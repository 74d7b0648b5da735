// Group commit: what callers want is queued; a cycle takes all that has come while the last one was committing.
// No timer cuts a batch. What a commit leaves to do (inboxes, look-backs, routes that wait) goes into the next cycle.

import { type Change, RetryableError, TakenError, UnreachableError } from '../drivers/driver.ts';
import { MAX_TRIES } from '../limits.ts';
import { gatherAlarms, gatherCommands, gatherInboxes, gatherRemovals } from './commands.ts';
import { type Context, Cycle } from './cycle.ts';
import { gatherDispatches } from './dispatch.ts';
import { gatherForgets } from './forget.ts';
import type { Item, ItemOf } from './item.ts';
import { gatherLookBacks, lookBackItem } from './look-back.ts';
import type { News } from './news.ts';
import { gatherPolls } from './polls.ts';
import { findDuplicate, gatherReceives, repeatItem, routeItem } from './receive.ts';
import { gatherRoutes } from './route.ts';
import { gatherStarts } from './starts.ts';

const nothing = (): void => {};
const base = { tries: 0, alone: false, resolve: nothing, reject: nothing };

export class Pump {
  readonly #context: Context;
  readonly #onNews: (news: News, backlog: boolean) => void;
  readonly #queue = new Map<Item['kind'], Item[]>();
  readonly #alone: Item[] = [];
  /** What of ours is queued or under way, so that looking for what is due does not take it again. */
  readonly #known = new Set<string>();
  #later: Change[] = [];
  #running = 0;
  #scheduled = false;
  #closing = false;
  #idle: (() => void)[] = [];

  constructor(context: Context, onNews: (news: News, backlog: boolean) => void) {
    this.#context = context;
    this.#onNews = onNews;
  }

  push(item: Item): void {
    if (this.#closing && !isFollowUp(item)) {
      item.reject(new Error('the store is closing'));
      return;
    }
    if (item.kind === 'poll') {
      const { queue, domain = '', now } = item.request;
      this.#context.waiting.enter(item);
      this.#context.domains.polled(queue, domain, now);
    }
    this.#enqueue(item);
    this.#schedule();
  }

  /** Polls that wait look for what has come without a stir. */
  lookAgain(now: number): void {
    const { waiting } = this.#context;
    if (waiting.size === 0) return;
    this.#enqueuePolls(waiting.takeAll(), now);
    this.#schedule();
  }

  #enqueuePolls(polls: readonly ItemOf<'poll'>[], now: number): void {
    for (const poll of polls) {
      poll.now = Math.max(poll.now, now);
      this.#enqueue(poll);
    }
  }

  #enqueue(item: Item): void {
    const name = nameOf(item);
    if (name) this.#known.add(name);
    if (item.alone) {
      this.#alone.push(item);
      return;
    }
    const list = this.#queue.get(item.kind);
    if (list) list.push(item);
    else this.#queue.set(item.kind, [item]);
  }

  /** True when this piece of left-over work is already queued or under way here. */
  knows(item: Item): boolean {
    const name = nameOf(item);
    return name !== undefined && this.#known.has(name);
  }

  /** Resolves when nothing is queued or under way. */
  async drained(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Refuses new calls and finishes what is under way. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#context.waiting.close();
    await this.drained();
    if (this.#later.length) {
      this.#enqueue({ kind: 'write', changes: this.#later.splice(0), now: 0, ...base });
      this.#schedule();
      await this.drained();
    }
  }

  /** Something is queued or under way. */
  get isBusy(): boolean {
    return !this.#isIdle();
  }

  #isIdle(): boolean {
    return this.#running === 0 && !this.#scheduled && !this.#waiting();
  }

  #waiting(): boolean {
    if (this.#alone.length) return true;
    for (const list of this.#queue.values()) if (list.length) return true;
    return false;
  }

  #schedule(): void {
    if (this.#scheduled || this.#running >= this.#context.driver.inFlight) return;
    this.#scheduled = true;
    // After the I/O of this turn of the loop, so that all that has arrived in it is in.
    setImmediate(() => {
      this.#scheduled = false;
      this.#start();
    });
  }

  #start(): void {
    const items = this.#take();
    // Nothing to take though something waits: it waits for a cycle under way, whose end comes back here.
    if (!items.length) return;
    this.#running++;
    this.#run(items).finally(() => {
      this.#running--;
      this.#next();
    });
    this.#next();
  }

  #next(): void {
    if (this.#waiting()) this.#schedule();
    else if (this.#isIdle()) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #take(): Item[] {
    const next = this.#alone.findIndex((item) => this.#isFree(item));
    if (next >= 0) return this.#alone.splice(next, 1);
    const items: Item[] = [];
    for (const [kind, list] of this.#queue) items.push(...this.#takeFree(kind, list));
    // Removals take rows that others in the same commit may write: they go by themselves.
    const removals = items.filter(isRemoval);
    if (!removals.length || removals.length === items.length) return items;
    this.#putBack(items.filter((item) => !isRemoval(item)));
    return removals;
  }

  #takeFree(kind: Item['kind'], list: Item[]): Item[] {
    const { busy, driver } = this.#context;
    if (busy.size === 0) return list.splice(0, driver.batch);
    const taken: Item[] = [];
    const rest: Item[] = [];
    for (const item of list) {
      if (taken.length < driver.batch && this.#isFree(item)) taken.push(item);
      else rest.push(item);
    }
    this.#queue.set(kind, rest);
    return taken;
  }

  /** Commands for an execution that another cycle is at wait for it: their order counts. */
  #isFree(item: Item): boolean {
    const awaited = item.kind === 'command' ? item.workflowId : item.awaits;
    return awaited === undefined || !this.#context.busy.has(awaited);
  }

  /** Back to the front of their queues, in their order. */
  #putBack(items: readonly Item[]): void {
    for (const item of items.toReversed()) {
      const name = nameOf(item);
      if (name) this.#known.add(name);
      const list = this.#queue.get(item.kind);
      if (item.alone) this.#alone.unshift(item);
      else if (list) list.unshift(item);
      else this.#queue.set(item.kind, [item]);
    }
  }

  async #run(taken: readonly Item[]): Promise<void> {
    const later = this.#later.splice(0);
    const items = new Set(taken);
    for (const item of taken) {
      item.awaits = undefined;
      if (item.kind === 'command') this.#context.busy.hold(item.workflowId, items);
    }
    try {
      this.#settle(await runCycle(this.#context, items, later));
    } catch (error) {
      this.#later.push(...later);
      this.#failed([...items], error as Error);
    } finally {
      this.#context.busy.release(items);
    }
  }

  /** Answers what is done, queues again what is not, and queues what follows. */
  #settle(cycle: Cycle): void {
    const again: Item[] = [];
    for (const item of [...cycle.items, ...cycle.fresh]) {
      if (cycle.deferred.has(item)) again.push(item);
      else if (cycle.again.has(item) && !cycle.partial.get(item)?.()) {
        if (this.#mayRetry(item)) again.push(item);
      } else {
        const name = nameOf(item);
        if (name) this.#known.delete(name);
        cycle.finishes.get(item)?.();
        if (isFollowUp(item)) item.resolve();
      }
    }
    this.#putBack(again);
    const { left, news } = cycle;
    this.#later.push(...left.changes);
    for (const item of left.items) this.#enqueue(item);
    for (const opened of left.opened) this.#enqueue(lookBackItem(opened));
    for (const [target, now] of left.told) this.#enqueue({ kind: 'inbox', target, now, ...base });
    for (const [wf, now] of left.unfinished) this.#enqueue({ kind: 'alarm', wf, now, ...base });
    for (const [queue, count] of news.queues) this.#enqueuePolls(this.#context.waiting.stir(queue, count), news.at);
    this.#onNews(news, this.#waiting());
  }

  /** False when it is dealt with here. */
  #mayRetry(item: Item): boolean {
    item.tries++;
    if (item.tries > MAX_TRIES)
      this.#giveUp(item, new Error(`given up after ${MAX_TRIES} tries: others changed the same rows each time`));
    else if (item.kind === 'receive') void this.#afterDuplicate(item);
    else return true;
    return false;
  }

  async #afterDuplicate(item: ItemOf<'receive'>): Promise<void> {
    this.#running++;
    try {
      const found = await findDuplicate(this.#context.driver, item.event);
      if (found?.type === 'stored' && item.event.route) this.#enqueue(routeItem(found.id, item.now, item.event));
      if (found?.type === 'outdated') item.outdated = found.by;
      if (!found || found.type === 'outdated') this.#enqueue(item);
      else if (found.type === 'duplicate') this.#enqueue(repeatItem(item, found));
      else item.resolve({ type: 'stored', eventId: found.eventId });
    } catch (error) {
      item.reject(error as Error);
    } finally {
      this.#running--;
      this.#next();
    }
  }

  /** The whole commit failed: again, each alone, unless the database is just not to be reached. */
  #failed(items: readonly Item[], error: Error): void {
    this.#context.states.clear();
    // Only where shapes are stored by the commit itself can it have taken them back. On a shared database they stay, and
    // forgetting them while another cycle reads the newer ones would leave that node blind for the older ones.
    if (this.#context.driver.serial) this.#context.shapes.reset();
    const retryable = error instanceof RetryableError;
    const again: Item[] = [];
    for (const item of items) {
      item.tries++;
      const hopeless = error instanceof UnreachableError || (!retryable && items.length === 1);
      if (item.tries > MAX_TRIES || hopeless) this.#giveUp(item, error);
      else {
        if (!retryable || error instanceof TakenError) item.alone = true;
        again.push(item);
      }
    }
    this.#putBack(again);
  }

  /** Left-over work stays in the database; whoever looks for what is due finds it again. */
  #giveUp(item: Item, error: Error): void {
    const name = nameOf(item);
    if (name) this.#known.delete(name);
    item.reject(error);
  }
}

function nameOf(item: Item): string | undefined {
  switch (item.kind) {
    case 'route':
      return `route ${item.id}`;
    case 'lookBack':
      return `lookBack ${item.wf} ${item.n}`;
    case 'inbox':
      return `inbox ${item.target}`;
    case 'alarm':
      return `alarm ${item.wf}`;
    default:
      return undefined;
  }
}

const isFollowUp = (item: Item): item is ItemOf<'route' | 'lookBack' | 'inbox' | 'alarm' | 'write'> =>
  nameOf(item) !== undefined || item.kind === 'write';

/** On a shared database events are stored by themselves and routed after that: storing asks for no definition. */
const isReceive = ({ kind }: Item): boolean => kind === 'receive';

const isRemoval = ({ kind }: Item): boolean => kind === 'remove' || kind === 'forget';

const only = <K extends Item['kind']>(items: readonly Item[], kind: K): ItemOf<K>[] =>
  items.filter((item): item is ItemOf<K> => item.kind === kind);

async function runCycle(context: Context, items: Set<Item>, later: readonly Change[]): Promise<Cycle> {
  const session = await context.driver.begin();
  const cycle = new Cycle(context, session, items);
  try {
    context.states.check();
    await gather(cycle, [...items]);
    await cycle.findDomains();
    cycle.decide();
    await cycle.ensureShapes();
    for (const close of cycle.closings) close();
    for (const item of only([...items], 'write')) cycle.note(item.changes, [item]);
    cycle.note(later, []);
    await commit(cycle);
    return cycle;
  } catch (error) {
    await session.end();
    throw error;
  } finally {
    await Promise.allSettled(cycle.afterwards.map((one) => one()));
  }
}

async function gather(cycle: Cycle, items: readonly Item[]): Promise<void> {
  const { definitions, driver } = cycle.context;
  if (driver.serial || !items.every(isReceive))
    cycle.definitionsReady = cycle.latest().then(({ epoch }) => definitions.refresh(epoch));
  const lookBacks = gatherLookBacks(cycle, only(items, 'lookBack'));
  const receives = gatherReceives(cycle, only(items, 'receive'));
  const gathered = await Promise.allSettled([
    cycle.definitionsReady,
    lookBacks,
    gatherRoutes(cycle, routesOf(cycle, only(items, 'route'), receives), lookBacks),
    gatherCommands(cycle, only(items, 'command')),
    gatherInboxes(cycle, only(items, 'inbox')),
    gatherStarts(cycle, only(items, 'start')),
    gatherPolls(cycle, only(items, 'poll')),
    gatherAlarms(cycle, only(items, 'alarm')),
    gatherRemovals(cycle, only(items, 'remove')),
    gatherForgets(cycle, only(items, 'forget')),
    receives,
    gatherDispatches(cycle, only(items, 'dispatch')),
  ]);
  for (const result of gathered) if (result.status === 'rejected') throw result.reason;
}

/** Events that came before are routed before those that this cycle receives. */
async function routesOf(
  cycle: Cycle,
  before: readonly ItemOf<'route'>[],
  receives: Promise<void>,
): Promise<readonly ItemOf<'route'>[]> {
  if (!cycle.context.driver.serial) return before;
  await receives;
  return [...before, ...cycle.fresh];
}

async function commit({ session, planned, again }: Cycle): Promise<void> {
  const written = planned.filter(({ unit }) => unit.guard || unit.changes.length);
  const held = written.length ? await session.commit(written.map(({ unit }) => unit)) : [];
  if (!written.length) await session.end();
  const passed = new Set(written.filter((_, i) => held[i]));
  for (const one of planned) {
    const ok = passed.has(one) || (!one.unit.guard && !one.unit.changes.length);
    if (ok) one.passed?.();
    else {
      one.failed?.();
      for (const item of one.items) again.add(item);
    }
  }
}
