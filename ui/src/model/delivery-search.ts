// The filter of a flow's deliveries: what its address says, and the query that the API understands.
import type { Delivery } from '../../../src/http/contract/flow-webhook.ts';

export const DELIVERY_STATUSES: readonly Delivery['status'][] = ['PENDING', 'DELIVERED', 'FAILED', 'CANCELLED'];

/** Rows of one page. */
export const DELIVERIES_SHOWN = 50;

const DAY_MS = 86_400_000;
const WINDOWS = { '1h': DAY_MS / 24, '24h': DAY_MS, '7d': 7 * DAY_MS, '30d': 30 * DAY_MS } as const;
export type WindowName = keyof typeof WINDOWS;
export const WINDOW_NAMES = Object.keys(WINDOWS) as readonly WindowName[];

const FLOW_TABS = ['webhooks', 'deliveries'] as const;
export type FlowTab = (typeof FLOW_TABS)[number];

/** What the page of a flow's webhooks keeps in its address. */
export interface FlowAddress {
  readonly tab?: FlowTab | undefined;
  readonly status?: readonly Delivery['status'][] | undefined;
  /** Id of a webhook. */
  readonly webhook?: string | undefined;
  readonly find?: string | undefined;
  readonly since?: WindowName | undefined;
  /** From 1. */
  readonly page?: number | undefined;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** What is not understood is left out: addresses get old. */
export function readFlowAddress(raw: Readonly<Record<string, unknown>>): FlowAddress {
  const names = Array.isArray(raw.status) ? raw.status : (text(raw.status)?.split(',') ?? []);
  const status = DELIVERY_STATUSES.filter((name) => names.includes(name));
  const page = Number(raw.page);
  return {
    tab: FLOW_TABS.find((name) => name === raw.tab),
    status: status.length > 0 ? status : undefined,
    webhook: text(raw.webhook),
    find: text(raw.find),
    since: WINDOW_NAMES.find((name) => name === raw.since),
    page: Number.isSafeInteger(page) && page > 1 ? page : undefined,
  };
}

export interface DeliverySearch {
  readonly status?: readonly string[];
  readonly webhookId?: string;
  readonly text?: string;
  readonly from?: number;
  readonly start: number;
  readonly size: number;
}

export const windowStart = (window: WindowName, now: number): number => now - WINDOWS[window];

export function deliverySearch({ status, webhook, find, since, page = 1 }: FlowAddress, now: number): DeliverySearch {
  return {
    ...(status && { status }),
    ...(webhook && { webhookId: webhook }),
    ...(find && { text: find }),
    ...(since && { from: windowStart(since, now) }),
    start: (page - 1) * DELIVERIES_SHOWN,
    size: DELIVERIES_SHOWN,
  };
}

export const isNarrowed = ({ status, webhook, find, since }: FlowAddress): boolean =>
  [status, webhook, find, since].some((part) => part !== undefined);
