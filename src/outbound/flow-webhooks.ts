// The webhooks of flows as people handle them: made, read, changed, removed, tested. What cannot be done comes back as a refusal.

import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import type { JsonObject } from '../core/json.ts';
import type { WorkflowDef } from '../core/model.ts';
import { eachTask } from '../core/plan.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { FlowWebhookRow } from '../store/flow.ts';
import type { Store } from '../store/store.ts';
import type { HttpClient } from './client.ts';
import { say } from './fan-out.ts';
import { changeFlow } from './flow-change.ts';
import {
  asJson,
  configOf,
  type FlowWebhookConfig,
  maskedPlaces,
  type Problem,
  problemsOf,
  withKeptSecrets,
  withNewSecret,
} from './flow-webhook.ts';
import type { Guard } from './guard.ts';
import { outgoingRequest, requestRecord, resultRecord } from './outgoing-request.ts';
import { classify, type ResultClass } from './result.ts';
import { sampleOf, sampleReader } from './view.ts';

export interface FlowWebhook {
  readonly id: string;
  readonly flow: string;
  readonly enabled: boolean;
  readonly config: FlowWebhookConfig;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface InvalidFlowWebhook extends Refusal {
  readonly problems: readonly Problem[];
}

/** `enabled` beside what is configured. */
export interface Wish {
  readonly enabled: boolean;
  readonly config: FlowWebhookConfig;
}

/** What a test sent and what came back, for whoever may change the webhook. */
export interface TestReport {
  readonly result: ResultClass | 'cancelled';
  readonly request?: JsonObject;
  /** The message, and the texts that were signed. */
  readonly body?: string;
  readonly signedTexts?: Readonly<Record<string, string>>;
  /** Response, or fault with its reason; timing. */
  readonly outcome: JsonObject;
}

export interface FlowWebhooks {
  list(flow: string): Promise<readonly FlowWebhook[] | Refusal>;
  get(flow: string, id: string): Promise<FlowWebhook | Refusal>;
  create(flow: string, wish: Wish, by: string): Promise<FlowWebhook | Refusal>;
  /** Makes several or none. `instead`: of all that are there. */
  createAll(
    flow: string,
    wishes: readonly Wish[],
    by: { readonly name: string; readonly instead: boolean },
  ): Promise<readonly FlowWebhook[] | Refusal>;
  replace(flow: string, id: string, wish: Wish): Promise<FlowWebhook | Refusal>;
  /** Signs with a secret of the caller's, or a made one, and still with the one so far. Answers the new one, this once. */
  rotate(flow: string, id: string, secretKey?: string): Promise<{ readonly secretKey: string } | Refusal>;
  remove(flow: string, id: string): Promise<Refusal | undefined>;
  /** What is wrong with webhooks before anything is written; `defs`: versions of the flow that are yet to be stored. */
  check(
    flow: string,
    configs: readonly FlowWebhookConfig[],
    defs?: readonly WorkflowDef[],
  ): Promise<Refusal | undefined>;
  /** Sends a real, signed request with sample values. `id`: masked secrets are those of this saved webhook. */
  test(flow: string, config: FlowWebhookConfig, id?: string): Promise<TestReport | Refusal>;
}

export interface FlowWebhookDeps {
  readonly store: Store;
  readonly client: HttpClient;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Webhooks that a flow may have. */
  readonly limit: number;
  readonly timeoutMs: number;
}

/** The seed's limit. */
export const DEFAULT_WEBHOOK_LIMIT = 50;
/** As much of an answer as is kept of a delivery's. */
const SHOWN_RESPONSE_BYTES = 20 * 1024;

const unknownFlow = (flow: string): Refusal =>
  refused('notFound', `there is no flow (workflow definition) named '${flow}'`);
const unknownWebhook = (id: string): Refusal => refused('notFound', `this flow has no webhook ${id}`);
const isRefusal = (answer: object): answer is Refusal => 'type' in answer && answer.type === 'refused';

const webhookOf = (row: FlowWebhookRow): FlowWebhook => ({
  ...{ id: row.id, flow: row.flow, enabled: row.enabled, config: configOf(row) },
  ...{ createdBy: row.createdBy, createdAt: row.createdAt, updatedAt: row.updatedAt },
});

export function createFlowWebhooks(deps: FlowWebhookDeps): FlowWebhooks {
  const { store, clock, ids, limit } = deps;

  const check = async (
    flow: string,
    configs: readonly FlowWebhookConfig[],
    defs?: readonly WorkflowDef[],
  ): Promise<Refusal | undefined> => {
    const taskRefs = await taskRefsOf(store, flow, defs);
    return taskRefs ? invalid(deps.guard, taskRefs, configs) : unknownFlow(flow);
  };

  const rowOf = (flow: string, { enabled, config }: Wish, createdBy: string): FlowWebhookRow => {
    const now = clock.now();
    return {
      id: ids.next(),
      flow,
      enabled,
      rev: 1,
      config: asJson(withoutReason(config)),
      createdBy,
      createdAt: now,
      updatedAt: now,
    };
  };

  const createAll: FlowWebhooks['createAll'] = async (flow, wishes, { name, instead }) => {
    const problem = await check(
      flow,
      wishes.map(({ config }) => config),
    );
    if (problem) return problem;
    const put = wishes.map((wish) => rowOf(flow, wish, name));
    const done = await changeFlow<Refusal>(store, { flow, owner: name, now: clock.now() }, (webhooks) => {
      const others = webhooks.filter(({ id }) => !put.some((row) => row.id === id));
      const stay = instead ? 0 : others.length;
      if (stay + put.length > limit) return { stop: tooMany(limit) };
      return { change: { put, remove: instead ? others.map(({ id }) => id) : [] } };
    });
    return done === 'changed' ? put.map(webhookOf) : done.stop;
  };

  return {
    createAll,
    check,
    async list(flow) {
      const webhooks = await store.flows.webhooks(flow);
      if (webhooks.length === 0 && !(await store.definitions.getWorkflow(flow))) return unknownFlow(flow);
      return webhooks.map(webhookOf);
    },
    async get(flow, id) {
      const row = await store.flows.webhook(id);
      return row?.flow === flow ? webhookOf(row) : unknownWebhook(id);
    },
    async create(flow, wish, by) {
      const made = await createAll(flow, [wish], { name: by, instead: false });
      return isRefusal(made) ? made : (made[0] as FlowWebhook);
    },
    replace: (flow, id, wish) =>
      changeOne(deps, { flow, id }, (before) => ({
        enabled: wish.enabled,
        config: withKeptSecrets(withoutReason(wish.config), before.config),
      })),
    async rotate(flow, id, given) {
      // 244 random bits.
      const secretKey = given ?? `${ids.secret()}${ids.secret()}`.replaceAll('-', '');
      const webhook = await changeOne(deps, { flow, id }, ({ enabled, config }) => ({
        enabled,
        config: withNewSecret(config, secretKey),
      }));
      return isRefusal(webhook) ? webhook : { secretKey };
    },
    async remove(flow, id) {
      const done = await changeFlow<Refusal>(store, { flow, owner: '', now: clock.now() }, (webhooks) =>
        webhooks.some((row) => row.id === id) ? { change: { remove: [id] } } : { stop: unknownWebhook(id) },
      );
      return done === 'changed' ? undefined : done.stop;
    },
    async test(flow, config, id) {
      const saved = id === undefined ? undefined : await store.flows.webhook(id);
      if (id !== undefined && saved?.flow !== flow) return unknownWebhook(id);
      const full = saved ? withKeptSecrets(config, configOf(saved)) : config;
      return (await check(flow, [full])) ?? sendTest(deps, flow, full);
    },
  };
}

/** Changes one webhook, if what it would be can work. */
async function changeOne(
  { store, clock, guard }: FlowWebhookDeps,
  { flow, id }: { readonly flow: string; readonly id: string },
  to: (before: Wish) => Wish,
): Promise<FlowWebhook | Refusal> {
  const taskRefs = await taskRefsOf(store, flow);
  let after: FlowWebhookRow | undefined;
  const now = clock.now();
  const done = await changeFlow<Refusal>(store, { flow, owner: '', now }, (webhooks) => {
    const row = webhooks.find((one) => one.id === id);
    if (!row) return { stop: unknownWebhook(id) };
    const { enabled, config } = to({ enabled: row.enabled, config: configOf(row) });
    const problem = invalid(guard, taskRefs ?? new Set(), [config]);
    if (problem) return { stop: problem };
    after = { ...row, enabled, config: asJson(config), rev: row.rev + 1, updatedAt: now };
    return { change: { put: [after] } };
  });
  return done === 'changed' ? webhookOf(after as FlowWebhookRow) : done.stop;
}

const tooMany = (limit: number): Refusal =>
  refused('conflict', `a flow has at most ${limit} webhooks (the setting FLOW_WEBHOOK_LIMIT); remove one first`);

/** Only Fermata says why it switched a webhook off. */
function withoutReason({ disabledReason: _, ...config }: FlowWebhookConfig): FlowWebhookConfig {
  return config;
}

/** Task reference names of all versions; undefined: there is no such flow. */
async function taskRefsOf(
  store: Store,
  flow: string,
  given?: readonly WorkflowDef[],
): Promise<Set<string> | undefined> {
  const defs = given ?? (await store.definitions.listWorkflows()).filter(({ name }) => name === flow);
  if (defs.length === 0) return undefined;
  const refs = new Set<string>();
  for (const def of defs) eachTask(def.tasks, ({ taskReferenceName }) => void refs.add(taskReferenceName));
  return refs;
}

function invalid(
  guard: Guard,
  taskRefs: ReadonlySet<string>,
  configs: readonly FlowWebhookConfig[],
): InvalidFlowWebhook | undefined {
  const problems = configs.flatMap((config, i) => {
    const found = [...problemsOf(config, { guard, taskRefs }), ...maskedPlaces(config)];
    return configs.length === 1
      ? found
      : found.map(({ path, message }) => ({ path: `webhooks[${i}].${path}`, message }));
  });
  const [first] = problems;
  return first && { ...refused('invalid', `${first.path}: ${first.message}`), problems };
}

/** As a delivery, but with samples for what only an execution knows; nothing is stored. */
async function sendTest(
  { client, guard, clock, ids, timeoutMs }: FlowWebhookDeps,
  flow: string,
  config: FlowWebhookConfig,
): Promise<TestReport> {
  const now = clock.now();
  const jobId = ids.next();
  const jobStatus = SAMPLE_STATUS[config.triggerEvent];
  const said = say(config, sampleReader(sampleOf(flow, jobId, jobStatus, now)), jobId, jobStatus);
  const outgoing = outgoingRequest(config, said, { deliveryId: `test-${ids.next()}`, nowMs: now, guard });
  if (!outgoing.ok) return { result: outgoing.fault, outcome: { fault: outgoing.fault, reason: outgoing.reason } };
  const { method, url, headers, body, tls, signedTexts } = outgoing;
  const result = await client.send({
    method,
    url,
    headers,
    ...(body !== undefined && { body }),
    tls,
    timeoutMs,
    maxResponseBytes: SHOWN_RESPONSE_BYTES,
  });
  return {
    request: requestRecord(outgoing),
    ...(body !== undefined && { body }),
    signedTexts,
    ...(result.type === 'cancelled'
      ? { result: 'cancelled', outcome: {} }
      : { result: classify(result), outcome: resultRecord(result, outgoing) }),
  };
}

const SAMPLE_STATUS: Readonly<Record<FlowWebhookConfig['triggerEvent'], string>> = {
  success: 'COMPLETED',
  failure: 'FAILED',
  either: 'COMPLETED',
  started: 'RUNNING',
  paused: 'PAUSED',
  taskFailed: 'FAILED',
};
