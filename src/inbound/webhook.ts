// A configured inbound address: what a client may set (contract 2.2), and which workflows it means.
// The stored row holds exactly that, and what the server owns beside it.

import type { Json, JsonObject } from '../core/json.ts';
import type { IdempotencyStrategy } from '../core/model.ts';
import type { WebhookRow } from '../store/store.ts';
import type { VerifierName } from './platforms/conductor.ts';

export interface Tag {
  readonly key: string;
  readonly value: string;
  readonly type?: string;
}

/** What a client sets. Names and meanings are Conductor's. */
export interface WebhookConfig {
  readonly name: string;
  readonly verifier: VerifierName;
  readonly sourcePlatform?: string;
  readonly receiverWorkflowNamesToVersions?: Readonly<Record<string, number>>;
  /** Workflow name -> version, and the reserved keys idempotencyKey and idempotencyStrategy. */
  readonly workflowsToStart?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly headerKey?: string;
  readonly secretKey?: string;
  readonly secretValue?: string;
  readonly expression?: string;
  readonly evaluatorType?: string;
  readonly tags?: readonly Tag[];
}

export interface Webhook {
  readonly id: string;
  readonly config: WebhookConfig;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly urlVerified: boolean;
  readonly verifiedAt?: number;
}

/** Keys of `workflowsToStart` that name no workflow. */
export const RESERVED: ReadonlySet<string> = new Set(['idempotencyKey', 'idempotencyStrategy']);

/** What the stored row means. Only `webhooks.ts` writes rows, and only after a check. */
export function webhookOf(row: WebhookRow): Webhook {
  const { id, createdBy, createdAt, updatedAt, verifiedAt } = row;
  return {
    id,
    config: row.config as unknown as WebhookConfig,
    createdBy,
    createdAt,
    updatedAt,
    urlVerified: verifiedAt !== undefined,
    ...(verifiedAt !== undefined && { verifiedAt }),
  };
}

export interface StartRule {
  readonly name: string;
  readonly version: number;
}

/** Which workflows a configuration starts. A version that is no whole number is passed over (contract 3.5). */
export function startRules(workflowsToStart: JsonObject | undefined): readonly StartRule[] {
  return Object.entries(workflowsToStart ?? {})
    .filter(([name, version]) => !RESERVED.has(name) && isVersion(version))
    .map(([name, version]) => ({ name, version: version as number }));
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

export function receiverRules(receivers: Readonly<Record<string, Json>> | undefined): readonly StartRule[] {
  return Object.entries(receivers ?? {})
    .filter(([, version]) => isVersion(version))
    .map(([name, version]) => ({ name, version: version as number }));
}

/** Versions are whole numbers from 1. */
export const isVersion = (value: Json | undefined): boolean => Number.isSafeInteger(value) && (value as number) > 0;
