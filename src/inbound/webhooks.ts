// The configured webhooks: saved and changed by people, looked up by every event.
// Look-ups are remembered for a moment, since each event needs one; changes made on this node count at once.

import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import type { JsonObject } from '../core/json.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Store, WebhookRow } from '../store/store.ts';
import { verifierFor } from './platforms/conductor.ts';
import type { Platform } from './platforms/platform.ts';
import { type Credentials, credentialsOf, withKeptSecrets } from './secrets.ts';
import type { VerifierConfig } from './verifiers/config.ts';
import type { ReceiverRule, StartRule, Tag, Webhook, WebhookConfig } from './webhook.ts';
import { idempotencyOf, receiverRules, startRules, webhookOf } from './webhook.ts';
import type { WebhookProblem } from './webhook-check.ts';
import { problemsOf } from './webhook-check.ts';

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
  readonly platform?: Platform;
  readonly receivers: readonly ReceiverRule[];
  readonly starts: readonly StartRule[];
  readonly idempotency: ReturnType<typeof idempotencyOf>;
  readonly credentials: Credentials;
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
  /** From now on events are taken and held. */
  pause(id: string): Promise<Webhook | Refusal>;
  /** Events go on; those that are held are let go at this rate, or as fast as possible. */
  resume(id: string, releasePerSecond?: number): Promise<Webhook | Refusal>;
  /** A secret has fitted; written down at most once a minute. */
  noteUse(id: string, secretId: string): Promise<void>;
  /** Every secret that may fit, the current one first, with the last time it did. */
  secretUses(id: string): Promise<readonly SecretUse[] | Refusal>;
}

export interface SecretUse {
  readonly secretId: string;
  readonly lastUsedAt?: number;
}

/** Often enough to see which secret is in use, seldom enough to cost nothing. */
const NOTE_USE_MS = 60_000;

const unknown = (id: string): Refusal => refused('notFound', `no such webhook: ${id}`);

export function createWebhooks(store: Store, clock: Clock, ids: Ids): Webhooks {
  const memory = rememberReady(clock, async (id) => {
    const row = await store.webhooks.get(id);
    return row && makeReady(webhookOf(row));
  });

  const save = async (row: WebhookRow): Promise<Webhook> => {
    await store.webhooks.put(row);
    memory.forget(row.id);
    return webhookOf(row);
  };

  const setState = async (id: string, state: JsonObject): Promise<Webhook | Refusal> => {
    const known = await store.webhooks.setState(id, state);
    memory.forget(id);
    const row = known ? await store.webhooks.get(id) : undefined;
    return row ? webhookOf(row) : unknown(id);
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
    replace: (id, config) => change(id, (_row, before) => withKeptSecrets(config, before)),
    async get(id) {
      const row = await store.webhooks.get(id);
      return row ? webhookOf(row) : unknown(id);
    },
    async list() {
      return (await store.webhooks.list()).map(webhookOf);
    },
    async remove(id) {
      const gone = await store.webhooks.remove(id);
      memory.forget(id);
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
    ready: memory.get,
    async markVerified(id) {
      await store.webhooks.markVerified(id, clock.now());
      memory.forget(id);
    },
    pause: (id) => setState(id, { pausedAt: clock.now() }),
    resume: (id, releasePerSecond) => setState(id, releasePerSecond === undefined ? {} : { releasePerSecond }),
    ...secretUses(store, clock),
  };
}

function secretUses(store: Store, clock: Clock): Pick<Webhooks, 'noteUse' | 'secretUses'> {
  const noted = new Map<string, number>();
  return {
    async noteUse(id, secretId) {
      const key = JSON.stringify([id, secretId]);
      const now = clock.now();
      if (now - (noted.get(key) ?? Number.NEGATIVE_INFINITY) < NOTE_USE_MS) return;
      if (noted.size >= MAX_REMEMBERED) noted.clear();
      noted.set(key, now);
      await store.webhooks.noteUse(id, secretId, now);
    },
    async secretUses(id) {
      const row = await store.webhooks.get(id);
      if (!row) return unknown(id);
      const uses = new Map((await store.webhooks.uses(id)).map(({ secretId, at }) => [secretId, at]));
      return (makeReady(webhookOf(row)).verifier?.secrets ?? []).map((secret) => {
        const lastUsedAt = uses.get(secret.id);
        return { secretId: secret.id, ...(lastUsedAt !== undefined && { lastUsedAt }) };
      });
    },
  };
}

interface Memory {
  get(id: string, fresh?: boolean): Promise<ReadyWebhook | undefined>;
  forget(id: string): void;
}

function rememberReady(clock: Clock, load: (id: string) => Promise<ReadyWebhook | undefined>): Memory {
  const remembered = new Map<string, { readonly untilMs: number; readonly ready: Promise<ReadyWebhook | undefined> }>();
  return {
    get(id, fresh = false) {
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
    forget: (id) => void remembered.delete(id),
  };
}

function makeReady(webhook: Webhook): ReadyWebhook {
  const { config } = webhook;
  const configured = verifierFor({ ...config, urlVerified: webhook.urlVerified });
  const verifier = configured.ok ? configured.config : undefined;
  return {
    webhook,
    ...(configured.ok && { verifier: configured.config, platform: configured.platform }),
    receivers: receiverRules(config.receiverWorkflowNamesToVersions),
    starts: startRules(config.workflowsToStart),
    idempotency: idempotencyOf(config.workflowsToStart),
    credentials: credentialsOf(config, verifier),
  };
}

function check(config: WebhookConfig): InvalidWebhook | undefined {
  const problems = problemsOf(config);
  const [first] = problems;
  return first && { ...refused('invalid', `the webhook cannot work: ${first.path}: ${first.message}`), problems };
}

/** Absent fields do not come back from the database, so they are not handed to it either. */
const asJson = (config: WebhookConfig): JsonObject => JSON.parse(JSON.stringify(config)) as JsonObject;
