// What people do with received events: look for them, ask why, replay them, verify or match them again, send samples.

import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import { isWaiting } from '../core/match.ts';
import { referenceName, type Workflow } from '../core/model.ts';
import { documentOf } from '../store/document.ts';
import type { EventQuery, EventRecord, NewEvent, Route } from '../store/store.ts';
import type { Call, InboundDeps } from './call.ts';
import { type Explained, explainMatch, nearest } from './explain.ts';
import { judge } from './judge.ts';
import { readParts } from './multipart.ts';
import { eventsIn, type Judged, type Receive } from './receive.ts';
import { routeOf } from './routing.ts';
import { createSamples, type Samples } from './samples.ts';
import { unpack } from './unpack.ts';

/** Executions of one workflow that an explanation looks at, the newest first. */
const MAX_EXECUTIONS = 50;
/** Events that an explanation of a wait looks at, the newest first. */
const MAX_EVENTS = 500;
/** Events that one re-match or one verification takes. */
export const MAX_AT_ONCE = 1_000;

export interface Replayed {
  readonly eventIds: readonly string[];
  /** How many of them were there already. */
  readonly duplicates: number;
}

export interface Rematch {
  readonly events: number;
  /** Events that would do (or were given the chance to do) something. */
  readonly matching: number;
  readonly waits: number;
  readonly starts: number;
}

export interface StoredFile {
  readonly name: string;
  readonly type: string;
  readonly body: Uint8Array;
}

export interface Events extends Samples {
  search(query: EventQuery): Promise<readonly EventRecord[]>;
  get(eventId: string): Promise<EventRecord | Refusal>;
  /** Open waits of the workflows that the event goes to, those that it misses least first. */
  whyNot(eventId: string): Promise<readonly Explained[] | Refusal>;
  /** The latest events against one open wait, those that miss it least first. */
  nearMisses(workflowId: string, ref: string): Promise<readonly Explained[] | Refusal>;
  /** The same bytes once more, or other ones under the same headers; never a duplicate. */
  replay(eventId: string, edit?: { readonly body?: string }): Promise<Replayed | Refusal>;
  /** Judges a refused event again, at the time when it came. `accept`: takes it although its credential was not kept. */
  verifyAgain(eventId: string, accept?: boolean): Promise<Replayed | Refusal>;
  /** Gives events the route that their webhook has now. `dryRun` only counts. */
  rematch(eventIds: readonly string[], dryRun: boolean): Promise<Rematch>;
  file(eventId: string, n: number): Promise<StoredFile | Refusal>;
}

const noEvent = (id: string): Refusal => refused('notFound', `no such event: ${id}`);

type Deps = InboundDeps & { readonly receive: Receive; readonly publicUrl: () => string };

export function createEvents(deps: Deps): Events {
  const { store } = deps;
  return {
    search: (query) => store.events.search(query),
    get: async (eventId) => (await store.events.get(eventId)) ?? noEvent(eventId),
    ...explanations(deps),
    ...mending(deps),
    ...createSamples({ ...deps, running: (name) => runningOf(deps, name) }),
    async file(eventId, n) {
      const event = await store.events.get(eventId);
      if (!event) return noEvent(eventId);
      const headers = JSON.parse(event.headers);
      const unpacked = await unpack({ headers, body: event.body });
      if (!unpacked.ok) return refused('invalid', unpacked.reason);
      return (await fileOf(headers, unpacked.body, n)) ?? refused('notFound', `the event has no file ${n}`);
    },
  };
}

async function fileOf(
  headers: Readonly<Record<string, readonly string[]>>,
  body: Uint8Array,
  n: number,
): Promise<StoredFile | undefined> {
  const [type = 'application/octet-stream'] = headers['content-type'] ?? [];
  if (!/^multipart\/form-data/i.test(type)) return n === 0 ? { name: '', type, body } : undefined;
  const read = await readParts({ headers }, body);
  const file = read.ok ? read.parts.filter((part) => part.file)[n] : undefined;
  return file?.file && { ...file.file, body: file.body };
}

async function runningOf({ store }: Pick<Deps, 'store'>, name: string): Promise<readonly Workflow[]> {
  const { rows } = await store.workflows.search({
    names: [name],
    statuses: ['RUNNING', 'PAUSED'],
    sort: { by: 'startedAt', descending: true },
    offset: 0,
    limit: MAX_EXECUTIONS,
  });
  const found = await Promise.all(rows.map(({ id }) => store.workflows.get(id, { tasks: true })));
  return found.filter((workflow) => workflow !== undefined);
}

function explanations({ store }: Deps): Pick<Events, 'whyNot' | 'nearMisses'> {
  return {
    async whyNot(eventId) {
      const event = await store.events.get(eventId);
      if (!event) return noEvent(eventId);
      const names = new Set(event.route?.receivers.map(({ name }) => name));
      const workflows = (await Promise.all([...names].map((name) => runningOf({ store }, name)))).flat();
      const document = documentOf(event);
      return nearest(
        workflows.flatMap((workflow) =>
          workflow.tasks.filter(isWaiting).map((task) => explainMatch(event, document, workflow, task)),
        ),
      );
    },
    async nearMisses(workflowId, ref) {
      const workflow = await store.workflows.get(workflowId, { tasks: true });
      if (!workflow) return refused('notFound', `no such execution: ${workflowId}`);
      const task = workflow.tasks.find((one) => isWaiting(one) && referenceName(one) === ref);
      if (!task) return refused('notFound', `the execution holds at no wait named ${ref}`);
      const events = await store.events.search({ verdicts: ['verified', 'observed', 'refused'], limit: MAX_EVENTS });
      return nearest(events.map((event) => explainMatch(event, documentOf(event), workflow, task)));
    },
  };
}

function mending(deps: Deps): Pick<Events, 'replay' | 'verifyAgain' | 'rematch'> {
  const { store } = deps;

  const storeAgain = async (
    call: Call,
    judged: Judged,
    about: object,
    forced: boolean,
  ): Promise<Replayed | Refusal> => {
    const made = await eventsIn(call, judged, forced);
    if (!made.ok) return refused('invalid', made.reason);
    const events = made.events.map((event): NewEvent => ({ ...event, about: { ...event.about, ...about } }));
    const results = await Promise.all(events.map((event) => store.events.receive(event)));
    const stored = results.filter((_, i) => events[i]?.verdict !== 'batch');
    return {
      eventIds: stored.map(({ eventId }) => eventId),
      duplicates: stored.filter(({ type }) => type === 'duplicate').length,
    };
  };

  return {
    async replay(eventId, edit) {
      const event = await store.events.get(eventId);
      if (!event) return noEvent(eventId);
      if (event.verdict === 'refused' || event.verdict === 'challenge')
        return refused('conflict', 'this request was no event; a refused one can be verified again');
      const call = await callOf(deps, event, deps.clock.now(), edit?.body);
      if ('type' in call) return call;
      const isEdited = edit?.body !== undefined;
      return storeAgain(call, { verdict: 'verified' }, { replayOf: eventId, ...(isEdited && { isEdited }) }, true);
    },
    async verifyAgain(eventId, accept = false) {
      const event = await store.events.get(eventId);
      if (!event) return noEvent(eventId);
      const { about = {} } = event;
      if (event.verdict !== 'refused') return refused('conflict', 'this event was not refused');
      if (typeof about.verifiedAs === 'string')
        return refused('conflict', `it was verified again: ${about.verifiedAs}`);
      if (about.isCut) return refused('conflict', 'only the beginning of its body was kept');
      const call = await callOf(deps, event, event.receivedAt);
      if ('type' in call) return call;
      const { verdict } = await judge(call);
      if (verdict.type === 'challenge') return refused('conflict', 'this request was a question, not an event');
      if (verdict.type === 'refused' && !accept) return refused('conflict', `it is refused still: ${verdict.reason}`);
      const judged: Judged =
        verdict.type === 'verified'
          ? { verdict: 'verified', secretId: verdict.secretId }
          : { verdict: 'observed', code: verdict.code, reason: `taken by hand: ${verdict.reason}` };
      const stored = await storeAgain({ ...call, now: deps.clock.now() }, judged, { verifiedFrom: eventId }, false);
      if ('type' in stored) return stored;
      const verifiedAs = stored.eventIds[0] ?? '';
      await store.events.route(eventId, { verdict: 'refused', about: { ...about, verifiedAs } }, deps.clock.now());
      return stored;
    },
    async rematch(eventIds, dryRun) {
      let [events, matching, waits, starts] = [0, 0, 0, 0];
      for (const eventId of eventIds.slice(0, MAX_AT_ONCE)) {
        const event = await store.events.get(eventId);
        const route = event && (await routeNow(deps, event));
        if (!event || !route) continue;
        const fitting = (await store.events.candidates(event, route)).filter(({ accepts }) => accepts).length;
        events += 1;
        waits += fitting;
        starts += route.starts.length;
        if (fitting + route.starts.length > 0) matching += 1;
        if (!dryRun) await store.events.route(eventId, { verdict: event.verdict, route }, deps.clock.now());
      }
      return { events, matching, waits, starts };
    },
  };
}

/** The route that a stored event would have now; undefined when it is none that is taken. */
export async function routeNow(deps: InboundDeps, event: EventRecord): Promise<Route | undefined> {
  if (event.verdict !== 'verified' && event.verdict !== 'observed') return undefined;
  const ready = await deps.webhooks.ready(event.webhookId);
  const document = documentOf(event);
  if (!ready || !document) return undefined;
  const route = await routeOf(deps, ready, event.eventId, { ...document });
  return typeof route === 'string' ? undefined : route;
}

/** The call as it was, from what was kept of it. */
async function callOf(deps: Deps, event: EventRecord, now: number, body?: string): Promise<Call | Refusal> {
  const ready = await deps.webhooks.ready(event.webhookId, true);
  if (!ready) return refused('notFound', 'the webhook of this event is gone');
  const headers = JSON.parse(event.headers);
  // What a person edited is not compressed any more.
  if (body !== undefined) delete headers['content-encoding'];
  const mark = event.url.indexOf('?');
  const request = {
    method: event.method,
    url: event.url,
    publicUrl: deps.publicUrl() + event.url,
    headers,
    query: mark < 0 ? '' : event.url.slice(mark + 1),
    body: body === undefined ? event.body : Buffer.from(body),
  };
  const unpacked = await unpack(request);
  if (!unpacked.ok) return refused('invalid', unpacked.reason);
  return { deps, ready, request, unpacked, now, traceId: undefined };
}
