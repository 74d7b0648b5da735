// What a sender hears of an event that was taken: nothing, what its platform expects, a fixed answer, or what the flow says.

import { isRecord, type Json } from '../core/json.ts';
import { isTerminal, type Workflow } from '../core/model.ts';
import type { Clock } from '../lib/clock.ts';
import type { EventRecord, Store } from '../store/store.ts';
import type { AnswerRule } from './webhook.ts';
import type { ReadyWebhook } from './webhooks.ts';

export interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const SILENCE: Said = { status: 200, headers: {}, body: '' };

/** As long as people wait for a reply; Teams gives up after 5 seconds, Slack after 3, Twilio after 15. */
const DEFAULT_WAIT_SECONDS = 10;
export const MAX_WAIT_SECONDS = 60;
/** Another node may have decided it: its commits are not announced here. */
const LOOK_INTERVAL_MS = 200;

/** The answer that needs no look at any execution. */
export function fixedAnswer({ webhook, platform }: ReadyWebhook): Said {
  const { answer } = webhook.config;
  if (answer?.type === 'fixed')
    return { status: answer.status ?? 200, headers: answer.headers ?? {}, body: answer.body ?? '' };
  return platform?.acknowledge ?? SILENCE;
}

/**
 * Waits until an execution that the event started or resumed has something to say: a RESPOND task, or its end with a
 * `response` in its output. 202 with the id of the execution when time is up, the usual answer when there is none.
 *
 * @param isHeld the event stands in a line: it has no route before its turn comes
 */
export async function flowAnswer(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  { eventId, isHeld }: { readonly eventId: string; readonly isHeld: boolean },
  rule: Extract<AnswerRule, { type: 'workflow' }>,
  otherwise: Said,
): Promise<Said> {
  const deadlineMs = Math.min(rule.waitSeconds ?? DEFAULT_WAIT_SECONDS, MAX_WAIT_SECONDS) * 1000;
  const endMs = clock.elapsed() + deadlineMs;
  let wake = (): void => {};
  let rang = false;
  const ring = (): void => {
    rang = true;
    wake();
  };
  const unsubscribe = store.subscribe(ring);
  try {
    for (;;) {
      rang = false;
      const heard = await listen(store, eventId, isHeld);
      if (heard.type === 'said') return heard.said;
      if (heard.type === 'nobody') return otherwise;
      const leftMs = endMs - clock.elapsed();
      if (leftMs <= 0) return late(heard.workflowId);
      if (rang) continue;
      await new Promise<void>((resolve) => {
        const callOff = clock.after(Math.min(leftMs, LOOK_INTERVAL_MS), resolve);
        wake = () => {
          callOff();
          resolve();
        };
      });
    }
  } finally {
    unsubscribe();
  }
}

type Heard =
  | { readonly type: 'said'; readonly said: Said }
  /** No execution was touched, and none will be. */
  | { readonly type: 'nobody' }
  | { readonly type: 'wait'; readonly workflowId?: string };

async function listen(store: Store, eventId: string, isHeld: boolean): Promise<Heard> {
  const record = await store.events.get(eventId);
  const effects = record?.effects.filter(({ type }) => type !== 'failed') ?? [];
  const ids = [...new Set(effects.flatMap(({ workflowId }) => (workflowId === undefined ? [] : [workflowId])))];
  if (ids.length === 0) {
    const waits = record?.route ? await isUnderWay(store, record) : isHeld;
    return waits ? { type: 'wait' } : { type: 'nobody' };
  }
  const workflows = await Promise.all(ids.map((id) => store.workflows.get(id, { tasks: true })));
  for (const workflow of workflows) {
    const said = workflow && wordsOf(workflow, record?.seq ?? 0);
    if (said) return { type: 'said', said };
  }
  const open = workflows.find((workflow) => workflow && !isTerminal(workflow.status));
  // All have ended without a word: their end is the word.
  return open ? { type: 'wait', workflowId: open.id } : { type: 'said', said: SILENCE };
}

/** Not routed yet, or left for the next wait of an execution that runs with its key (start or resume). */
async function isUnderWay(store: Store, { eventId, effects }: EventRecord): Promise<boolean> {
  if (effects.some(({ type }) => type === 'existing')) return true;
  return effects.length === 0 && !(await store.events.isRouted(eventId));
}

/** The first RESPOND task behind the wait that the event ended, else the `response` in the output of the whole. */
function wordsOf(workflow: Workflow, event: number): Said | undefined {
  const from = workflow.tasks.find(({ outputEvent }) => outputEvent === event)?.n ?? 0;
  const own = workflow.tasks.find(({ type, status, n }) => type === 'RESPOND' && status === 'COMPLETED' && n > from);
  if (own) return saidBy(own.input);
  if (!isTerminal(workflow.status)) return undefined;
  if (workflow.status !== 'COMPLETED')
    return { status: 500, ...asJson({ status: workflow.status, workflowId: workflow.id }) };
  const { response } = workflow.output;
  return isRecord(response) ? saidBy(response) : undefined;
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** These frame the message; the server writes them itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'te',
  'upgrade',
  'trailer',
]);
export const framesMessage = (header: string): boolean => OWN_HEADERS.has(header.toLowerCase());

/** `{status, headers, body}`: a body that is no text is JSON. What cannot be sent is left out. */
function saidBy({ status, headers, body }: Readonly<Record<string, Json>>): Said {
  const code = typeof status === 'number' ? status : Number(status ?? 200);
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(isRecord(headers) ? headers : {}))
    if (HEADER_NAME.test(name) && !framesMessage(name) && HEADER_VALUE.test(String(value))) given[name] = String(value);
  const said =
    body === undefined || body === null
      ? { headers: {}, body: '' }
      : typeof body === 'string'
        ? { headers: {}, body }
        : asJson(body);
  return {
    status: Number.isInteger(code) && code >= 200 && code <= 599 ? code : 200,
    headers: { ...said.headers, ...given },
    body: said.body,
  };
}

const asJson = (value: Json): { readonly headers: Readonly<Record<string, string>>; readonly body: string } => ({
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});

const late = (workflowId: string | undefined): Said => ({
  status: 202,
  ...asJson(workflowId === undefined ? {} : { workflowId }),
});
