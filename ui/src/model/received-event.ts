// A received webhook event as pages show it: its verdict in words, the way it went, its parts.
import type { ReceivedEvent } from '../../../src/http/contract/webhook-event.ts';
import { parseExact } from './json-text.ts';
import type { Tone } from './status-look.ts';

export interface EventStep {
  readonly name: 'Received' | 'Verified' | 'Stored' | 'Matched' | 'Started';
  readonly state: 'done' | 'none' | 'failed';
  readonly text: string;
}

const VERIFIED_TEXT: Readonly<Partial<Record<ReceivedEvent['verdict'], string>>> = {
  verified: 'proven',
  observed: 'taken without proof: this webhook only observes',
  challenge: 'challenge answered',
  batch: 'proven, and cut into its events',
};

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/** Received → verified → stored → matched → started, each with what it came to. */
export function eventSteps(event: ReceivedEvent): EventStep[] {
  const completed = event.effects.filter(({ type }) => type === 'completed');
  const started = event.effects.filter(({ type }) => type === 'started');
  const existing = event.effects.filter(({ type }) => type === 'existing');
  const failed = event.effects.filter(({ type }) => type === 'failed');
  const refused = event.verdict === 'refused';
  const steps: EventStep[] = [
    { name: 'Received', state: 'done', text: event.method },
    {
      name: 'Verified',
      state: refused ? 'failed' : 'done',
      text: VERIFIED_TEXT[event.verdict] ?? event.reason ?? 'refused',
    },
    { name: 'Stored', state: 'done', text: refused ? 'for you to see, not acted on' : 'in the database' },
  ];
  if (event.verdict !== 'verified' && event.verdict !== 'observed') return steps;
  return [
    ...steps,
    {
      name: 'Matched',
      state: completed.length > 0 ? 'done' : 'none',
      text:
        completed.length > 0 ? count(completed.length, 'waiting task', 'waiting tasks') : 'nobody was waiting for it',
    },
    {
      name: 'Started',
      state: failed.length > 0 ? 'failed' : started.length + existing.length > 0 ? 'done' : 'none',
      text:
        failed.length > 0
          ? (failed[0]?.reason ?? 'a start failed')
          : started.length > 0
            ? count(started.length, 'execution', 'executions')
            : existing.length > 0
              ? 'the existing execution was kept'
              : 'nothing to start',
    },
  ];
}

/** Executions that the event completed a task in, started, or found. */
export const eventWorkflowIds = ({ effects }: Pick<ReceivedEvent, 'effects'>): string[] => [
  ...new Set(effects.flatMap(({ workflowId }) => workflowId ?? [])),
];

/** One word on the proof of an event, with its tone. */
export function eventOutcome({ verdict }: Pick<ReceivedEvent, 'verdict'>): { text: string; tone: Tone } {
  switch (verdict) {
    case 'refused':
      return { text: 'Refused', tone: 'bad' };
    case 'challenge':
      return { text: 'Challenge', tone: 'run' };
    case 'observed':
      return { text: 'Observed', tone: 'warn' };
    case 'batch':
      return { text: 'Batch', tone: 'good' };
    case 'verified':
      return { text: 'Verified', tone: 'good' };
  }
}

/** Base64 as bytes; text that is no base64 gives none. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** Header lines, in the order in which they are stored; text that cannot be read gives none. */
export function headerLines(headers: string): { name: string; value: string }[] {
  try {
    const parsed = JSON.parse(headers) as Record<string, readonly string[] | string>;
    return Object.entries(parsed).flatMap(([name, values]) =>
      (Array.isArray(values) ? values : [String(values)]).map((value: string) => ({ name, value })),
    );
  } catch {
    return [];
  }
}

const ORIGINS = {
  replayOf: 'Replay of',
  partOf: 'Part of',
  verifiedFrom: 'Taken from the refused',
  verifiedAs: 'Taken later as',
} as const;

/** Other events that this one was made from, or that were made from it. */
export function eventOrigins({ about = {} }: Pick<ReceivedEvent, 'about'>): { label: string; eventId: string }[] {
  return (Object.keys(ORIGINS) as (keyof typeof ORIGINS)[]).flatMap((key) => {
    const eventId = about[key];
    if (typeof eventId !== 'string') return [];
    return [{ label: key === 'replayOf' && about.isEdited ? 'Edited replay of' : ORIGINS[key], eventId }];
  });
}

/** How often the sender delivered it beside the first time; undefined: it came once. */
export function cameAgain({ repeated }: Pick<ReceivedEvent, 'repeated'>): string | undefined {
  if (!repeated) return undefined;
  return repeated.times === 1 ? 'once more' : `${repeated.times.toLocaleString('en-US')} more times`;
}

/**
 * What matches and workflows see of the body, as the server has read it. A request that was refused was not read: then the
 * body itself, when it is JSON or a form; undefined otherwise.
 */
export function parsedBody(event: Pick<ReceivedEvent, 'body' | 'bodyEncoding' | 'headers' | 'payload'>): unknown {
  if (event.payload !== undefined) return parseExact(event.payload);
  if (event.bodyEncoding === 'base64') return undefined;
  const type = headerLines(event.headers).find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? '';
  if (type.includes('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(event.body));
  try {
    return parseExact(event.body);
  } catch {
    return undefined;
  }
}
