// Outgoing webhooks of flows, their deliveries, and flows as wholes, on the wire.

import { z } from 'zod';
import {
  MAX_ALERTS,
  MAX_BODY_LENGTH,
  MAX_HEADER_VALUE_LENGTH,
  MAX_RATE_PER_SECOND,
  MAX_TRIGGER_OBJECTS,
  METHODS,
  SIGNATURES,
  TRIGGER_EVENTS,
} from '../../outbound/flow-webhook.ts';
import { anyObject, count, epochMs, id, integer, name, repeated, version } from './field.ts';
import { SaveScheduleRequest } from './schedule.ts';

const MAX_URL_LENGTH = 4_096;
const MAX_SECRET_LENGTH = 500;
const MAX_PEM_LENGTH = 100_000;
const MAX_ORDER_KEY_LENGTH = 1_024;
const MAX_CONDITION_LENGTH = 4_096;
const pem = z.string().max(MAX_PEM_LENGTH);

/** Fields that a client sets; what only the server owns is taken and passed over, so that what was read can be sent back. */
export const FlowWebhookConfig = z
  .strictObject({
    name,
    url: z.string().min(1).max(MAX_URL_LENGTH),
    method: z.enum(METHODS).default('POST'),
    headers: z.record(z.string().max(255), z.string().max(MAX_HEADER_VALUE_LENGTH)).default({}),
    /** A template: $jobId, $jobStatus, ${workflow.…}, ${task reference.…}. */
    body: z.string().max(MAX_BODY_LENGTH).optional(),
    triggerEvent: z.enum(TRIGGER_EVENTS).default('either'),
    /** `any`: the execution itself; else tasks whose own success or failure triggers. */
    triggerObject: z
      .union(
        [z.literal('any'), z.array(name).max(MAX_TRIGGER_OBJECTS)],
        'must be "any" or a list of task reference names',
      )
      .default('any'),
    /** Never shown again; `***` keeps the one that is stored. */
    secretKey: z.string().max(MAX_SECRET_LENGTH).optional(),
    previousSecretKey: z.string().max(MAX_SECRET_LENGTH).optional(),
    /** `flow`: X-Webhook-Signature; `standard`: Standard Webhooks. Without a secretKey nothing is signed. */
    signatures: z.array(z.enum(SIGNATURES)).max(SIGNATURES.length).default(['flow']),
    validateSsl: z.boolean().default(true),
    ca: pem.optional(),
    cert: pem.optional(),
    key: pem.optional(),
    retryOnFailure: z.boolean().default(true),
    enabled: z.boolean().default(true),
    when: z.union([z.string().max(MAX_CONDITION_LENGTH), anyObject]).optional(),
    rateLimit: z
      .strictObject({
        perSecond: z.number().positive().max(MAX_RATE_PER_SECOND),
        burst: z.number().int().min(1).max(MAX_RATE_PER_SECOND).optional(),
      })
      .optional(),
    orderKey: z.string().max(MAX_ORDER_KEY_LENGTH).optional(),
    alerts: z.array(z.strictObject({ name, version })).max(MAX_ALERTS).optional(),
    ...{ id: id.optional(), flow: z.string().optional(), disabledReason: z.string().optional() },
    ...{ createdBy: z.string().optional(), createdAt: epochMs.optional(), updatedAt: epochMs.optional() },
    standardSecretKey: z.string().optional(),
  })
  .meta({ id: 'FlowWebhook' });
export type FlowWebhookConfig = z.infer<typeof FlowWebhookConfig>;

export const RotateRequest = z.strictObject({
  /** Left out: the server makes one. */
  secretKey: z.string().min(1).max(MAX_SECRET_LENGTH).optional(),
});
/** The new secret is shown this once, also as libraries for Standard Webhooks spell it. */
export const RotatedSecret = z.object({ secretKey: z.string(), standardSecretKey: z.string() });

export const TestReport = z
  .object({
    /** `ok`, or the class of the fault: dns, tls, refused, timeout, 3xx, 4xx, 5xx, guard, ours. */
    result: z.string(),
    request: anyObject.optional(),
    body: z.string().optional(),
    signedTexts: z.record(z.string(), z.string()).optional(),
    outcome: anyObject,
  })
  .meta({ id: 'FlowWebhookTestReport' });

const DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'FAILED', 'CANCELLED'] as const;
const deliveryStatus = z.enum(DELIVERY_STATUSES);

export const Delivery = z
  .object({
    ...{ id: z.string(), flow: z.string(), webhookId: z.string(), webhookName: z.string().optional() },
    ...{ workflowId: z.string(), cause: z.string(), status: deliveryStatus, outcome: z.string().optional() },
    ...{ attempts: count, createdAt: epochMs, updatedAt: epochMs, nextAt: epochMs.optional() },
    orderKey: z.string().optional(),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof Delivery>;

export const DeliveryDetail = Delivery.extend({
  body: z.string().optional(),
  attemptList: z.array(z.object({ n: count, at: epochMs }).and(anyObject)),
}).meta({ id: 'DeliveryDetail' });

export const DeliveryPage = z.object({ totalHits: count, results: z.array(Delivery) }).meta({ id: 'DeliveryPage' });

const MAX_PAGE_SIZE = 500;
const DEFAULT_PAGE_SIZE = 100;
export const PageQuery = z.object({
  start: integer(0).default(0),
  size: integer(0, MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export const DeliveryQuery = PageQuery.extend({
  status: repeated.pipe(z.array(deliveryStatus)).optional(),
  webhookId: repeated.optional(),
  from: integer(0).optional(),
  to: integer(0).optional(),
  /** Found in the ids, the cause, the outcome or the message. */
  text: z.string().max(1_000).optional(),
});

export const ResendFailedRequest = z
  .strictObject({
    from: epochMs.min(0),
    to: epochMs.min(0),
    webhookId: id.optional(),
    dryRun: z.boolean().default(false),
  })
  .meta({ id: 'ResendFailedRequest' });
export const Resent = z.object({ failed: count, resent: count, switchedOff: count }).meta({ id: 'Resent' });

export const Flow = z
  .object({ name: z.string(), owner: z.string().optional(), versions: z.array(version), webhooks: count })
  .meta({ id: 'Flow' });

export const CopyRequest = z.strictObject({ name }).meta({ id: 'CopyFlowRequest' });
export const OwnerRequest = z.strictObject({ owner: name }).meta({ id: 'FlowOwnerRequest' });

const MAX_DEFINITIONS = 1_000;
const MAX_SCHEDULES = 1_000;
export const FlowFile = z
  .strictObject({
    format: z.literal('fermata.flow', 'this is not an exported flow'),
    formatVersion: z.literal(1, 'this file was written by a newer server'),
    exportedAt: epochMs,
    name,
    definitions: z.array(anyObject).min(1).max(MAX_DEFINITIONS),
    webhooks: z.array(FlowWebhookConfig).default([]),
    schedules: z.array(SaveScheduleRequest).max(MAX_SCHEDULES).default([]),
    secrets: z.array(z.object({ name: z.string(), usedBy: z.string() })).default([]),
  })
  .meta({ id: 'FlowFile' });

export const ImportRequest = z
  .strictObject({
    file: FlowFile,
    name: name.optional(),
    secrets: z.record(z.string(), z.string().max(MAX_PEM_LENGTH)).default({}),
    overwrite: z.boolean().default(false),
  })
  .meta({ id: 'ImportFlowRequest' });

export const Transferred = z
  .object({ name: z.string(), versions: z.array(version), webhooks: count, schedules: count })
  .meta({ id: 'TransferredFlow' });
