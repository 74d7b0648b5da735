// A configured inbound address: what a client may set (contract 2.2), and which workflows it means.
// The stored row holds exactly that, and what the server owns beside it.

import type { Json, JsonObject } from '../core/json.ts';
import type { IdempotencyStrategy } from '../core/model.ts';
import type { Deliver, WebhookRow } from '../store/store.ts';
import type { VerifierName } from './platforms/conductor.ts';
import type { Secret } from './verifiers/config.ts';

export interface Tag {
  readonly key: string;
  readonly value: string;
  readonly type?: string;
}

/** How many calls are taken. What is beyond is answered with 429 or 413 and not kept. */
export interface Limits {
  readonly perSecond?: number;
  /** Calls at once, when there were fewer before; as many as in a second when absent. */
  readonly burst?: number;
  readonly maxBytes?: number;
}

/** When two requests are one event. */
export interface Dedup {
  /** `auto` (when absent): by the sender's id, by content where that id is not signed or there is none. */
  readonly by?: 'auto' | 'id' | 'content' | 'none';
  readonly windowSeconds?: number;
}

/** What a sender hears beside 200 and nothing. */
export type AnswerRule =
  | {
      readonly type: 'fixed';
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** `response` of the execution's output, or the input of its RESPOND task; 202 when that takes longer. */
  | { readonly type: 'workflow'; readonly waitSeconds?: number };

/** How events meet waits and starts, beyond Conductor's rules. */
export interface MatchingRule {
  readonly deliver?: Deliver;
  /** Whether waits that open later find the event: `none`, `workflowStart`, or for how long after it came ("10 minutes"). */
  readonly lookBack?: string;
  /** For so long waits that open later find it. */
  readonly ttlSeconds?: number;
  /** Starts only when nobody waits for the event and no execution with its idempotency key runs. */
  readonly startOrResume?: boolean;
  /** A path: events with the same value are routed one after the other. */
  readonly orderBy?: string;
}

/** What a client sets. Names and meanings are Conductor's; those from `fields` on are ours. */
export interface WebhookConfig {
  readonly name: string;
  readonly verifier: VerifierName;
  readonly sourcePlatform?: string;
  readonly receiverWorkflowNamesToVersions?: Readonly<Record<string, number | 'latest' | 'any'>>;
  /** Workflow name -> version, and the reserved keys idempotencyKey and idempotencyStrategy. */
  readonly workflowsToStart?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly headerKey?: string;
  readonly secretKey?: string;
  readonly secretValue?: string;
  readonly expression?: string;
  readonly evaluatorType?: string;
  readonly tags?: readonly Tag[];
  /** What the platform asks for, by name. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Further secrets that are accepted as well, such as the old one while a new one is brought in. */
  readonly secrets?: readonly Secret[];
  readonly methods?: readonly string[];
  readonly toleranceSeconds?: number;
  /** Verifies and records, and takes every event all the same. */
  readonly observe?: boolean;
  /** False: several events of one request stay one event. */
  readonly split?: boolean;
  readonly dedup?: Dedup;
  readonly limits?: Limits;
  readonly answer?: AnswerRule;
  readonly matching?: MatchingRule;
}

export interface Webhook {
  readonly id: string;
  readonly config: WebhookConfig;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly urlVerified: boolean;
  readonly verifiedAt?: number;
  /** Events are taken and held since this moment. */
  readonly pausedAt?: number;
  /** Held events are let go at this rate; absent: as fast as possible. */
  readonly releasePerSecond?: number;
}

/** Keys of `workflowsToStart` that name no workflow. */
export const RESERVED: ReadonlySet<string> = new Set(['idempotencyKey', 'idempotencyStrategy']);

/** What the stored row means. Only `webhooks.ts` writes rows, and only after a check. */
export function webhookOf(row: WebhookRow): Webhook {
  const { id, createdBy, createdAt, updatedAt, verifiedAt, state: { pausedAt, releasePerSecond } = {} } = row;
  return {
    id,
    config: row.config as unknown as WebhookConfig,
    createdBy,
    createdAt,
    updatedAt,
    urlVerified: verifiedAt !== undefined,
    ...(verifiedAt !== undefined && { verifiedAt }),
    ...(typeof pausedAt === 'number' && { pausedAt }),
    ...(typeof releasePerSecond === 'number' && { releasePerSecond }),
  };
}

export interface StartRule {
  readonly name: string;
  readonly version: number | 'latest';
}

export interface ReceiverRule {
  readonly name: string;
  readonly version: number | 'latest' | 'any';
}

/** Which workflows a configuration starts. A version that is no whole number is passed over (contract 3.5). */
export function startRules(workflowsToStart: JsonObject | undefined): readonly StartRule[] {
  return Object.entries(workflowsToStart ?? {})
    .filter(([name, version]) => !RESERVED.has(name) && (isVersion(version) || version === 'latest'))
    .map(([name, version]) => ({ name, version: version as StartRule['version'] }));
}

/** Template of the key, and what to do when it is taken; FAIL when absent or unknown (contract 3.5). */
export function idempotencyOf(workflowsToStart: JsonObject | undefined): {
  readonly template?: string;
  readonly strategy: IdempotencyStrategy;
} {
  const { idempotencyKey, idempotencyStrategy } = workflowsToStart ?? {};
  return {
    ...(typeof idempotencyKey === 'string' && idempotencyKey !== '' && { template: idempotencyKey }),
    strategy:
      idempotencyStrategy === 'RETURN_EXISTING' || idempotencyStrategy === 'FAIL_ON_RUNNING'
        ? idempotencyStrategy
        : 'FAIL',
  };
}

export function receiverRules(receivers: Readonly<Record<string, Json>> | undefined): readonly ReceiverRule[] {
  return Object.entries(receivers ?? {})
    .filter(([, version]) => isVersion(version) || version === 'latest' || version === 'any')
    .map(([name, version]) => ({ name, version: version as ReceiverRule['version'] }));
}

/** Versions are whole numbers from 1. */
export const isVersion = (value: Json | undefined): boolean => Number.isSafeInteger(value) && (value as number) > 0;
