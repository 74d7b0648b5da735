// From what an execution says about itself to the deliveries of its flow's webhooks. Runs inside the commit of the change:
// pure, synchronous, and what is to be said is fixed here, so that nothing that happens later alters the message.

import type { Json, JsonObject } from '../core/json.ts';
import { compilePredicate } from '../core/language/predicate.ts';
import type { Message } from '../core/message.ts';
import { isTerminal, type TaskStatus, type Workflow, type WorkflowStatus } from '../core/model.ts';
import type { FanOut, NewDelivery } from '../store/delivery.ts';
import type { FlowWebhookRow } from '../store/flow.ts';
import { configOf, type FlowWebhookConfig, MAX_MESSAGE_LENGTH, type TriggerEvent, takesBody } from './flow-webhook.ts';
import {
  type BodyKind,
  bodyKind,
  type Read,
  type Reference,
  readTemplate,
  referencesOf,
  renderBody,
  renderText,
  type Template,
} from './template.ts';
import { type Moment, readerOf, viewOf } from './view.ts';

/** Longer keys would make rows of the queue long; their beginning decides. */
const MAX_ORDER_KEY_LENGTH = 500;

/** What a delivery keeps of its moment. Address and headers are made when it is sent, so that a corrected address counts. */
export interface Said {
  readonly jobId: string;
  readonly jobStatus: string;
  readonly body?: string;
  /** Reference in address and headers -> its value. */
  readonly values: Readonly<Record<string, Json>>;
}

interface Ready {
  readonly config: FlowWebhookConfig;
  readonly body?: { readonly template: Template; readonly kind: BodyKind };
  readonly references: readonly Reference[];
  readonly orderKey?: Template;
  readonly holds: (view: Json) => boolean;
}

const ready = new WeakMap<FlowWebhookRow, Ready>();

function readyOf(row: FlowWebhookRow): Ready {
  const known = ready.get(row);
  if (known) return known;
  const config = configOf(row);
  const { orderKey, when } = config;
  const predicate = when === undefined ? undefined : compilePredicate(when);
  const made: Ready = {
    config,
    references: sentReferences(config),
    ...readBody(config),
    ...(orderKey !== undefined && { orderKey: readTemplate(orderKey) }),
    holds: predicate?.ok ? predicate.evaluate : () => true,
  };
  ready.set(row, made);
  return made;
}

/** References in the parts that are made when a delivery is sent. */
function sentReferences({ url, headers }: FlowWebhookConfig): Reference[] {
  return [url, ...Object.values(headers)].flatMap((text) => referencesOf(readTemplate(text)));
}

function readBody({ body, method, headers }: FlowWebhookConfig): Pick<Ready, 'body'> {
  if (body === undefined || !takesBody(method)) return {};
  const contentType = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return { body: { template: readTemplate(body), kind: bodyKind(body, contentType) } };
}

/** What a webhook says about a moment that `read` knows. Also for tests, with sample values. */
export function say(config: FlowWebhookConfig, read: Read, jobId: string, jobStatus: string): Said {
  return sayReady({ references: sentReferences(config), ...readBody(config) }, read, jobId, jobStatus);
}

function sayReady(
  { body, references }: Pick<Ready, 'body' | 'references'>,
  read: Read,
  jobId: string,
  jobStatus: string,
): Said {
  return {
    jobId,
    jobStatus,
    ...(body && { body: renderBody(body.template, body.kind, read) }),
    values: Object.fromEntries(references.map((reference) => [reference.source, read(reference)])),
  };
}

export const fanOut: FanOut = (workflow, messages, webhooks) =>
  messages.flatMap((message) =>
    webhooks.flatMap((row) => {
      const made = deliveryFor(row, message, workflow);
      return made ? [made] : [];
    }),
  );

function deliveryFor(row: FlowWebhookRow, message: Message, workflow: Workflow): NewDelivery | undefined {
  const made = readyOf(row);
  const cause = causeOf(made.config, message, workflow);
  if (!cause) return undefined;
  const moment = momentOf(message, workflow);
  if (!moment || !made.holds(viewOf(moment))) return undefined;
  const read = readerOf(moment);
  const said = sayReady(made, read, workflow.id, moment.jobStatus);
  const orderKey = made.orderKey && orderKeyOf(made.orderKey, read);
  const isTooLong = (said.body?.length ?? 0) > MAX_MESSAGE_LENGTH;
  return {
    webhookId: row.id,
    cause,
    data: (isTooLong ? { ...said, body: '' } : said) as unknown as JsonObject,
    ...(orderKey && { orderKey }),
    ...(isTooLong && { unsendable: `the message is longer than ${MAX_MESSAGE_LENGTH} characters` }),
  };
}

function orderKeyOf(template: Template, read: Read): string {
  const references = referencesOf(template);
  // What has no key has no order.
  if (references.length > 0 && references.every((reference) => read(reference) === null)) return '';
  return renderText(template, read).slice(0, MAX_ORDER_KEY_LENGTH);
}

function momentOf(message: Message, workflow: Workflow): Moment | undefined {
  if (message.type === 'workflowChanged')
    return { workflow: { ...workflow, status: message.to }, jobStatus: message.to };
  if (message.type !== 'taskEnded') return undefined;
  const task = workflow.tasks.find(({ n }) => n === message.n);
  return { workflow, jobStatus: message.to, ...(task && { task }) };
}

/** Why a webhook fires, in words; undefined: it does not. */
function causeOf(config: FlowWebhookConfig, message: Message, workflow: Workflow): string | undefined {
  const { triggerEvent, triggerObject } = config;
  if (message.type === 'workflowChanged')
    return triggerObject === 'any' ? executionCause(triggerEvent, message.from, message.to) : undefined;
  if (message.type !== 'taskEnded' || message.retried) return undefined;
  const result = taskResult(message.to);
  if (result === undefined) return undefined;
  if (triggerObject === 'any')
    return triggerEvent === 'taskFailed' && result === 'failure' ? `failure of ${message.ref}` : undefined;
  const place = workflow.tasks.find(({ n }) => n === message.n)?.place ?? message.ref;
  const fires = triggerObject.includes(place) && (triggerEvent === 'either' || triggerEvent === result);
  return fires ? `${result} of ${message.ref}` : undefined;
}

function executionCause(event: TriggerEvent, from: WorkflowStatus | undefined, to: WorkflowStatus): string | undefined {
  switch (event) {
    case 'started':
      return from === undefined && to === 'RUNNING' ? 'started' : undefined;
    case 'paused':
      return to === 'PAUSED' ? 'paused' : undefined;
    case 'taskFailed':
      return undefined;
    default: {
      if (!isTerminal(to)) return undefined;
      const result = to === 'COMPLETED' ? 'success' : 'failure';
      return event === 'either' || event === result ? result : undefined;
    }
  }
}

/** A task that was called off has neither succeeded nor failed by itself. */
function taskResult(status: TaskStatus): 'success' | 'failure' | undefined {
  switch (status) {
    case 'COMPLETED':
      return 'success';
    // An optional task that failed: the execution goes on, but it has failed (as for onStateChange).
    case 'COMPLETED_WITH_ERRORS':
    case 'FAILED':
    case 'FAILED_WITH_TERMINAL_ERROR':
    case 'TIMED_OUT':
      return 'failure';
    default:
      return undefined;
  }
}
