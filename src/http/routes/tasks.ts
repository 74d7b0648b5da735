// What workers say and ask: poll, report, look at a task: /api/tasks (contract 5.1, 5.3, 5.13).

import { z } from 'zod';
import type { Moved, Report } from '../../engine/executions.ts';
import { isRefusal } from '../../engine/executions.ts';
import type { PolledTask } from '../../store/poll.ts';
import type { Answer } from '../answer.ts';
import { empty, json, problem, refusalAnswer, text } from '../answer.ts';
import type { TaskResult as WireResult } from '../contract/execution.ts';
import { reportedStatus, TaskResult, WireTask, WireWorkflow } from '../contract/execution.ts';
import { anyObject, integer } from '../contract/field.ts';
import type { AppDeps } from '../deps.ts';
import type { Caller, Route } from '../route.ts';
import { asGiven, route } from '../route.ts';
import { handedToWire, taskToWire } from '../wire/task.ts';
import { workflowToWire } from '../wire/workflow.ts';
import { linesOf } from './worker-traces.ts';

const tag = { tag: 'Tasks' };

/** Conductor's: a longer wish is refused. */
const MAX_POLL_MS = 5_000;
const DEFAULT_POLL_MS = 100;
/** Tasks that one poll takes; each becomes one transition. */
const MAX_POLL_COUNT = 1_000;
const NO_WORKER = 'unknown';
/** What Conductor's clients write for "no domain". */
const NO_DOMAIN = 'NO_DOMAIN';

const PollQuery = z.object({ workerid: z.string().max(1_000).optional(), domain: z.string().max(255).optional() });
const BatchQuery = PollQuery.extend({
  count: integer(1, MAX_POLL_COUNT).optional(),
  timeout: integer(0, MAX_POLL_MS).optional(),
});

export const taskRoutes = (deps: AppDeps): readonly Route[] => [
  ...pollRoutes(deps),
  ...reportRoutes(deps),
  ...referenceRoutes(deps),
];

/** As the worker gets it: with secrets and variables filled in. */
const polledToWire = async ({ task, place, workflow }: PolledTask, { fillIn }: AppDeps['secrets']) =>
  handedToWire(workflow, await fillIn(task, place), task.def ?? place);

function pollRoutes({ queueWatch, executions, workerTraces, secrets, log }: AppDeps): readonly Route[] {
  const poll = async (
    queue: string,
    { workerid, domain, count = 1, timeout = 0 }: z.infer<typeof BatchQuery>,
    caller: Caller,
  ) => {
    const wish = {
      queue,
      workerId: workerid ?? NO_WORKER,
      count,
      ...(domain && domain !== NO_DOMAIN && { domain }),
    };
    workerTraces.polled({ queue, workerId: wish.workerId, ...(wish.domain && { domain: wish.domain }) });
    const tasks = await queueWatch.poll(wish, timeout, caller.onGone);
    for (const { workflow, task } of tasks)
      log.debug({ traceId: workflow.traceId, workflowId: workflow.id, n: task.n, queue, workerid }, 'task polled');
    return Promise.all(tasks.map((task) => polledToWire(task, secrets)));
  };
  return [
    route({
      method: 'GET',
      path: '/api/tasks/poll/{type}',
      need: 'run',
      ...tag,
      summary: 'Take one task of a type, or 204',
      query: PollQuery,
      answers: { 200: WireTask, 204: 'nothing' },
      run: async ({ params, query }, caller) => {
        const [task] = await poll(params.type, query, caller);
        return task ? json(task) : empty(204);
      },
    }),
    route({
      method: 'GET',
      path: '/api/tasks/poll/batch/{type}',
      need: 'run',
      ...tag,
      summary: 'Take several tasks of a type; waits up to `timeout` ms for the first one',
      query: BatchQuery,
      answers: { 200: z.array(WireTask) },
      run: async ({ params, query }, caller) =>
        json(await poll(params.type, { timeout: DEFAULT_POLL_MS, ...query }, caller)),
    }),
    route({
      method: 'GET',
      path: '/api/tasks/{id}',
      need: 'read',
      ...tag,
      summary: 'One task, by its id',
      answers: { 200: WireTask },
      run: async ({ params }) => {
        const found = await executions.getTask(params.id);
        return isRefusal(found) ? refusalAnswer(found) : json(taskToWire(found.workflow, found.task));
      },
    }),
  ];
}

function reportOf(result: WireResult): Report {
  const { status, outputData, reasonForIncompletion, callbackAfterSeconds, workerId, extendLease, subWorkflowId } =
    result;
  return {
    status,
    ...(outputData && { output: outputData }),
    ...(reasonForIncompletion !== undefined && { reason: reasonForIncompletion }),
    ...(callbackAfterSeconds !== undefined && { callbackAfterSeconds }),
    ...(workerId !== undefined && { workerId }),
    ...(extendLease !== undefined && { extendLease }),
    ...(subWorkflowId !== undefined && { subWorkflowId }),
  };
}

function reportRoutes({ executions, store, clock, workerTraces, secrets, log }: AppDeps): readonly Route[] {
  const report = async (result: WireResult): Promise<Moved | Answer> => {
    const { taskId, workflowInstanceId } = result;
    if (workflowInstanceId && !taskId.startsWith(`${workflowInstanceId}.`)) {
      const found = await executions.getTask(taskId);
      if (isRefusal(found)) return refusalAnswer(found);
      return problem(400, `workflowInstanceId: task ${taskId} does not belong to execution ${workflowInstanceId}`);
    }
    const said = linesOf(taskId, result.logs);
    if (said) {
      const found = await executions.getTask(taskId);
      if (isRefusal(found)) return refusalAnswer(found);
      // Before the report: whoever sees the task ended finds its log, and a crash in between loses no line.
      await workerTraces.log(said.task, said.lines);
    }
    const moved = await executions.report(taskId, reportOf(result));
    if (isRefusal(moved)) return refusalAnswer(moved);
    const { traceId, id } = moved.workflow;
    log.debug({ traceId, workflowId: id, taskId, status: result.status, did: moved.outcome.type }, 'task reported');
    return moved;
  };
  return [
    route({
      method: 'POST',
      path: '/api/tasks',
      need: 'run',
      ...tag,
      summary: 'Report how a task stands; the answer is its id as plain text',
      body: TaskResult,
      answers: { 200: 'text' },
      run: async ({ body }) => {
        const moved = await report(body);
        return moved.type === 'moved' ? text(body.taskId) : moved;
      },
    }),
    route({
      method: 'POST',
      path: '/api/tasks/update-v2',
      need: 'run',
      ...tag,
      summary: 'Report how a task stands and take the next one of its type, or 204',
      body: TaskResult,
      answers: { 200: WireTask, 204: 'nothing' },
      run: async ({ body }) => {
        const moved = await report(body);
        if (moved.type !== 'moved') return moved;
        const { task } = moved.outcome;
        if (task?.type !== 'SIMPLE') return empty(204);
        const [next] = await store.tasks.poll({
          queue: task.name,
          workerId: body.workerId ?? NO_WORKER,
          count: 1,
          now: clock.now(),
          ...(task.domain !== undefined && { domain: task.domain }),
        });
        return next ? json(await polledToWire(next, secrets)) : empty(204);
      },
    }),
  ];
}

/** By execution and reference name: what others than workers use to complete a task (contract 6, pain 4). */
function referenceRoutes({ executions }: AppDeps): readonly Route[] {
  const query = z.object({ workerid: z.string().max(1_000).optional() });
  const body = anyObject.optional();
  const prepare = asGiven;
  const report = async (
    { id, ref, status }: { readonly id: string; readonly ref: string; readonly status: string },
    workerId: string | undefined,
    output: z.infer<typeof body>,
  ) => {
    const known = reportedStatus.safeParse(status);
    if (!known.success) return problem(400, `status: must be one of ${reportedStatus.options.join(', ')}`);
    const moved = await executions.reportByReference(id, ref, {
      status: known.data,
      ...(output && { output }),
      ...(workerId !== undefined && { workerId }),
    });
    return isRefusal(moved) ? refusalAnswer(moved) : moved;
  };
  return [
    route({
      method: 'POST',
      path: '/api/tasks/{id}/{ref}/{status}',
      need: 'run',
      ...tag,
      summary: 'Report how a task stands, by execution and reference name; the answer is its id as plain text',
      query,
      body,
      prepare,
      answers: { 200: 'text' },
      run: async ({ params, query: { workerid }, body: output }) => {
        const moved = await report(params, workerid, output);
        if (moved.type !== 'moved') return moved;
        return text(moved.outcome.task ? `${params.id}.${moved.outcome.task.n}` : '');
      },
    }),
    route({
      method: 'POST',
      path: '/api/tasks/{id}/{ref}/{status}/sync',
      need: 'run',
      ...tag,
      summary: 'As without sync; the answer is the execution as it stands then',
      query,
      body,
      prepare,
      answers: { 200: WireWorkflow },
      run: async ({ params, query: { workerid }, body: output }) => {
        const moved = await report(params, workerid, output);
        if (moved.type !== 'moved') return moved;
        const found = await executions.get(params.id, { tasks: true });
        return isRefusal(found) ? refusalAnswer(found) : json(workflowToWire(found));
      },
    }),
  ];
}
