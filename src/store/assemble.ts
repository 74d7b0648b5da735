// Puts a store together over a driver: the verbs of callers in front, the pump and its cycles behind.

import type { Command } from '../core/command.ts';
import type { Workflow } from '../core/model.ts';
import { Busy } from './cycle/busy.ts';
import type { Context, Rules } from './cycle/cycle.ts';
import { Definitions, definitionVerbs, newEpoch } from './cycle/definitions.ts';
import { nextAlarm, runDue } from './cycle/due.ts';
import type { ItemOf, OnMessages, Writers } from './cycle/item.ts';
import { LiveDomains } from './cycle/live-domains.ts';
import type { News } from './cycle/news.ts';
import { Pump } from './cycle/pump.ts';
import { routeItem } from './cycle/receive.ts';
import { Shapes } from './cycle/shapes.ts';
import { States } from './cycle/states.ts';
import { Turns } from './cycle/turns.ts';
import { WaitingPolls } from './cycle/waiting-polls.ts';
import type { FanOut } from './delivery.ts';
import type { Change, Driver } from './drivers/driver.ts';
import { GATHERED_BEFORE_SEARCH } from './limits.ts';
import { migrate } from './migrations/index.ts';
import type { PolledTask } from './poll.ts';
import { TABLES } from './rows/tables.ts';
import { toStored } from './rows/text.ts';
import type { Notice, Store, TransitionResult } from './store.ts';
import { allowanceVerbs } from './verbs/allowances.ts';
import { deliveryVerbs, withDeliveries } from './verbs/deliveries.ts';
import { eventVerbs } from './verbs/event-verbs.ts';
import { flowVerbs } from './verbs/flow-webhooks.ts';
import { installationKey } from './verbs/installation.ts';
import { messageVerbs, withEventMessages } from './verbs/message-verbs.ts';
import { handlerVerbs, schemaVerbs, secretVerbs, tagVerbs } from './verbs/registry-verbs.ts';
import { retentionVerbs } from './verbs/retention-verbs.ts';
import { scheduleVerbs } from './verbs/schedule-verbs.ts';
import { histogramRows, searchRows } from './verbs/search.ts';
import { searchTasks } from './verbs/task-search.ts';
import { Texts } from './verbs/texts.ts';
import { webhookVerbs } from './verbs/webhooks.ts';
import { lastPollVerbs, taskLogVerbs } from './verbs/worker-trace-verbs.ts';

/** What a store needs beside its database. */
export interface Parts {
  readonly env: Context['env'];
  readonly core: Rules;
  /** Rows that follow from what executions say, in the same commit. */
  readonly onMessages?: OnMessages;
  /** What outgoing webhooks have to say to them, in the same commit. */
  readonly fanOut?: FanOut;
}

/** Brings the schema up to date first. */
export async function assemble(driver: Driver, parts: Parts): Promise<Store> {
  await migrate(driver);
  const definitions = new Definitions(driver);
  const states = new States(driver);
  const context: Context = {
    driver,
    rules: parts.core,
    env: parts.env,
    states,
    texts: new Texts(driver, states),
    waiting: new WaitingPolls(),
    busy: new Busy(),
    domains: new LiveDomains(driver),
    shapes: new Shapes(),
    definitions,
    onMessages: withDeliveries(
      withEventMessages(parts.onMessages ?? (() => []), parts.env.newId),
      parts.fanOut,
      (flow) => definitions.flowWebhooks.get(flow),
      parts.env.newId,
    ),
  };
  const listeners = new Set<(notice: Notice) => void>();
  const pump = new Pump(context, (news, backlog) => {
    publish(listeners, news, backlog);
    // Whoever runs what is due looks again, and is told when the database does not answer.
    if (news.turns.length) void turns.look(news.turns, news.at).catch(() => undefined);
  });
  const turns = new Turns(driver, states, (workflowId, now) =>
    ask<TransitionResult, ItemOf<'command'>>(pump, (answer) => ({
      kind: 'command',
      workflowId,
      command: { type: 'admit' },
      now,
      ...answer,
    })),
  );
  const writeRows = (changes: readonly Change[]): Promise<void> => write(pump, changes);
  const dispatch: Writers['dispatch'] = (wish) =>
    ask(pump, (answer): ItemOf<'dispatch'> => ({ kind: 'dispatch', ...wish, ...answer }));
  return {
    definitions: definitionVerbs(driver, parts.env.random, writeRows),
    workflows: workflowVerbs(context, pump, turns),
    tasks: taskVerbs(context, pump),
    webhooks: webhookVerbs(driver, writeRows),
    events: eventVerbs(context, {
      receive: (event) =>
        ask(pump, (answer): ItemOf<'receive'> => ({ kind: 'receive', event, now: event.receivedAt, ...answer })),
      write: writeRows,
      dispatch,
      route: (id, now) => ask(pump, (answer): ItemOf<'route'> => ({ ...routeItem(id, now), ...answer })),
    }),
    installationKey: () => installationKey(driver, writeRows, parts.env.random),
    idle: () => pump.drained(),
    allowances: allowanceVerbs(driver),
    flows: flowVerbs(driver, { write: writeRows, dispatch }, () => newEpoch(parts.env.random)),
    deliveries: deliveryVerbs(driver, { write: writeRows, dispatch }),
    schedules: scheduleVerbs(driver, { write: writeRows, dispatch }),
    retention: retentionVerbs(driver, {
      write: writeRows,
      dispatch,
      removeWorkflow: (workflowId) => remove(pump, workflowId),
      forgetEvents: (events) =>
        ask(pump, (answer): ItemOf<'forget'> => ({ kind: 'forget', events, now: 0, ...answer })),
    }),
    ...registries(driver, { write: writeRows, dispatch }, parts.env.random),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    now: () => driver.now(),
    healthy: () => driver.alive(),
    async close() {
      await pump.close();
      await driver.close();
    },
  };
}

const registries = (driver: Driver, writers: Writers, random: () => number) => ({
  handlers: handlerVerbs(driver, writers.write),
  messages: messageVerbs(driver, writers),
  schemas: schemaVerbs(driver, writers.write, random),
  secrets: secretVerbs(driver, writers.write, random),
  tags: tagVerbs(driver, writers.write),
  logs: taskLogVerbs(driver, writers.write),
  lastPolls: lastPollVerbs(driver, writers.write),
});

const INBOX = Object.keys(TABLES.inbox.columns);
const INBOX_AT = INBOX.indexOf('at');
const INBOX_TRIES = INBOX.indexOf('tries');

/** Queues an item; answers what becomes of it. */
function ask<T, I extends { resolve: (value: T) => void }>(
  pump: Pump,
  item: (answer: { resolve: (value: T) => void; reject: (error: Error) => void; tries: number; alone: boolean }) => I,
): Promise<T> {
  return new Promise((resolve, reject) => pump.push(item({ resolve, reject, tries: 0, alone: false }) as never));
}

const write = (pump: Pump, changes: readonly Change[]): Promise<void> =>
  ask(pump, (answer): ItemOf<'write'> => ({ kind: 'write', changes, now: 0, ...answer }));

const remove = (pump: Pump, workflowId: string): Promise<boolean> =>
  ask(pump, (answer): ItemOf<'remove'> => ({ kind: 'remove', workflowId, now: 0, ...answer }));

/** What free text finds is gathered first, as far as this node has changed it. */
async function gatherFor(text: string | undefined, { texts }: Context, pump: Pump): Promise<void> {
  if (text && texts.pending) await texts.gather(GATHERED_BEFORE_SEARCH, (changes) => write(pump, changes));
}

function taskVerbs(context: Context, pump: Pump): Store['tasks'] {
  const { driver, states, waiting } = context;
  return {
    async poll(request) {
      const answered = ask<readonly PolledTask[], ItemOf<'poll'>>(pump, (answer) => ({
        kind: 'poll',
        request,
        now: request.now,
        ...answer,
      }));
      if (request.waits === undefined) return answered;
      return answered.finally(() => waiting.leave(request.waits as string));
    },
    async letGo(names) {
      for (const name of names) waiting.letGo(name);
    },
    lookAgain: async (now) => pump.lookAgain(now),
    queueSizes: () => queueSizes(driver),
    async search(query) {
      await gatherFor(query.text, context, pump);
      return searchTasks(driver, states, query);
    },
  };
}

function workflowVerbs(context: Context, pump: Pump, turns: Turns): Store['workflows'] {
  const { driver, states } = context;
  return {
    async gatherTexts(now) {
      const { texts } = context;
      const areLate = texts.areLate(now);
      if (now !== undefined && pump.isBusy && !areLate) return 0;
      return texts.gather(texts.round(areLate), (changes) => write(pump, changes), now);
    },
    start: (wish) => ask(pump, (answer): ItemOf<'start'> => ({ kind: 'start', wish, now: wish.now, ...answer })),
    transition: (workflowId: string, command: Command, now: number) =>
      ask(pump, (answer): ItemOf<'command'> => ({ kind: 'command', workflowId, command, now, ...answer })),
    async get(id, { tasks }) {
      const found = await getWorkflow(context, id, tasks);
      return found || !(await begins(driver, pump, id)) ? found : getWorkflow(context, id, tasks);
    },
    async search(query) {
      await gatherFor(query.text, context, pump);
      const { total, rows } = await searchRows(driver, query);
      return { total, rows: await states.ofRows(driver, rows) };
    },
    async histogram(query, bars, now) {
      await gatherFor(query.text, context, pump);
      return histogramRows(driver, query, bars, now);
    },
    remove: (workflowId) => remove(pump, workflowId),
    runDue: async (now, limit) => (await turns.lookOnward(now)) + (await runDue(driver, pump, now, limit)),
    nextAlarm: () => nextAlarm(driver),
  };
}

/** Reading rows and tasks is two look-ups; on a shared database they are repeated until nothing changed in between. */
async function getWorkflow({ driver, states }: Context, id: string, tasks: boolean): Promise<Workflow | undefined> {
  if (!tasks) {
    const [rows = []] = await driver.look('workflowById', [[toStored(id)]]);
    return (await states.ofRows(driver, rows))[0];
  }
  for (;;) {
    states.check();
    const [state] = await states.byId(driver, [id]);
    if (!state || driver.serial) return state?.workflow;
    const [revs] = await driver.look('rev', [[state.wf]]);
    if (revs?.[0]?.[0] === state.rev) return state.workflow;
  }
}

/**
 * An execution that another one starts is named in the commit that asks for it, and begins in the next one: whoever asks for it
 * in between waits for that. True when there was something to wait for.
 */
async function begins(driver: Driver, pump: Pump, id: string): Promise<boolean> {
  const [rows = []] = await driver.look('inbox', [[toStored(id)]]);
  const fresh = rows.filter((row) => row[INBOX_TRIES] === 0);
  if (!fresh.length) return false;
  const now = Math.max(...fresh.map((row) => row[INBOX_AT] as number));
  // One that cannot be carried out is tried again later; then there is nothing to see yet.
  await ask<void, ItemOf<'inbox'>>(pump, (answer) => ({ kind: 'inbox', target: id, now, ...answer })).catch(() => {});
  return true;
}

async function queueSizes(driver: Driver): Promise<{ queue: string; domain?: string; size: number }[]> {
  const rows = await driver.query(
    'select queue, domain, count(*) from queue group by queue, domain order by queue, domain',
    [],
  );
  return rows.map(([queue, domain, size]) => ({
    queue: queue as string,
    ...(domain !== '' && { domain: domain as string }),
    size: size as number,
  }));
}

function publish(listeners: ReadonlySet<(notice: Notice) => void>, news: News, backlog: boolean): void {
  if (!listeners.size) return;
  const notice: Notice = {
    queues: [...news.queues.keys()],
    workflows: [...news.workflows].map(([id, status]) => ({ id, status })),
    webhookIds: [...news.webhookIds],
    faults: news.faults,
    deliveries: news.deliveries,
    messages: news.messages,
    backlog,
  };
  for (const listener of listeners) listener(notice);
}
