// Received events on the wire, why they did what they did, and the catalogue of platforms. All of it is ours.

import { z } from 'zod';
import { anyJson, anyObject, epochMs } from './field.ts';

const ReceivedEffect = z.object({
  type: z.enum(['completed', 'started', 'existing', 'failed']),
  workflowName: z.string(),
  workflowId: z.string().optional(),
  taskRef: z.string().optional(),
  reason: z.string().optional(),
  at: epochMs,
});

export const ReceivedEvent = z
  .object({
    eventId: z.string(),
    webhookId: z.string(),
    /** Grows with each event: the `before` of the next page. */
    seq: z.number(),
    receivedAt: epochMs,
    method: z.string(),
    /** Path and query, credentials masked. */
    url: z.string(),
    /** JSON text: name in lower case -> list of values, credentials masked. */
    headers: z.string(),
    /** Text of the body as it came, or base64 when `bodyEncoding` says so; the beginning of a long one in lists. */
    body: z.string(),
    bodyEncoding: z.enum(['text', 'base64']),
    bodyBytes: z.number(),
    /** JSON text of what is matched and given to workflows; not in lists. */
    payload: z.string().optional(),
    verdict: z.enum(['verified', 'observed', 'refused', 'challenge', 'batch']),
    reason: z.string().optional(),
    traceId: z.string().optional(),
    matched: z.boolean(),
    effects: z.array(ReceivedEffect),
    /** Code of a refusal, secret that fitted, type of the event, what it was replayed or cut out from. */
    about: anyObject.optional(),
    /** How often the same delivery came again, and when last; absent: it came once. */
    repeated: z.object({ times: z.number(), lastAt: epochMs }).optional(),
    /** Events that are replays of it, the newest 100; not in lists. */
    replays: z.array(z.object({ eventId: z.string(), receivedAt: epochMs, isEdited: z.boolean() })).optional(),
  })
  .meta({ id: 'ReceivedEvent' });
export type ReceivedEvent = z.infer<typeof ReceivedEvent>;

export const Explained = z
  .object({
    eventId: z.string(),
    workflowId: z.string(),
    workflowName: z.string(),
    version: z.number(),
    taskRef: z.string(),
    fits: z.boolean(),
    failed: z.number(),
    clauses: z.array(
      z.object({ clause: z.string(), expected: anyJson, received: anyJson.optional(), held: z.boolean() }),
    ),
  })
  .meta({ id: 'ExplainedMatch' });

export const Replayed = z.object({ eventIds: z.array(z.string()), duplicates: z.number() });
/** There are more: send it as `after`. */
const nextPage = z.number().optional();
export const Rematch = z.object({
  events: z.number(),
  matching: z.number(),
  waits: z.number(),
  starts: z.number(),
  next: nextPage,
});
export const VerifiedAgain = z.object({ verified: z.number(), refused: z.number(), next: nextPage });
export const SampleAnswer = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  reason: z.string().optional(),
  outcome: z.string(),
});
/** Another body than the sample of the platform has; it is signed in the same way. */
export const SampleWish = z.strictObject({ body: z.string().optional() }).meta({ id: 'SampleWish' });

export const SampleDryRun = z
  .object({
    /** What would be sent: credentials masked, signatures as they would be. */
    request: z.object({
      method: z.string(),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      body: z.string(),
    }),
    /** False: only the platform itself can sign, and `reason` says so. */
    signed: z.boolean(),
    verdict: z.enum(['verified', 'observed', 'refused', 'challenge']),
    /** Code of a refusal, also of one that is only observed. */
    code: z.string().optional(),
    reason: z.string().optional(),
    /** What the sender would hear at once; absent when the workflow answers. */
    answer: z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.string() }).optional(),
    /** The events would wait for their turn: the webhook is paused, or keeps an order. */
    held: z.boolean(),
    events: z.array(
      z.object({
        eventType: z.string().optional(),
        /** JSON text of what is matched and given to workflows. */
        payload: z.string(),
        /** Why the event goes nowhere. */
        reason: z.string().optional(),
        /** Waits that it would end. */
        resumes: z.array(z.object({ workflowId: z.string(), workflowName: z.string(), taskRef: z.string() })),
        /** Workflows that it would start; `existing` has the same idempotency key, `reason` says why it cannot. */
        starts: z.array(
          z.object({
            name: z.string(),
            version: z.number().optional(),
            idempotencyKey: z.string().optional(),
            existing: z.string().optional(),
            reason: z.string().optional(),
          }),
        ),
        /** Open waits that it would not end, the nearest first, and every clause that held or failed. */
        misses: z.array(Explained),
      }),
    ),
  })
  .meta({ id: 'SampleDryRun' });
export const SecretUse = z.object({ secretId: z.string(), lastUsedAt: epochMs.optional() });

export const PlatformEntry = z
  .object({
    id: z.string(),
    name: z.string(),
    aliases: z.array(z.string()),
    fields: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        help: z.string(),
        kind: z.enum(['text', 'number', 'choice', 'headers']),
        secret: z.boolean(),
        required: z.boolean(),
        options: z.array(z.string()).optional(),
        initial: z.string().optional(),
      }),
    ),
    methods: z.array(z.string()),
    deadlineMs: z.number().optional(),
    retries: z.string(),
    guide: z.array(z.string()),
    caution: z.string().optional(),
    docs: z.string().optional(),
    sample: z.object({ method: z.string(), headers: z.record(z.string(), z.string()), body: z.string() }),
  })
  .meta({ id: 'WebhookPlatform' });
