// Calls about outgoing webhooks of flows, their deliveries, and traces. They go out through api.ts.
import type { Delivery, DeliveryDetail, FlowWebhookConfig, TestReport } from '../../src/http/contract/flow-webhook.ts';
import type { Trace } from '../../src/http/contract/trace.ts';
import { type ExplainedMatch, json, type Page, part, send } from './api.ts';
import type { DeliverySearch } from './model/delivery-search.ts';

/** What is sent: the server fills in the rest. */
export type FlowWebhookWish = Partial<FlowWebhookConfig> & Pick<FlowWebhookConfig, 'name' | 'url'>;
/** One delivery with its message and every attempt. */
export type WholeDelivery = (typeof DeliveryDetail)['_output'];
export type WebhookTest = (typeof TestReport)['_output'];

export interface ResendWindow {
  readonly from: number;
  readonly to: number;
  readonly webhookId?: string;
  readonly dryRun: boolean;
}

const webhooks = (flow: string) => `api/flows/${part(flow)}/webhooks`;

export const flowApi = {
  webhooks: (flow: string, signal?: AbortSignal) => json<FlowWebhookConfig[]>('GET', webhooks(flow), { signal }),
  webhook: (flow: string, id: string, signal?: AbortSignal) =>
    json<FlowWebhookConfig>('GET', `${webhooks(flow)}/${part(id)}`, { signal }),
  create: (flow: string, wish: FlowWebhookWish) => json<FlowWebhookConfig>('POST', webhooks(flow), { body: wish }),
  replace: (flow: string, id: string, wish: FlowWebhookWish) =>
    json<FlowWebhookConfig>('PUT', `${webhooks(flow)}/${part(id)}`, { body: wish }),
  remove: (flow: string, id: string) => send('DELETE', `${webhooks(flow)}/${part(id)}`),
  /** Sends a real request with sample values; answers what went out and what came back. */
  test: (flow: string, wish: FlowWebhookWish) => json<WebhookTest>('POST', `${webhooks(flow)}/test`, { body: wish }),

  deliveries: (flow: string, query: DeliverySearch, signal?: AbortSignal) =>
    json<Page<Delivery>>('GET', `api/flows/${part(flow)}/deliveries`, { query: { ...query }, signal }),
  executionDeliveries: (id: string, query: { start: number; size: number }, signal?: AbortSignal) =>
    json<Page<Delivery>>('GET', `api/workflow/${part(id)}/deliveries`, { query, signal }),
  delivery: (id: string, signal?: AbortSignal) => json<WholeDelivery>('GET', `api/deliveries/${part(id)}`, { signal }),
  resend: (id: string) => send('POST', `api/deliveries/${part(id)}/resend`),
  resendFailed: (flow: string, window: ResendWindow) =>
    json<{ failed: number; resent: number }>('POST', `api/flows/${part(flow)}/deliveries/resend`, { body: window }),

  /** The latest events that missed an open wait least. */
  nearMisses: (workflowId: string, ref: string, signal?: AbortSignal) =>
    json<ExplainedMatch[]>('GET', `api/webhook-waits/${part(workflowId)}/${part(ref)}/why`, { signal }),
  traceOfEvent: (id: string, signal?: AbortSignal) =>
    json<Trace>('GET', `api/webhook-events/${part(id)}/trace`, { signal }),
  traceOfExecution: (id: string, signal?: AbortSignal) =>
    json<Trace>('GET', `api/workflow/${part(id)}/trace`, { signal }),
};
