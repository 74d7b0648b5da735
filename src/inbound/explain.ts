// Why an event did, or did not, end a wait: every clause with what was wanted and what came. Pure; the same rules as matching.

import type { Json, JsonObject } from '../core/json.ts';
import { readPath } from '../core/language/json-path.ts';
import { matchesOf, textOf, valuesFor } from '../core/match.ts';
import type { Task, Workflow } from '../core/model.ts';
import { referenceName } from '../core/model.ts';
import { explainWhen, lookBackFrom } from '../core/wait-terms.ts';
import type { EventRecord } from '../store/store.ts';

export interface Clause {
  readonly clause: string;
  readonly expected: Json;
  /** Absent: the event has nothing there. */
  readonly received?: Json;
  readonly held: boolean;
}

export interface Explained {
  readonly eventId: string;
  readonly workflowId: string;
  readonly workflowName: string;
  readonly version: number;
  readonly taskRef: string;
  /** True when every clause held. */
  readonly fits: boolean;
  readonly failed: number;
  readonly clauses: readonly Clause[];
}

/** Near misses that are told. */
const MAX_NEAR = 20;

export const nearest = (all: readonly Explained[]): readonly Explained[] =>
  [...all].sort((a, b) => a.failed - b.failed).slice(0, MAX_NEAR);

/** One event against one wait. `document`: the payload with what came beside it; undefined for a request without one. */
export function explainMatch(
  event: Pick<EventRecord, 'eventId' | 'route' | 'receivedAt' | 'verdict' | 'effects'>,
  document: JsonObject | undefined,
  workflow: Workflow,
  task: Task,
): Explained {
  const clauses = [
    ...routeClauses(event, workflow),
    ...timeClauses(event, workflow, task),
    ...matchClauses(task, document ?? {}),
    ...explainWhen(task.input, document ?? {}).map(({ received, ...rest }) => ({
      ...rest,
      ...(received !== undefined && { received }),
    })),
  ];
  const failed = clauses.filter(({ held }) => !held).length;
  return {
    eventId: event.eventId,
    workflowId: workflow.id,
    workflowName: workflow.name,
    version: workflow.version,
    taskRef: referenceName(task),
    fits: failed === 0,
    failed,
    clauses,
  };
}

function routeClauses({ verdict, route }: Pick<EventRecord, 'verdict' | 'route'>, workflow: Workflow): Clause[] {
  const isTaken = verdict === 'verified' || verdict === 'observed';
  const receivers = route?.receivers ?? [];
  const named = receivers.filter(({ name }) => name === workflow.name);
  const versions = named.map(({ version }) => version);
  const isVersion = versions.some((version) => version === 'any' || version === workflow.version);
  return [
    { clause: 'the event was verified', expected: 'verified', received: verdict, held: isTaken },
    {
      clause: 'the webhook names the workflow',
      expected: workflow.name,
      received: receivers.map(({ name }) => name),
      held: named.length > 0,
    },
    { clause: 'the webhook names its version', expected: workflow.version, received: versions, held: isVersion },
  ];
}

function timeClauses(
  { receivedAt, effects, route }: Pick<EventRecord, 'receivedAt' | 'effects' | 'route'>,
  workflow: Workflow,
  task: Task,
): Clause[] {
  const since = lookBackFrom(workflow, task);
  const opened = task.startedAt ?? task.scheduledAt;
  const clauses: Clause[] = [
    { clause: 'the event came since then', expected: since, received: receivedAt, held: receivedAt >= since },
  ];
  if (receivedAt < opened && route?.findableMs !== undefined)
    clauses.push({
      clause: 'the event could still be found when the wait opened',
      expected: opened,
      received: receivedAt + route.findableMs,
      held: receivedAt + route.findableMs >= opened,
    });
  const had = effects.find(({ workflowId, type }) => workflowId === workflow.id && type !== 'failed');
  if (had)
    clauses.push({
      clause: 'the execution has not had the event yet',
      expected: null,
      received: had.taskRef ?? had.type,
      held: false,
    });
  return clauses;
}

function matchClauses(task: Task, document: JsonObject): Clause[] {
  return Object.entries(matchesOf(task.input)).map(([path, expected]) => {
    const received = readPath(path, document);
    const shape = { workflowName: '', version: 0, place: '', paths: [path] };
    const [value] = valuesFor(shape, document) ?? [];
    return {
      clause: path,
      expected,
      ...(received !== undefined && { received }),
      held: value !== undefined && value === textOf(expected),
    };
  });
}
