// Event handlers: registering them, and handling what they listen to (contract 5.10). A message is settled by whichever node
// is first, in one commit with all that follows from it, so each action is taken once.

import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import type { ScriptResult } from '../core/decision.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { isRecord } from '../core/json.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { MessageRow } from '../store/event-message.ts';
import type { HandlerRow } from '../store/registries.ts';
import type { Store } from '../store/store.ts';
import { type Action, type Handler, type Planned, passedOver, planActions } from './event-actions.ts';

/** What a client sets. */
export interface HandlerConfig {
  readonly name: string;
  readonly event: string;
  /** Script over `$`, the payload; absent: it always holds. */
  readonly condition?: string;
  readonly evaluatorType?: string;
  readonly actions: readonly Action[];
  readonly active?: boolean;
  readonly description?: string;
}

/** Runs a script outside of this thread; never rejects, and ends by the deadline. */
export type RunScript = (script: string, bindings: Json, deadlineMs: number) => Promise<ScriptResult>;

export interface EventHandlers {
  /** All or none; 409 when one of the names is taken. */
  add(configs: readonly HandlerConfig[], by: string): Promise<Refusal | undefined>;
  replace(config: HandlerConfig, by: string): Promise<Refusal | undefined>;
  get(name: string): Promise<HandlerRow | Refusal>;
  remove(name: string): Promise<Refusal | undefined>;
  /** Stores a message and handles it at once. Answers its id. */
  publish(event: string, payload: JsonObject, traceId: string): Promise<string>;
  /** Settles messages that wait; in order, so that what follows from them comes in the order in which they came. */
  handle(messages: readonly MessageRow[]): Promise<void>;
  /** The payload of a message, wherever it is kept. */
  payloadOf(message: MessageRow): Promise<JsonObject | undefined>;
}

export interface EventHandlerDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly runScript: RunScript;
}

/** A condition is a comparison; the first one also starts the sandbox, and on a busy machine a second was seen not to do. */
const CONDITION_DEADLINE_MS = 5_000;

const unknown = (name: string): Refusal => refused('notFound', `there is no event handler ${name}`);

export const configOf = (row: HandlerRow): Omit<HandlerConfig, 'name' | 'event' | 'active'> =>
  row.config as unknown as HandlerConfig;

export function createEventHandlers({ store, clock, ids, runScript }: EventHandlerDeps): EventHandlers {
  const payloadOf: EventHandlers['payloadOf'] = async (message) => {
    if (message.kind === 'MESSAGE') return message.payload ?? {};
    const event = await store.events.get(message.id);
    return event && parsed(event.payload ?? Buffer.from(event.body).toString('utf8'));
  };
  const plan = async (message: MessageRow) => {
    const [handlers, payload] = await Promise.all([store.handlers.listeningTo(message.event), payloadOf(message)]);
    const active = handlers.filter((handler) => handler.active);
    if (!active.length) return rejected(`no active event handler listens to ${message.event}`);
    if (!payload) return rejected('its payload is not a JSON object, or was deleted');
    const plans = await Promise.all(active.map((row) => planOf(row, message, payload, { clock, ids, runScript })));
    return {
      status: 'HANDLED',
      executions: plans.flatMap(({ executions }) => executions),
      errands: plans.flatMap(({ errands }) => errands),
    } as const;
  };
  const handle: EventHandlers['handle'] = async (messages) => {
    const plans = await Promise.all(messages.map(plan));
    await Promise.all(
      plans.map((end, i) => store.messages.settle(messages[i]?.id ?? '', { ...end, now: clock.now() })),
    );
  };

  return {
    payloadOf,
    handle,
    async add(configs, by) {
      for (const { name } of configs)
        if (await store.handlers.get(name)) return refused('conflict', `event handler ${name} exists`);
      for (const config of configs)
        if (!(await store.handlers.create(rowOf(config, by, clock.now(), undefined))))
          return refused('conflict', `event handler ${config.name} exists`);
      return undefined;
    },
    async replace(config, by) {
      const before = await store.handlers.get(config.name);
      if (!before) return unknown(config.name);
      await store.handlers.put(rowOf(config, by, clock.now(), before));
      return undefined;
    },
    get: async (name) => (await store.handlers.get(name)) ?? unknown(name),
    remove: async (name) => ((await store.handlers.remove(name)) ? undefined : unknown(name)),
    async publish(event, payload, traceId) {
      const message = { id: ids.next(), event, kind: 'MESSAGE', createdAt: clock.now(), payload, traceId } as const;
      await store.messages.add(message);
      await handle([{ ...message, status: 'RECEIVED' }]);
      return message.id;
    },
  };
}

const rejected = (note: string) => ({ status: 'REJECTED', note, executions: [], errands: [] }) as const;

function rowOf(config: HandlerConfig, by: string, now: number, before: HandlerRow | undefined): HandlerRow {
  const { name, event, active = false, ...rest } = config;
  return {
    name,
    event,
    active,
    config: rest as unknown as JsonObject,
    createdBy: before?.createdBy ?? by,
    createdAt: before?.createdAt ?? now,
    updatedBy: by,
    updatedAt: now,
  };
}

/** What one handler makes of a message. */
async function planOf(
  row: HandlerRow,
  message: MessageRow,
  payload: JsonObject,
  { clock, ids, runScript }: Omit<EventHandlerDeps, 'store'>,
): Promise<Planned> {
  const handler: Handler = { name: row.name, actions: configOf(row).actions, createdBy: row.createdBy };
  const verdict = await holds(configOf(row), payload, runScript);
  if (verdict === true) return planActions(handler, message, payload, clock.now(), ids.next);
  const why = {
    state: verdict === false ? 'SKIPPED' : 'FAILED',
    reason: verdict || 'the condition does not hold',
  } as const;
  return { executions: passedOver(handler, message, why, clock.now(), ids.next), errands: [] };
}

/** A text says why nobody can tell. */
async function holds(
  { condition, evaluatorType = 'javascript' }: Pick<HandlerConfig, 'condition' | 'evaluatorType'>,
  payload: JsonObject,
  runScript: RunScript,
): Promise<boolean | string> {
  if (!condition?.trim()) return true;
  if (evaluatorType === 'value-param') return isTrue(payload[condition] ?? null);
  const result = await runScript(condition, payload, CONDITION_DEADLINE_MS);
  return result.ok ? isTrue(result.value) : `the condition failed: ${result.reason}`;
}

/** As JavaScript has it, but for the text `false`, which configuration often carries. */
const isTrue = (value: Json): boolean => Boolean(value) && value !== 'false';

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
