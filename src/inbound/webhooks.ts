// The configured webhooks: saved and changed by people, looked up by every event.
// Look-ups are remembered for a moment, since each event needs one; changes made on this node count at once.

import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import type { JsonObject } from '../core/json.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Store, WebhookRow } from '../store/store.ts';
import { verifierFor } from './platforms/conductor.ts';
import type { VerifierConfig } from './verifiers/config.ts';
import type { StartRule, Tag, Webhook, WebhookConfig } from './webhook.ts';
import { idempotencyOf, receiverRules, startRules, webhookOf } from './webhook.ts';
import type { WebhookProblem } from './webhook-check.ts';
import { problemsOf } from './webhook-check.ts';

/** What is shown instead of a secret; sent back, it means "keep the one you have" (contract 2.1). */
export const MASK = '***';

/** Another node's change of a webhook counts here after at most this time. */
const REMEMBERED_MS = 1_000;
/** Webhooks remembered at once; the longest unused go first. */
const MAX_REMEMBERED = 10_000;

export interface InvalidWebhook extends Refusal {
  readonly problems: readonly WebhookProblem[];
}

/** A webhook made ready for events. */
export interface ReadyWebhook {
  readonly webhook: Webhook;
  /** Absent when the configuration, saved under older rules, cannot work. */
  readonly verifier?: VerifierConfig;
  readonly receivers: readonly StartRule[];
  readonly starts: readonly StartRule[];
  readonly idempotency: ReturnType<typeof idempotencyOf>;
  /** Lower-case names of headers whose values are credentials. */
  readonly secretHeaders: ReadonlySet<string>;
}

export interface Webhooks {
  /** With its secrets in clear: shown this once. 409 when the id is taken. */
  create(config: WebhookConfig, by: { readonly id?: string; readonly createdBy: string }): Promise<Webhook | Refusal>;
  replace(id: string, config: WebhookConfig): Promise<Webhook | Refusal>;
  get(id: string): Promise<Webhook | Refusal>;
  list(): Promise<readonly Webhook[]>;
  remove(id: string): Promise<Refusal | undefined>;
  /** Adds tags; one of the same key is replaced. */
  addTags(id: string, tags: readonly Tag[]): Promise<Webhook | Refusal>;
  removeTags(id: string, tags: readonly Tag[]): Promise<Webhook | Refusal>;
  /** For an event. `fresh`: do not trust what is remembered. */
  ready(id: string, fresh?: boolean): Promise<ReadyWebhook | undefined>;
  /** Its sender has proven itself, or asked its challenge. */
  markVerified(id: string): Promise<void>;
}

const unknown = (id: string): Refusal => refused('notFound', `no such webhook: ${id}`);

/** Names of headers that are credentials whoever sends them. */
const CREDENTIAL_HEADERS = ['authorization', 'cookie', 'proxy-authorization', 'x-api-key', 'x-authorization'];

export function createWebhooks(store: Store, clock: Clock, ids: Ids): Webhooks {
  const remembered = new Map<string, { readonly untilMs: number; readonly ready: Promise<ReadyWebhook | undefined> }>();

  const load = async (id: string): Promise<ReadyWebhook | undefined> => {
    const row = await store.webhooks.get(id);
    return row && makeReady(webhookOf(row));
  };

  const save = async (row: WebhookRow): Promise<Webhook> => {
    await store.webhooks.put(row);
    remembered.delete(row.id);
    return webhookOf(row);
  };

  const change = async (
    id: string,
    next: (row: WebhookRow, config: WebhookConfig) => WebhookConfig,
  ): Promise<Webhook | Refusal> => {
    const row = await store.webhooks.get(id);
    if (!row) return unknown(id);
    const config = next(row, webhookOf(row).config);
    const problem = check(config);
    return problem ?? save({ ...row, config: asJson(config), updatedAt: clock.now() });
  };

  return {
    async create(config, by) {
      const problem = check(config);
      if (problem) return problem;
      const id = by.id ?? ids.secret();
      if (by.id !== undefined && (await store.webhooks.get(id))) return refused('conflict', `webhook ${id} exists`);
      const now = clock.now();
      return save({ id, config: asJson(config), createdBy: by.createdBy, createdAt: now, updatedAt: now });
    },
    replace: (id, config) => change(id, (_row, before) => withKeptSecret(config, before)),
    async get(id) {
      const row = await store.webhooks.get(id);
      return row ? webhookOf(row) : unknown(id);
    },
    async list() {
      return (await store.webhooks.list()).map(webhookOf);
    },
    async remove(id) {
      const gone = await store.webhooks.remove(id);
      remembered.delete(id);
      return gone ? undefined : unknown(id);
    },
    addTags: (id, tags) =>
      change(id, (_row, config) => {
        const keys = new Set(tags.map(({ key }) => key));
        return { ...config, tags: [...(config.tags ?? []).filter(({ key }) => !keys.has(key)), ...tags] };
      }),
    removeTags: (id, tags) =>
      change(id, (_row, config) => ({
        ...config,
        tags: (config.tags ?? []).filter(
          (own) => !tags.some(({ key, value }) => key === own.key && value === own.value),
        ),
      })),
    ready(id, fresh = false) {
      const known = remembered.get(id);
      if (known && !fresh && clock.elapsed() < known.untilMs) return known.ready;
      remembered.delete(id);
      const ready = load(id);
      remembered.set(id, { untilMs: clock.elapsed() + REMEMBERED_MS, ready });
      const forget = (): void => {
        if (remembered.get(id)?.ready === ready) remembered.delete(id);
      };
      // Neither a failed look-up nor an unknown id is remembered: the webhook may be created the next moment.
      ready.then((found) => found ?? forget(), forget);
      for (const oldest of remembered.keys()) {
        if (remembered.size <= MAX_REMEMBERED) break;
        remembered.delete(oldest);
      }
      return ready;
    },
    async markVerified(id) {
      await store.webhooks.markVerified(id, clock.now());
      remembered.delete(id);
    },
  };
}

function makeReady(webhook: Webhook): ReadyWebhook {
  const { config } = webhook;
  const secretHeaders = new Set(CREDENTIAL_HEADERS);
  for (const name of Object.keys(config.headers ?? {})) secretHeaders.add(name.toLowerCase());
  const configured = verifierFor({ ...config, urlVerified: webhook.urlVerified });
  return {
    webhook,
    ...(configured.ok && { verifier: configured.config }),
    receivers: receiverRules(config.receiverWorkflowNamesToVersions),
    starts: startRules(config.workflowsToStart),
    idempotency: idempotencyOf(config.workflowsToStart),
    secretHeaders,
  };
}

function check(config: WebhookConfig): InvalidWebhook | undefined {
  const problems = problemsOf(config);
  const [first] = problems;
  return first && { ...refused('invalid', `the webhook cannot work: ${first.path}: ${first.message}`), problems };
}

function withKeptSecret(config: WebhookConfig, before: WebhookConfig): WebhookConfig {
  if (config.secretValue !== MASK) return config;
  const { secretValue: _masked, ...rest } = config;
  return before.secretValue === undefined ? rest : { ...rest, secretValue: before.secretValue };
}

/** Absent fields do not come back from the database, so they are not handed to it either. */
const asJson = (config: WebhookConfig): JsonObject => JSON.parse(JSON.stringify(config)) as JsonObject;
