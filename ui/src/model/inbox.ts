// Received events of all webhooks: which of them one looks at, in the address, and what a re-match comes to in words.
import type { EventFilter, RematchCount } from '../api-inbound.ts';

/** Kinds of events, with their words. */
export const INBOX_KINDS = {
  unmatched: 'Unmatched',
  refused: 'Refused',
  held: 'Held back',
  all: 'All',
} as const;
export type InboxKind = keyof typeof INBOX_KINDS;

export interface InboxAddress {
  readonly show?: InboxKind | undefined;
  readonly webhook?: string | undefined;
  readonly find?: string | undefined;
  readonly before?: number | undefined;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export function readInboxAddress(raw: Readonly<Record<string, unknown>>): InboxAddress {
  const before = Number(raw.before);
  const show = text(raw.show);
  return {
    show: show !== undefined && Object.hasOwn(INBOX_KINDS, show) ? (show as InboxKind) : undefined,
    webhook: text(raw.webhook),
    find: text(raw.find),
    before: Number.isSafeInteger(before) && before >= 1 ? before : undefined,
  };
}

/** Unmatched are those that were taken and did nothing: what was refused could not match. */
export function inboxFilter({ show = 'unmatched', webhook, find, before }: InboxAddress): Omit<EventFilter, 'limit'> {
  const common = { webhookId: webhook, text: find, before };
  switch (show) {
    case 'unmatched':
      return { ...common, matched: false, verdict: 'verified' };
    case 'refused':
      return { ...common, verdict: 'refused' };
    case 'held':
      return { ...common, held: true };
    case 'all':
      return common;
  }
}

const count = (n: number, one: string, many: string): string => `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

/** `3 of 12 events match now: 2 waiting tasks, 1 workflow to start.` */
export function rematchText({ events, matching, waits, starts }: RematchCount): string {
  if (matching === 0) return `None of ${count(events, 'event', 'events')} matches anything now.`;
  const what = [
    waits > 0 ? count(waits, 'waiting task', 'waiting tasks') : '',
    starts > 0 ? `${count(starts, 'workflow', 'workflows')} to start` : '',
  ].filter(Boolean);
  const verb = matching === 1 ? 'matches' : 'match';
  return `${matching.toLocaleString('en-US')} of ${count(events, 'event', 'events')} ${verb} now${what.length > 0 ? `: ${what.join(', ')}` : ''}.`;
}

/** A page of events. */
export const EVENTS_SHOWN = 50;
