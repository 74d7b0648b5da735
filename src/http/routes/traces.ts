// Traces: from an event or an execution to all that hangs on it, both ways: events, executions with their tasks, deliveries.

import { mayWithFlow } from '../../access/flow-access.ts';
import type { Workflow } from '../../core/model.ts';
import type { Delivery } from '../../store/delivery.ts';
import type { EventRecord, Store } from '../../store/store.ts';
import { json, problem } from '../answer.ts';
import { Trace } from '../contract/trace.ts';
import type { AppDeps } from '../deps.ts';
import type { Caller, Route } from '../route.ts';
import { route } from '../route.ts';
import { deliveryInTrace, eventInTrace, executionInTrace } from '../wire/trace.ts';

const tag = { tag: 'Traces' };

/** More than a person looks at; the lists of executions and deliveries have the rest. */
const MAX_EXECUTIONS = 40;
const MAX_EVENTS = 100;
const MAX_TASKS_OF_ONE = 300;
const MAX_DELIVERIES = 100;

export function traceRoutes({ store }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/webhook-events/{id}/trace',
      need: 'read',
      ...tag,
      summary: 'An event, the executions that it started or moved, and what they sent on, on one time axis',
      answers: { 200: Trace },
      run: async ({ params: { id } }, caller) => {
        const event = await store.events.get(id);
        if (!event) return problem(404, `there is no event ${id}`);
        const walk = newWalk(store);
        walk.addEvent(event);
        await walk.follow(event.effects.flatMap(({ workflowId }) => workflowId ?? []));
        return json(await traceOf(store, walk, caller));
      },
    }),
    route({
      method: 'GET',
      path: '/api/workflow/{workflowId}/trace',
      need: 'read',
      ...tag,
      summary: 'An execution with those it belongs to or started, the events that moved them, and what they sent on',
      answers: { 200: Trace },
      run: async ({ params: { workflowId } }, caller) => {
        const walk = newWalk(store);
        await walk.follow([workflowId]);
        if (walk.executions.size === 0) return problem(404, `no such workflow by Id: ${workflowId}`);
        return json(await traceOf(store, walk, caller));
      },
    }),
  ];
}

interface Walk {
  readonly executions: ReadonlyMap<string, Workflow>;
  readonly events: ReadonlyMap<string, EventRecord>;
  /** More was there than is followed. */
  readonly cut: boolean;
  addEvent(event: EventRecord): void;
  /** Reads these executions, their parents, children and events. Unknown ones (removed) are passed over. */
  follow(ids: readonly string[]): Promise<void>;
}

function newWalk(store: Store): Walk {
  const executions = new Map<string, Workflow>();
  const events = new Map<string, EventRecord>();
  let cut = false;
  const addEvent = (event: EventRecord): void => {
    if (events.size < MAX_EVENTS) events.set(event.eventId, event);
    else cut = true;
  };
  const readEvents = async (workflow: Workflow): Promise<void> => {
    const started = startEventOf(workflow);
    const found = started === undefined ? undefined : await store.events.get(started);
    if (found) addEvent(found);
    for (const seq of new Set(workflow.tasks.flatMap(({ outputEvent }) => outputEvent ?? []))) {
      if ([...events.values()].some((event) => event.seq === seq)) continue;
      const [event] = await store.events.search({ beforeSeq: seq + 1, limit: 1 });
      if (event?.seq === seq) addEvent(event);
    }
  };
  return {
    executions,
    events,
    get cut() {
      return cut;
    },
    addEvent,
    async follow(ids) {
      const waiting = [...new Set(ids)];
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        if (executions.has(id)) continue;
        if (executions.size >= MAX_EXECUTIONS) {
          cut = true;
          return;
        }
        const workflow = await store.workflows.get(id, { tasks: true });
        if (!workflow) continue;
        executions.set(id, workflow);
        if (workflow.tasks.length > MAX_TASKS_OF_ONE) cut = true;
        await readEvents(workflow);
        const { parent, tasks } = workflow;
        waiting.push(
          ...(parent ? [parent.workflowId] : []),
          ...tasks.flatMap(({ subWorkflowId }) => subWorkflowId ?? []),
        );
      }
    },
  };
}

/** Executions note `<webhook>:<event id>` as what started them. */
const startEventOf = ({ event }: Workflow): string | undefined => event?.split(':').at(-1);

async function traceOf(store: Store, walk: Walk, caller: Caller): Promise<Trace> {
  const events = [...walk.events.values()].sort((a, b) => a.seq - b.seq);
  const idBySeq = new Map(events.map(({ seq, eventId }) => [seq, eventId]));
  const { deliveries, more } = await deliveriesOf(store, walk, caller);
  return {
    events: await Promise.all(
      events.map(async (event) => {
        const name = (await store.webhooks.get(event.webhookId))?.config.name;
        return eventInTrace(event, typeof name === 'string' ? name : undefined);
      }),
    ),
    executions: [...walk.executions.values()]
      .sort((a, b) => a.startedAt - b.startedAt)
      .map((workflow) => {
        const started = startEventOf(workflow);
        const known = started !== undefined && walk.events.has(started) ? started : undefined;
        return executionInTrace(workflow, workflow.tasks.slice(0, MAX_TASKS_OF_ONE), known, (seq) => idBySeq.get(seq));
      }),
    deliveries,
    truncated: walk.cut || more,
  };
}

/** What the executions sent on, the oldest first; of flows that the caller may see. */
async function deliveriesOf(
  store: Store,
  { executions }: Walk,
  { principal }: Caller,
): Promise<{ deliveries: Trace['deliveries']; more: boolean }> {
  const flows = [...new Set([...executions.values()].map(({ name }) => name))];
  const rows = await Promise.all(flows.map((name) => store.flows.get(name)));
  const seen = flows.filter((_, i) => mayWithFlow(principal, 'see', rows[i]?.owner));
  const workflowIds = [...executions.values()].filter(({ name }) => seen.includes(name)).map(({ id }) => id);
  if (workflowIds.length === 0) return { deliveries: [], more: false };
  const found = await store.deliveries.search({ workflowIds, offset: 0, limit: MAX_DELIVERIES });
  const webhooks = (await Promise.all(seen.map((flow) => store.flows.webhooks(flow)))).flat();
  const names = new Map(webhooks.map(({ id, config }) => [id, String(config.name)]));
  const deliveries = await Promise.all(
    [...found.rows]
      .sort((a: Delivery, b: Delivery) => a.createdAt - b.createdAt)
      .map(async (row) => deliveryInTrace(row, names, await store.deliveries.attempts(row.id))),
  );
  return { deliveries, more: found.total > deliveries.length };
}
