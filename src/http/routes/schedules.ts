// Schedules: /api/scheduler (contract 5.15). Pausing and resuming one is a PUT in some servers and a GET in others; both work.

import { z } from 'zod';
import type { Refusal } from '../../core/command.ts';
import type { BulkResult } from '../../engine/definitions.ts';
import { isRefusal } from '../../engine/executions.ts';
import { type ScheduleConfig, timesOf } from '../../engine/schedules.ts';
import type { TagValue } from '../../store/registries.ts';
import type { ScheduleQuery, ScheduleRow } from '../../store/schedule.ts';
import type { Answer } from '../answer.ts';
import { empty, json, problem, refusalAnswer } from '../answer.ts';
import { BulkResponse } from '../contract/definition.ts';
import { flag, integer, MAX_EPOCH_MS, name } from '../contract/field.ts';
import { SaveScheduleRequest, ScheduleExecutionPage, SchedulePage, WorkflowSchedule } from '../contract/schedule.ts';
import type { AppDeps } from '../deps.ts';
import type { Caller, Route } from '../route.ts';
import { route } from '../route.ts';
import { readRunQuery, readRunSort } from '../schedule-query.ts';
import { runToWire, scheduleToWire } from '../wire/schedule.ts';
import { tagRoutesOf } from './tags.ts';

const tag = { tag: 'Schedules' };

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;
/** Schedules that one answer without pages holds. */
const MAX_LIST = 1_000;
const MAX_NAMES = 1_000;
/** Moments that one preview shows; Conductor's limit. */
const MAX_PREVIEW = 5;
const DEFAULT_PREVIEW = 3;

export const scheduleRoutes = (deps: AppDeps): readonly Route[] => [
  ...listRoutes(deps),
  ...oneRoutes(deps),
  ...pauseRoutes(deps),
  ...runRoutes(deps),
  ...adminRoutes(deps),
  ...tagRoutesOf(deps, {
    kind: 'schedule',
    path: '/api/scheduler/schedules/{name}/tags',
    word: 'schedule',
    put: 'add',
    exists: async (name) => !isRefusal(await deps.schedules.get(name)),
  }),
];

const ListQuery = z.object({ workflowName: z.string().optional() });
const SearchQuery = z.object({
  workflowName: z.string().optional(),
  scheduleName: z.string().optional(),
  paused: flag.optional(),
  freeText: z.string().max(1_000).optional(),
  start: integer(0).optional(),
  size: integer(0, MAX_PAGE).optional(),
  sort: z.string().max(200).optional(),
});

const textOf = (freeText: string | undefined): { text?: string } =>
  freeText && freeText !== '*' ? { text: freeText } : {};

function listRoutes({ schedules, store }: AppDeps): readonly Route[] {
  const list = async (query: ScheduleQuery) => {
    const [{ total, rows }, tags] = await Promise.all([schedules.list(query), store.tags.list('schedule')]);
    const tagsOf = (name: string): readonly TagValue[] =>
      tags.filter((one) => one.name === name).map(({ kind: _, name: __, ...value }) => value);
    return { total, results: rows.map((row) => scheduleToWire(row, tagsOf(row.name))) };
  };
  return [
    route({
      method: 'GET',
      path: '/api/scheduler/schedules',
      need: 'read',
      ...tag,
      summary: 'All schedules, or those of one workflow',
      query: ListQuery,
      answers: { 200: z.array(WorkflowSchedule) },
      run: async ({ query }) => json((await list({ ...query, offset: 0, limit: MAX_LIST })).results),
    }),
    route({
      method: 'GET',
      path: '/api/scheduler/schedules/search',
      need: 'read',
      ...tag,
      summary: 'Schedules by name, workflow, pause and text',
      query: SearchQuery,
      answers: { 200: SchedulePage },
      run: async ({ query: { scheduleName, freeText, start = 0, size = DEFAULT_PAGE, sort, ...query } }) => {
        const found = await list({
          ...query,
          ...(scheduleName !== undefined && { names: [scheduleName] }),
          ...textOf(freeText),
          descending: /:desc$/i.test(sort ?? ''),
          offset: start,
          limit: size,
        });
        return json({ totalHits: found.total, results: found.results });
      },
    }),
    route({
      method: 'GET',
      path: '/api/scheduler/schedules/tags',
      need: 'read',
      ...tag,
      summary: 'Schedules that have a tag, written key:value',
      query: z.object({ tag: z.string() }),
      answers: { 200: z.array(WorkflowSchedule) },
      run: async ({ query }) => {
        const tagged = (await store.tags.list('schedule')).filter(({ key, value }) => `${key}:${value}` === query.tag);
        const names = [...new Set(tagged.map((one) => one.name))];
        return json((await list({ names, offset: 0, limit: MAX_LIST })).results);
      },
    }),
  ];
}

function oneRoutes({ schedules, store }: AppDeps): readonly Route[] {
  const view = async (row: ScheduleRow): Promise<Answer> =>
    json(scheduleToWire(row, await store.tags.of('schedule', row.name)));
  return [
    route({
      method: 'POST',
      path: '/api/scheduler/schedules',
      need: 'edit',
      ...tag,
      summary: 'Save a schedule; one of the same name is replaced',
      body: SaveScheduleRequest,
      answers: { 200: WorkflowSchedule },
      run: async ({ body }, caller) => {
        const saved = await schedules.save(...savedParts(body), caller.principal.name);
        return isRefusal(saved) ? refusalAnswer(saved) : view(saved);
      },
    }),
    route({
      method: 'GET',
      path: '/api/scheduler/schedules/{name}',
      need: 'read',
      ...tag,
      summary: 'One schedule',
      answers: { 200: WorkflowSchedule },
      run: async ({ params }) => {
        const found = await schedules.get(params.name);
        return isRefusal(found) ? refusalAnswer(found) : view(found);
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/scheduler/schedules/{name}',
      need: 'edit',
      ...tag,
      summary: 'Delete a schedule; the records of its runs stay',
      answers: { 200: 'nothing' },
      run: async ({ params }) => {
        const refusal = await schedules.remove(params.name);
        if (refusal) return refusalAnswer(refusal);
        await store.tags.set('schedule', params.name, []);
        return empty();
      },
    }),
  ];
}

/** The part that a client sets, and whether it is to stand still. */
export function savedParts(
  body: z.infer<typeof SaveScheduleRequest>,
): [config: ScheduleConfig, paused: { reason?: string } | undefined] {
  const { name: scheduleName, startWorkflowRequest, paused, pausedReason } = body;
  const { cronExpression, zoneId, cronSchedules, scheduleStartTime, scheduleEndTime, description } = body;
  const { runCatchupScheduleInstances } = body;
  const { externalInputPayloadStoragePath: _, ...request } = startWorkflowRequest;
  const config = {
    name: scheduleName,
    ...(cronExpression !== undefined && { cronExpression }),
    ...(zoneId !== undefined && { zoneId }),
    ...(cronSchedules !== undefined && { cronSchedules }),
    ...(scheduleStartTime !== undefined && { scheduleStartTime }),
    ...(scheduleEndTime !== undefined && { scheduleEndTime }),
    ...(runCatchupScheduleInstances !== undefined && { runCatchupScheduleInstances }),
    ...(description !== undefined && { description }),
    startWorkflowRequest: request,
  };
  return [config, paused ? { ...(pausedReason !== undefined && { reason: pausedReason }) } : undefined];
}

function pauseRoutes({ schedules }: AppDeps): readonly Route[] {
  const answer = (refusal: Refusal | undefined): Answer => (refusal ? refusalAnswer(refusal) : empty());
  const pause = (method: 'GET' | 'PUT'): Route =>
    route({
      method,
      path: '/api/scheduler/schedules/{name}/pause',
      need: 'edit',
      ...tag,
      summary: 'Pause a schedule',
      query: z.object({ reason: z.string().max(4_000).optional() }),
      answers: { 200: 'nothing' },
      run: async ({ params, query }, caller) =>
        answer(await schedules.pause(params.name, query.reason, caller.principal.name)),
    });
  const resume = (method: 'GET' | 'PUT'): Route =>
    route({
      method,
      path: '/api/scheduler/schedules/{name}/resume',
      need: 'edit',
      ...tag,
      summary: 'Let a paused schedule go on',
      answers: { 200: 'nothing' },
      run: async ({ params }, caller) => answer(await schedules.resume(params.name, caller.principal.name)),
    });
  const bulk = (verb: 'pause' | 'resume'): Route =>
    route({
      method: 'PUT',
      path: `/api/scheduler/bulk/${verb}`,
      need: 'edit',
      ...tag,
      summary: `${verb === 'pause' ? 'Pause' : 'Resume'} many schedules`,
      body: z.array(name).max(MAX_NAMES),
      answers: { 200: BulkResponse },
      run: async ({ body }, caller: Caller) => {
        const by = caller.principal.name;
        return bulkAnswer(
          await schedules.each(body, (one) =>
            verb === 'pause' ? schedules.pause(one, undefined, by) : schedules.resume(one, by),
          ),
        );
      },
    });
  return [pause('PUT'), pause('GET'), resume('PUT'), resume('GET'), bulk('pause'), bulk('resume')];
}

const bulkAnswer = ({ done, refused }: BulkResult): Answer =>
  json({
    bulkErrorResults: Object.fromEntries(refused),
    bulkSuccessfulResults: done,
    message: `${done.length} done, ${refused.size} not`,
  });

function runRoutes({ schedules }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/scheduler/schedules/{name}/run',
      need: 'run',
      ...tag,
      summary: 'Start the workflow of a schedule at once, paused or not',
      answers: { 200: z.object({ executionId: z.string(), workflowId: z.string() }) },
      run: async ({ params }) => {
        const run = await schedules.runNow(params.name);
        return isRefusal(run) ? refusalAnswer(run) : json({ executionId: run.id, workflowId: run.workflowId });
      },
    }),
    route({
      method: 'GET',
      path: '/api/scheduler/nextFewSchedules',
      need: 'read',
      ...tag,
      summary: 'The next moments of a cron expression, as epoch ms',
      query: z.object({
        cronExpression: z.string().max(1_000),
        zoneId: z.string().max(100).optional(),
        scheduleStartTime: integer(0, MAX_EPOCH_MS).optional(),
        scheduleEndTime: integer(0, MAX_EPOCH_MS).optional(),
        limit: integer(1).optional(),
      }),
      answers: { 200: z.array(z.number()) },
      run: async ({ query: { limit = DEFAULT_PREVIEW, ...times } }) => {
        const moments = schedules.preview(timesOf(times), Math.min(limit, MAX_PREVIEW));
        return 'type' in moments ? refusalAnswer(moments) : json(moments);
      },
    }),
    route({
      method: 'GET',
      path: '/api/scheduler/search/executions',
      need: 'read',
      ...tag,
      summary: 'Runs of schedules, newest first unless sorted otherwise',
      query: z.object({
        query: z.string().optional(),
        freeText: z.string().max(1_000).optional(),
        start: integer(0).optional(),
        size: integer(0, MAX_PAGE).optional(),
        sort: z.string().max(200).optional(),
      }),
      answers: { 200: ScheduleExecutionPage },
      run: async ({ query: { query = '', freeText, start = 0, size = DEFAULT_PAGE, sort } }) => {
        const [conditions, order] = [readRunQuery(query), readRunSort(sort)];
        if (!conditions.ok) return problem(400, conditions.reason);
        if ('reason' in order) return problem(400, order.reason);
        const page = { ...conditions.query, ...textOf(freeText), sort: order, offset: start, limit: size };
        const { total, rows } = await schedules.runs(page);
        return json({ totalHits: total, results: rows.map(runToWire) });
      },
    }),
  ];
}

function adminRoutes({ schedules }: AppDeps): readonly Route[] {
  const admin = (verb: string, summary: string, act: () => Promise<void>): Route =>
    route({
      method: 'GET',
      path: `/api/scheduler/admin/${verb}`,
      need: 'admin',
      ...tag,
      summary,
      answers: { 200: z.object({}) },
      run: async () => {
        await act();
        return json({});
      },
    });
  return [
    admin('pause', 'Stop all schedules of this installation', () => schedules.halt(true)),
    admin('resume', 'Let all schedules go on', () => schedules.halt(false)),
    // Nothing is ever lost here: what was due is in the rows, and this only looks sooner.
    admin('requeue', 'Look at once for what is due', () => schedules.look()),
  ];
}
