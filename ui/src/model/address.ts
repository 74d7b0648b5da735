// What pages keep in their addresses beside the path, read from text that anyone may have edited.
import type { ChosenIterations } from './execution-view.ts';

/** `?a=1&b=x` as plain text values; the last of equal keys counts. */
export const parseAddress = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));

/** The inverse: nothing for undefined and empty, lists with commas. */
export function addressText(search: Readonly<Record<string, unknown>>): string {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    const text = Array.isArray(value) ? value.join(',') : value === undefined || value === null ? '' : String(value);
    if (text !== '') parts.set(key, text);
  }
  const text = parts.toString();
  return text === '' ? '' : `?${text}`;
}

type Raw = Readonly<Record<string, unknown>>;
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const natural = (value: unknown): number | undefined => {
  const n = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isSafeInteger(n) && n >= 1 ? n : undefined;
};
const among = <T extends string>(value: unknown, names: readonly T[]): T | undefined =>
  names.find((name) => name === value);

export const EXECUTION_TABS = ['diagram', 'timeline', 'tasks', 'data', 'webhooks', 'json'] as const;
export type ExecutionTab = (typeof EXECUTION_TABS)[number];

const TASK_TABS = ['summary', 'input', 'output', 'logs', 'definition'] as const;
export type TaskTab = (typeof TASK_TABS)[number];

export interface ExecutionAddress {
  readonly tab?: ExecutionTab | undefined;
  /** Id of the selected task. */
  readonly task?: string | undefined;
  /** What is shown of it. */
  readonly part?: TaskTab | undefined;
  /** Chosen iterations: `loop:2,inner:1`. */
  readonly loops?: string | undefined;
}

export const readExecutionAddress = (raw: Raw): ExecutionAddress => ({
  tab: among(raw.tab, EXECUTION_TABS),
  task: text(raw.task),
  part: among(raw.part, TASK_TABS),
  loops: text(raw.loops),
});

/** Names are percent-coded, so that one with a comma or colon stays whole. */
export function readLoops(loops: string | undefined): ChosenIterations {
  const pairs = (loops ?? '').split(',').flatMap((pair): [string, number][] => {
    const [name, count] = pair.split(':');
    const n = natural(count);
    if (!name || n === undefined) return [];
    try {
      return [[decodeURIComponent(name), n]];
    } catch {
      return [];
    }
  });
  return Object.fromEntries(pairs);
}

export const loopsText = (chosen: ChosenIterations): string =>
  Object.entries(chosen)
    .map(([name, n]) => `${encodeURIComponent(name)}:${n}`)
    .join(',');

export interface RunAddress {
  readonly name?: string | undefined;
  readonly version?: number | undefined;
  /** An execution whose input is taken over. */
  readonly like?: string | undefined;
}
export const readRunAddress = (raw: Raw): RunAddress => ({
  name: text(raw.name),
  version: natural(raw.version),
  like: text(raw.like),
});

const EDITOR_TABS = ['task', 'json', 'settings', 'versions'] as const;
export type EditorTab = (typeof EDITOR_TABS)[number];
export interface EditorAddress {
  readonly version?: number | undefined;
  readonly tab?: EditorTab | undefined;
}
export const readEditorAddress = (raw: Raw): EditorAddress => ({
  version: natural(raw.version),
  tab: among(raw.tab, EDITOR_TABS),
});

/** A new definition can begin as a copy: `from` and `version` name it. */
export interface NewAddress {
  readonly from?: string | undefined;
  readonly version?: number | undefined;
}
export const readNewAddress = (raw: Raw): NewAddress => ({ from: text(raw.from), version: natural(raw.version) });

const WEBHOOK_TABS = ['events', 'settings', 'secrets', 'guide', 'code'] as const;
export type WebhookTab = (typeof WEBHOOK_TABS)[number];
export interface WebhookAddress {
  readonly tab?: WebhookTab | undefined;
  /** Events before this one: the way to older pages. */
  readonly before?: number | undefined;
}
export const readWebhookAddress = (raw: Raw): WebhookAddress => ({
  tab: among(raw.tab, WEBHOOK_TABS),
  before: natural(raw.before),
});

const EVENT_TABS = ['body', 'headers', 'why'] as const;
export type EventTab = (typeof EVENT_TABS)[number];
export interface EventAddress {
  readonly tab?: EventTab | undefined;
}
export const readEventAddress = (raw: Raw): EventAddress => ({ tab: among(raw.tab, EVENT_TABS) });

export interface ListAddress {
  readonly find?: string | undefined;
}
export const readListAddress = (raw: Raw): ListAddress => ({ find: text(raw.find) });

/** A trace folds idle time unless its address says `fold=off`. */
export interface TraceAddress {
  readonly fold?: 'off' | undefined;
}
export const readTraceAddress = (raw: Raw): TraceAddress => ({ fold: among(raw.fold, ['off'] as const) });

const RECORD_TABS = ['runs', 'messages', 'settings'] as const;
export type RecordTab = (typeof RECORD_TABS)[number];
/** Of things that keep a record of what they did. */
export interface RecordAddress {
  readonly tab?: RecordTab | undefined;
}
export const readRecordAddress = (raw: Raw): RecordAddress => ({ tab: among(raw.tab, RECORD_TABS) });
