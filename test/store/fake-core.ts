// Small rules for tests of the store: a list of tasks, one after the other. They show what the store does with decisions,
// whatever the real rules do. Types: WAIT_FOR_WEBHOOK, SIMPLE, WAIT, SUB_WORKFLOW, LOOP (repeats a wait), THROW, NOOP.

import type { Command, Outcome, StartRequest } from '../../src/core/command.ts';
import type { Decision, Env } from '../../src/core/decision.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Message } from '../../src/core/message.ts';
import type { Task, Workflow } from '../../src/core/model.ts';
import { hasEnded, isTerminal } from '../../src/core/model.ts';

type Draft = { -readonly [K in keyof Workflow]: Workflow[K] } & { tasks: Task[] };

interface Work {
  readonly draft: Draft;
  readonly env: Env;
  readonly changed: Set<number>;
  readonly messages: Message[];
}

const work = (workflow: Workflow, env: Env): Work => ({
  draft: { ...workflow, tasks: [...workflow.tasks] },
  env,
  changed: new Set(),
  messages: [],
});

function put(w: Work, task: Task): void {
  const i = w.draft.tasks.findIndex(({ n }) => n === task.n);
  if (i < 0) w.draft.tasks.push(task);
  else w.draft.tasks[i] = task;
  w.changed.add(task.n);
}

function end(w: Work, task: Task, output: JsonObject, more: Partial<Task> = {}): Task {
  const ended: Task = { ...task, status: 'COMPLETED', output, endedAt: w.env.now, updatedAt: w.env.now, ...more };
  put(w, ended);
  return ended;
}

function inputOf(w: Work, input: JsonObject = {}): JsonObject {
  const text = JSON.stringify(input).replace(/"\$\{workflow\.input\.(\w+)\}"/g, (_, name) =>
    JSON.stringify(w.draft.input[name] ?? null),
  );
  return JSON.parse(text);
}

function schedule(w: Work, index: number, iteration: number): void {
  const place = w.draft.def.tasks[index];
  if (!place) return;
  const n = w.draft.nextN++;
  const queued = place.type === 'SIMPLE' || place.type === 'HTTP';
  const task: Task = {
    n,
    place: place.taskReferenceName,
    scope: iteration ? `__${iteration}` : '',
    type: place.type === 'LOOP' ? 'WAIT_FOR_WEBHOOK' : place.type,
    name: place.name,
    status: queued ? 'SCHEDULED' : 'IN_PROGRESS',
    input: inputOf(w, place.inputParameters),
    output: {},
    retryCount: 0,
    iteration,
    scheduledAt: w.env.now,
    updatedAt: w.env.now,
    pollCount: 0,
    ...(place.type === 'WAIT' && { wakeAt: w.env.now + Number(place.inputParameters?.ms ?? 0) }),
    ...(place.type === 'SUB_WORKFLOW' && { subWorkflowId: w.env.newId() }),
  };
  put(w, task);
  if (place.type === 'SUB_WORKFLOW')
    w.messages.push({
      type: 'start',
      id: task.subWorkflowId as string,
      name: place.subWorkflowParam?.name as string,
      input: task.input,
      depth: w.draft.depth + 1,
      by: { workflowId: w.draft.id, n, waits: true },
      ...(place.subWorkflowParam?.idempotencyKey && { idempotencyKey: place.subWorkflowParam.idempotencyKey }),
      ...(place.subWorkflowParam?.idempotencyStrategy && {
        idempotencyStrategy: place.subWorkflowParam.idempotencyStrategy,
      }),
    });
}

function decide(w: Work): void {
  for (;;) {
    if (isTerminal(w.draft.status)) return;
    const last = w.draft.tasks.at(-1);
    const index = last ? w.draft.def.tasks.findIndex((t) => t.taskReferenceName === last.place) : -1;
    if (last && last.type === 'WAIT' && !hasEnded(last) && last.wakeAt !== undefined && last.wakeAt <= w.env.now)
      end(w, last, {});
    else if (last && last.type === 'NOOP' && !hasEnded(last)) end(w, last, {});
    else if (last && !hasEnded(last)) return;
    else if (last?.status === 'FAILED') return finish(w, 'FAILED');
    else if (last && !last.executed) {
      put(w, { ...last, executed: true });
      const place = w.draft.def.tasks[index];
      const again = place?.type === 'LOOP' && last.iteration < Number(place.inputParameters?.times);
      if (again) schedule(w, index, last.iteration + 1);
      else if (index + 1 < w.draft.def.tasks.length)
        schedule(w, index + 1, w.draft.def.tasks[index + 1]?.type === 'LOOP' ? 1 : 0);
      else return finish(w, 'COMPLETED');
    } else if (!last) schedule(w, 0, w.draft.def.tasks[0]?.type === 'LOOP' ? 1 : 0);
    else return;
  }
}

function finish(w: Work, status: Workflow['status']): void {
  const from = w.draft.status;
  w.draft.status = status;
  w.draft.endedAt = w.env.now;
  w.draft.output = w.draft.tasks.at(-1)?.output ?? {};
  for (const task of w.draft.tasks)
    if (!hasEnded(task)) put(w, { ...task, status: 'CANCELED', endedAt: w.env.now, updatedAt: w.env.now });
  w.messages.push({ type: 'workflowChanged', from, to: status });
  const { parent } = w.draft;
  if (parent)
    w.messages.push({
      type: 'tell',
      workflowId: parent.workflowId,
      command: { type: 'childEnded', n: parent.n, childId: w.draft.id, status, output: w.draft.output },
    });
}

function apply(w: Work, command: Command): Outcome {
  const find = (n: number): Task | undefined => w.draft.tasks.find((task) => task.n === n);
  switch (command.type) {
    case 'eventArrived': {
      const task = find(command.n);
      if (!task || hasEnded(task)) return { type: 'ignored', reason: 'not open' };
      if (w.draft.input.poison) throw new Error('poisoned by the test');
      return { type: 'done', task: end(w, task, command.payload, { outputEvent: command.eventId }) };
    }
    case 'pollTask': {
      const task = find(command.n);
      if (task?.status !== 'SCHEDULED') return { type: 'ignored', reason: 'taken' };
      const taken: Task = {
        ...task,
        status: 'IN_PROGRESS',
        workerId: command.workerId,
        startedAt: w.env.now,
        pollCount: task.pollCount + 1,
      };
      put(w, taken);
      return { type: 'done', task: taken };
    }
    case 'updateTask': {
      const task = w.draft.tasks.find((t) =>
        'n' in command.task ? t.n === command.task.n : t.place === command.task.ref && !hasEnded(t),
      );
      if (!task) return { type: 'refused', code: 'notFound', reason: 'no such task' };
      if (hasEnded(task)) return { type: 'ignored', reason: 'ended' };
      return { type: 'done', task: end(w, task, command.output ?? {}, { status: command.status }) };
    }
    case 'childEnded': {
      const task = find(command.n);
      if (!task || hasEnded(task)) return { type: 'ignored', reason: 'not open' };
      return { type: 'done', task: end(w, task, command.output) };
    }
    case 'startFailed': {
      const task = find(command.n);
      if (!task || hasEnded(task)) return { type: 'ignored', reason: 'not open' };
      return {
        type: 'done',
        task: end(w, task, {}, { status: 'FAILED', reason: `${command.status} ${command.reason}` }),
      };
    }
    case 'startedAs': {
      const task = find(command.n);
      if (task) put(w, { ...task, subWorkflowId: command.existingId });
      return { type: 'done' };
    }
    case 'updateVariables': {
      if (command.variables.poison) throw new Error('poisoned by the test');
      const seen = (w.draft.variables.seen ?? []) as readonly number[];
      w.draft.variables = {
        ...w.draft.variables,
        ...command.variables,
        seen: [...seen, Number(command.variables.i ?? 0)],
      };
      return { type: 'done' };
    }
    case 'upgrade':
      w.draft.def = command.def;
      w.draft.version = command.def.version;
      return { type: 'done' };
    case 'terminate':
      finish(w, 'TERMINATED');
      return { type: 'done' };
    case 'decide':
      if (w.draft.variables.poisonAlarm) throw new Error('poisoned alarm');
      return { type: 'done' };
    default:
      return { type: 'ignored', reason: command.type };
  }
}

function close(w: Work, before: Workflow | undefined, outcomes: Outcome[]): Decision {
  const { draft } = w;
  const same =
    before &&
    w.changed.size === 0 &&
    before.variables === draft.variables &&
    before.status === draft.status &&
    before.def === draft.def;
  if (!same) draft.updatedAt = w.env.now;
  return {
    after: same ? before : draft,
    changed: [...w.changed].sort((a, b) => a - b),
    removed: [],
    messages: w.messages,
    outcomes,
  };
}

export function transition(workflow: Workflow, commands: readonly Command[], env: Env): Decision {
  const w = work(workflow, env);
  const outcomes = commands.map((command) => apply(w, command));
  decide(w);
  return close(w, workflow, outcomes);
}

export function begin(request: StartRequest, env: Env): Decision {
  const { def } = request;
  if (def.tasks[0]?.type === 'THROW') throw new Error('cannot begin');
  const w = work(
    {
      id: request.id,
      name: def.name,
      version: def.version,
      def,
      status: 'RUNNING',
      input: request.input,
      output: {},
      variables: {},
      priority: request.priority ?? 0,
      ...(request.correlationId !== undefined && { correlationId: request.correlationId }),
      ...(request.idempotencyKey !== undefined && { idempotencyKey: request.idempotencyKey }),
      ...(request.event !== undefined && { event: request.event }),
      ...(request.parent !== undefined && { parent: request.parent }),
      depth: request.depth ?? 0,
      createdAt: env.now,
      startedAt: env.now,
      updatedAt: env.now,
      failedRefs: [],
      failedNames: [],
      nextN: 1,
      tasks: [],
    },
    env,
  );
  decide(w);
  return close(w, undefined, []);
}
