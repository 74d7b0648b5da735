// Executions: start, look at, move, end, remove: /api/workflow (contract 5.1, 5.9).

import { z } from 'zod';
import type { Command } from '../../core/command.ts';
import { isRecord } from '../../core/json.ts';
import { shownWorkflow } from '../../core/mask.ts';
import type { StartOrder } from '../../engine/executions.ts';
import { isRefusal } from '../../engine/executions.ts';
import type { Answer } from '../answer.ts';
import { empty, json, problem, refusalAnswer, text } from '../answer.ts';
import {
  idempotencyStrategy,
  RerunWorkflowRequest,
  SkipTaskRequest,
  StartWorkflowRequest,
  taskStatus,
  WireTask,
  WireWorkflow,
  WorkflowStatusView,
} from '../contract/execution.ts';
import { anyObject, flag, integer, repeated } from '../contract/field.ts';
import type { AppDeps } from '../deps.ts';
import type { Caller, Route } from '../route.ts';
import { asGiven, route, withoutNulls } from '../route.ts';
import { taskToWire } from '../wire/task.ts';
import { workflowToWire } from '../wire/workflow.ts';

const tag = { tag: 'Executions' };

export const workflowRoutes = (deps: AppDeps): readonly Route[] => [
  ...startRoutes(deps),
  ...lookRoutes(deps),
  ...moveRoutes(deps),
  ...endRoutes(deps),
  ...againRoutes(deps),
];

/** Whoever sends the definition along may leave the name to it: the Go client sends an empty one. */
function namedByDefinition(body: unknown): unknown {
  const given = withoutNulls(body);
  return isRecord(given) && (given.name ?? '') === '' && isRecord(given.workflowDef)
    ? { ...given, name: given.workflowDef.name }
    : given;
}

function startRoutes({ executions, log }: AppDeps): readonly Route[] {
  const start = async (order: StartOrder, caller: Caller): Promise<Answer> => {
    const started = await executions.start({ ...order, traceId: caller.traceId });
    if (isRefusal(started)) return refusalAnswer(started);
    log.info({ traceId: caller.traceId, workflowId: started.id, name: order.name }, 'execution started');
    return text(started.id);
  };
  return [
    route({
      method: 'POST',
      path: '/api/workflow',
      need: 'run',
      ...tag,
      summary: 'Start an execution; the answer is its id as plain text',
      body: StartWorkflowRequest,
      prepare: namedByDefinition,
      answers: { 200: 'text' },
      run: async ({ body }, caller) => {
        const { workflowDef, input = {}, createdBy, externalInputPayloadStoragePath, ...order } = body;
        if (externalInputPayloadStoragePath !== undefined)
          return problem(400, 'externalInputPayloadStoragePath: there is no external storage; send the input itself');
        return start(
          {
            ...order,
            ...(workflowDef !== undefined && { def: workflowDef }),
            input,
            createdBy: createdBy ?? caller.principal.name,
          },
          caller,
        );
      },
    }),
    route({
      method: 'POST',
      path: '/api/workflow/{name}',
      need: 'run',
      ...tag,
      summary: 'Start an execution by name; the body is its input, the answer its id as plain text',
      query: z.object({
        version: integer(0).optional(),
        correlationId: z.string().max(2_000).optional(),
        priority: integer(0, 99).optional(),
      }),
      body: anyObject.optional(),
      prepare: asGiven,
      answers: { 200: 'text' },
      run: async ({ params, query, body = {} }, caller) => {
        const key = caller.header('x-idempotency-key');
        const strategy = idempotencyStrategy.optional().safeParse(caller.header('x-on-conflict')?.toUpperCase());
        if (!strategy.success)
          return problem(400, `X-on-conflict: must be one of ${idempotencyStrategy.options.join(', ')}`);
        return start(
          {
            name: params.name,
            input: body,
            ...query,
            ...(key && { idempotencyKey: key }),
            ...(strategy.data && { idempotencyStrategy: strategy.data }),
            createdBy: caller.principal.name,
          },
          caller,
        );
      },
    }),
  ];
}

const statuses = repeated.pipe(z.array(taskStatus));

function lookRoutes({ executions }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/workflow/{id}',
      need: 'read',
      ...tag,
      summary: 'One execution, with its tasks unless told otherwise',
      query: z.object({ includeTasks: flag.optional() }),
      answers: { 200: WireWorkflow },
      run: async ({ params, query }) => {
        const found = await executions.get(params.id, { tasks: query.includeTasks ?? true });
        return isRefusal(found) ? refusalAnswer(found) : json(workflowToWire(found));
      },
    }),
    route({
      method: 'GET',
      path: '/api/workflow/{id}/status',
      need: 'read',
      ...tag,
      summary: 'Status of one execution',
      query: z.object({ includeOutput: flag.optional(), includeVariables: flag.optional() }),
      answers: { 200: WorkflowStatusView },
      run: async ({ params, query }) => {
        const found = await executions.get(params.id, { tasks: false });
        if (isRefusal(found)) return refusalAnswer(found);
        const { id: workflowId, correlationId, status, output, variables } = shownWorkflow(found);
        const value: z.infer<typeof WorkflowStatusView> = {
          workflowId,
          status,
          ...(correlationId !== undefined && { correlationId }),
          ...(query.includeOutput && { output }),
          ...(query.includeVariables && { variables }),
        };
        return json(value);
      },
    }),
    route({
      method: 'GET',
      path: '/api/workflow/{id}/tasks',
      need: 'read',
      ...tag,
      summary: 'Tasks of one execution, page by page',
      query: z.object({
        start: integer(0).optional(),
        count: integer(1, 1_000).optional(),
        status: statuses.optional(),
      }),
      answers: {
        200: z.object({
          totalHits: z.number().int(),
          results: z.array(WireTask),
          /** How many tasks the execution has, by status. */
          summary: z.record(z.string(), z.number().int()),
        }),
      },
      run: async ({ params, query }) => {
        const found = await executions.get(params.id, { tasks: true });
        if (isRefusal(found)) return refusalAnswer(found);
        const { start = 0, count = 15, status } = query;
        const tasks = found.tasks.filter((task) => !status || status.includes(task.status));
        const results = tasks.slice(start, start + count).map((task) => taskToWire(found, task));
        const summary: Record<string, number> = {};
        for (const one of found.tasks) summary[one.status] = (summary[one.status] ?? 0) + 1;
        return json({ totalHits: tasks.length, results, summary });
      },
    }),
  ];
}

const reason = z.object({
  reason: z.string().max(10_000).optional(),
  /** False: the failureWorkflow of its definition is not started. */
  triggerFailureWorkflow: flag.optional(),
});

/** Commands that need no more than the id. */
const PLAIN_MOVES = [
  { method: 'PUT', verb: '{id}/pause', command: 'pause', status: 200, summary: 'Pause: nothing new is scheduled' },
  { method: 'PUT', verb: '{id}/resume', command: 'resume', status: 200, summary: 'Resume a paused execution' },
  { method: 'PUT', verb: 'decide/{id}', command: 'decide', status: 200, summary: 'Look at an execution again' },
  {
    method: 'POST',
    verb: '{id}/resetcallbacks',
    command: 'resetCallbacks',
    status: 204,
    summary: 'Let workers poll postponed tasks now',
  },
] as const;

function moveRoutes({ executions }: AppDeps): readonly Route[] {
  const move = async (id: string, command: Command, status: 200 | 204 = 200): Promise<Answer> => {
    const moved = await executions.command(id, command);
    return isRefusal(moved) ? refusalAnswer(moved) : empty(status);
  };
  return [
    ...PLAIN_MOVES.map(({ method, verb, command, status, summary }) =>
      route({
        method,
        path: `/api/workflow/${verb}`,
        need: 'run',
        ...tag,
        summary,
        answers: { [status]: 'nothing' },
        run: ({ params }) => move(params.id, { type: command }, status),
      }),
    ),
    route({
      method: 'PUT',
      path: '/api/workflow/{id}/skiptask/{ref}',
      need: 'run',
      ...tag,
      summary: 'Skip a task that has not been reached',
      body: SkipTaskRequest.optional(),
      answers: { 200: 'nothing' },
      run: ({ params: { id, ref }, body: { taskInput, taskOutput } = {} }) =>
        move(id, {
          type: 'skipTask',
          ref,
          ...(taskInput && { input: taskInput }),
          ...(taskOutput && { output: taskOutput }),
        }),
    }),
    route({
      method: 'POST',
      path: '/api/workflow/{id}/jump/{ref}',
      need: 'run',
      ...tag,
      summary: 'Go to a task of a running execution at once',
      // The Go client leaves the name of the parameter in the path and sends its value here.
      query: z.object({ taskReferenceName: z.string().optional() }),
      body: anyObject.optional(),
      prepare: asGiven,
      answers: { 200: 'nothing' },
      run: ({ params: { id, ref }, query, body }) =>
        move(id, { type: 'jump', ref: query.taskReferenceName ?? ref, ...(body && { input: body }) }),
    }),
    route({
      method: 'POST',
      path: '/api/workflow/{id}/variables',
      need: 'run',
      ...tag,
      summary: 'Change variables of an execution; the answer is the execution',
      query: z.object({ append: flag.optional() }),
      body: anyObject,
      prepare: asGiven,
      answers: { 200: WireWorkflow },
      run: async ({ params, query, body }) => {
        const moved = await executions.command(params.id, { type: 'updateVariables', variables: body, ...query });
        if (isRefusal(moved)) return refusalAnswer(moved);
        const found = await executions.get(params.id, { tasks: false });
        return isRefusal(found) ? refusalAnswer(found) : json(workflowToWire(found));
      },
    }),
  ];
}

function endRoutes({ executions }: AppDeps): readonly Route[] {
  const remove = async (id: string): Promise<Answer> => {
    const refusal = await executions.remove(id);
    return refusal ? refusalAnswer(refusal) : empty();
  };
  return [
    route({
      method: 'DELETE',
      path: '/api/workflow/{id}',
      need: 'run',
      ...tag,
      summary: 'Terminate an execution',
      query: reason,
      answers: { 200: 'nothing' },
      run: async ({ params, query }) => {
        const moved = await executions.command(params.id, { type: 'terminate', ...query });
        return isRefusal(moved) ? refusalAnswer(moved) : empty();
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/workflow/{id}/remove',
      need: 'edit',
      ...tag,
      summary: 'Delete the record of an execution',
      answers: { 200: 'nothing' },
      run: ({ params }) => remove(params.id),
    }),
    route({
      method: 'DELETE',
      path: '/api/workflow/{id}/terminate-remove',
      need: 'edit',
      ...tag,
      summary: 'Terminate an execution and delete its record',
      query: reason,
      answers: { 200: 'nothing' },
      run: async ({ params, query }) => {
        const moved = await executions.command(params.id, { type: 'terminate', ...query });
        return isRefusal(moved) && moved.code === 'notFound' ? refusalAnswer(moved) : remove(params.id);
      },
    }),
  ];
}

function againRoutes({ executions }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/workflow/{id}/restart',
      need: 'run',
      ...tag,
      summary: 'Run an ended execution again from its beginning, under the same id',
      query: z.object({ useLatestDefinitions: flag.optional() }),
      answers: { 204: 'nothing' },
      run: async ({ params, query }) => {
        const moved = await executions.restart(params.id, { useLatest: query.useLatestDefinitions ?? false });
        return isRefusal(moved) ? refusalAnswer(moved) : empty(204);
      },
    }),
    route({
      method: 'POST',
      path: '/api/workflow/{id}/retry',
      need: 'run',
      ...tag,
      summary: 'Try the failed tasks of an execution again',
      query: z.object({ resumeSubworkflowTasks: flag.optional() }),
      answers: { 204: 'nothing' },
      run: async ({ params, query }) => {
        const resumeSubworkflows = query.resumeSubworkflowTasks ?? false;
        const moved = await executions.command(params.id, { type: 'retry', resumeSubworkflows });
        return isRefusal(moved) ? refusalAnswer(moved) : empty(204);
      },
    }),
    route({
      method: 'POST',
      path: '/api/workflow/{id}/rerun',
      need: 'run',
      ...tag,
      summary: 'Run an ended execution again from one of its tasks, or whole with another input',
      body: RerunWorkflowRequest.optional(),
      answers: { 200: 'text' },
      run: async ({ params, body = {} }) => {
        const { reRunFromWorkflowId, reRunFromTaskId, taskInput, workflowInput, correlationId } = body;
        if (reRunFromWorkflowId !== undefined && reRunFromWorkflowId !== params.id)
          return problem(400, 'reRunFromWorkflowId: must be the id in the path');
        const moved = await executions.rerun(params.id, {
          ...(reRunFromTaskId !== undefined && { taskId: reRunFromTaskId }),
          ...(taskInput && { taskInput }),
          ...(workflowInput && { workflowInput }),
          ...(correlationId !== undefined && { correlationId }),
        });
        return isRefusal(moved) ? refusalAnswer(moved) : text(params.id);
      },
    }),
  ];
}
