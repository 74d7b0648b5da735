// Webhook definitions on the wire (contract 2.2) and what was received for them (2.5).

import { z } from 'zod';
import { parseDuration } from '../../core/language/duration.ts';
import { framesMessage, MAX_WAIT_SECONDS } from '../../inbound/answer-rule.ts';
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

const text = z.string().max(10_000);
/** What a header may be called and hold (RFC 9110, 5.1 and 5.5). */
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/, 'is not the name of a header');
const answerHeaders = (headers: object): boolean => !Object.keys(headers).some(framesMessage);
const headerValue = z
  .string()
  .max(4_000)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'may not hold control characters');
const MAX_TTL_SECONDS = 366 * 24 * 3600;

/** What Conductor does not have. */
const ownFields = {
  /** What the platform of a PLATFORM verifier asks for: GET /api/webhook-platforms. */
  fields: z.record(z.string().max(100), text).optional(),
  secrets: z
    .array(z.strictObject({ id: z.string().min(1).max(100), value: text }))
    .max(10)
    .optional(),
  methods: z.array(z.string().max(10)).min(1).max(5).optional(),
  toleranceSeconds: z.number().optional(),
  observe: z.boolean().optional(),
  split: z.boolean().optional(),
  dedup: z
    .strictObject({
      by: z.enum(['auto', 'id', 'content', 'none']).optional(),
      windowSeconds: z.number().min(1).max(MAX_TTL_SECONDS).optional(),
    })
    .optional(),
  limits: z
    .strictObject({
      perSecond: z.number().min(0.001).max(1_000_000).optional(),
      burst: z.number().int().min(1).max(1_000_000).optional(),
      maxBytes: z.number().int().min(1).optional(),
    })
    .optional(),
  answer: z
    .discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('fixed'),
        status: z.number().int().min(200).max(599).optional(),
        headers: z
          .record(headerName, headerValue)
          .refine(answerHeaders, 'hold one that frames the message, such as Content-Length; the server writes these')
          .optional(),
        body: z.string().max(100_000).optional(),
      }),
      z.strictObject({ type: z.literal('workflow'), waitSeconds: z.number().min(0).max(MAX_WAIT_SECONDS).optional() }),
    ])
    .optional(),
  matching: z
    .strictObject({
      deliver: z.enum(['all', 'oldest', 'newest', 'one']).optional(),
      lookBack: z
        .string()
        .refine(
          (text) => text === 'none' || text === 'workflowStart' || parseDuration(text).ok,
          'must be none, workflowStart, or a duration such as "10 minutes"',
        )
        .optional(),
      ttlSeconds: z.number().min(0.001).max(MAX_TTL_SECONDS).optional(),
      startOrResume: z.boolean().optional(),
      orderBy: z.string().max(1_000).optional(),
    })
    .optional(),
};

/**
 * Fields that a client sets. What only the server owns is taken and passed over, so that what was read can be sent back;
 * any other field is refused, since a misspelt one would leave a webhook open or silent.
 */
export const WebhookConfig = z
  .strictObject({
    id: id.optional(),
    name,
    /** Workflow name -> version, `latest`, or `any`. */
    receiverWorkflowNamesToVersions: z
      .record(
        z.string(),
        z.union([version, z.enum(['latest', 'any'])], 'must be a version: a whole number from 1, "latest" or "any"'),
      )
      .optional(),
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
    ...ownFields,
    urlVerified: z.boolean().optional(),
    createdBy: z.string().optional(),
    pausedAt: epochMs.optional(),
    releasePerSecond: z.number().optional(),
    webhookExecutionHistory: z.array(anyObject).optional(),
  })
  .meta({ id: 'WebhookConfig' });
export type WebhookConfig = z.infer<typeof WebhookConfig>;
