// Webhook definitions on the wire (contract 2.2) and what was received for them (2.5).

import { z } from 'zod';
import { VERIFIER_NAMES } from '../../inbound/platforms/conductor.ts';
import { anyObject, epochMs, id, name, version } from './field.ts';

export const Tag = z
  .object({ key: z.string().min(1).max(255), value: z.string().max(255), type: z.string().optional() })
  .meta({ id: 'Tag' });
export type Tag = z.infer<typeof Tag>;

export const WebhookExecution = z
  .object({
    eventId: z.string(),
    matched: z.boolean(),
    workflowIds: z.array(z.string()),
    /** JSON text of the whole event. */
    payload: z.string(),
    timeStamp: epochMs,
  })
  .meta({ id: 'WebhookExecutionHistory' });
export type WebhookExecution = z.infer<typeof WebhookExecution>;

/**
 * Fields that a client sets. What only the server owns is taken and passed over, so that what was read can be sent back;
 * any other field is refused, since a misspelt one would leave a webhook open or silent.
 */
export const WebhookConfig = z
  .strictObject({
    id: id.optional(),
    name,
    receiverWorkflowNamesToVersions: z.record(z.string(), version).optional(),
    /** Workflow name -> version, and the reserved keys idempotencyKey and idempotencyStrategy. */
    workflowsToStart: anyObject.optional(),
    sourcePlatform: z.string().max(255).optional(),
    verifier: z.enum(VERIFIER_NAMES),
    headers: z.record(z.string(), z.string()).optional(),
    headerKey: z.string().max(255).optional(),
    secretKey: z.string().max(10_000).optional(),
    secretValue: z.string().max(10_000).optional(),
    expression: z.string().max(100_000).optional(),
    evaluatorType: z.string().max(100).optional(),
    tags: z.array(Tag).max(100).optional(),
    urlVerified: z.boolean().optional(),
    createdBy: z.string().optional(),
    webhookExecutionHistory: z.array(anyObject).optional(),
  })
  .meta({ id: 'WebhookConfig' });
export type WebhookConfig = z.infer<typeof WebhookConfig>;
