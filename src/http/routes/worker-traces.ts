// Log lines of tasks, and when queues were polled last: /api/tasks (contract 5.1, 5.10).

import { z } from 'zod';
import { shownText } from '../../core/mask.ts';
import type { TaskAddress, Workflow } from '../../core/model.ts';
import { parseTaskId } from '../../core/model.ts';
import { isRefusal } from '../../engine/executions.ts';
import type { LastPoll } from '../../store/worker-trace.ts';
import type { Answer } from '../answer.ts';
import { empty, json, refusalAnswer, text } from '../answer.ts';
import { epochMs } from '../contract/field.ts';
import type { AppDeps } from '../deps.ts';
import { plainText } from '../plain-text.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';

const PollData = z
  .object({ queueName: z.string(), domain: z.string().optional(), workerId: z.string(), lastPollTime: epochMs })
  .meta({ id: 'PollData' });

const TaskLog = z.object({ log: z.string(), taskId: z.string(), createdTime: epochMs }).meta({ id: 'TaskLog' });

const pollToWire = ({ queue, domain, workerId, at }: LastPoll): z.infer<typeof PollData> => ({
  queueName: queue,
  ...(domain !== undefined && { domain }),
  workerId,
  lastPollTime: at,
});

export const workerTraceRoutes = (deps: AppDeps): readonly Route[] => [...logRoutes(deps), ...pollRoutes(deps)];

function logRoutes({ executions, workerTraces }: AppDeps): readonly Route[] {
  const tag = { tag: 'Tasks' };
  const ifThere = async (
    id: string,
    act: (task: TaskAddress, workflow: Workflow) => Promise<Answer>,
  ): Promise<Answer> => {
    const found = await executions.getTask(id);
    if (isRefusal(found)) return refusalAnswer(found);
    return act({ workflowId: found.workflow.id, n: found.task.n }, found.workflow);
  };
  return [
    route({
      method: 'POST',
      path: '/api/tasks/{id}/log',
      need: 'run',
      ...tag,
      summary: 'Add a line to the log of a task',
      body: 'text',
      answers: { 200: 'nothing' },
      run: ({ params, body }, caller) =>
        ifThere(params.id, async (task) => {
          await workerTraces.log(task, [{ text: plainText(body, caller.header('content-type')) }]);
          return empty();
        }),
    }),
    route({
      method: 'GET',
      path: '/api/tasks/{id}/log',
      need: 'read',
      ...tag,
      summary: 'Log of a task, the oldest line first',
      answers: { 200: z.array(TaskLog) },
      run: ({ params }) =>
        ifThere(params.id, async (task, workflow) => {
          const lines = await workerTraces.logsOf(task);
          const shown = (line: string): string => shownText(workflow, line);
          return json(lines.map(({ at, text: log }) => ({ log: shown(log), taskId: params.id, createdTime: at })));
        }),
    }),
  ];
}

function pollRoutes({ store, workerTraces }: AppDeps): readonly Route[] {
  const tag = { tag: 'Queues' };
  return [
    route({
      method: 'GET',
      path: '/api/tasks/queue/polldata',
      need: 'read',
      ...tag,
      summary: 'When a queue was polled last, by domain',
      query: z.object({ taskType: z.string() }),
      answers: { 200: z.array(PollData) },
      run: async ({ query }) => json((await workerTraces.lastPolls(query.taskType)).map(pollToWire)),
    }),
    route({
      method: 'GET',
      path: '/api/tasks/queue/polldata/all',
      need: 'read',
      ...tag,
      summary: 'When each queue was polled last, by domain',
      answers: { 200: z.array(PollData) },
      run: async () => json((await workerTraces.lastPolls()).map(pollToWire)),
    }),
    route({
      method: 'GET',
      path: '/api/tasks/queue/all/verbose',
      need: 'read',
      ...tag,
      summary: 'Tasks that wait for a worker, by type, in the shape of sharded queues',
      answers: { 200: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.number()))) },
      run: async () => {
        const sizes = await store.tasks.queueSizes();
        return json(
          Object.fromEntries(
            sizes.map(({ queue, domain, size }) => [
              domain === undefined ? queue : `${domain}:${queue}`,
              { main: { size, uacked: 0 } },
            ]),
          ),
        );
      },
    }),
    route({
      method: 'POST',
      path: '/api/tasks/queue/requeue/{type}',
      need: 'run',
      ...tag,
      summary:
        'How many tasks of a type wait for a worker; none can be missing in its queue, so nothing is to be put back',
      answers: { 200: 'text' },
      run: async ({ params }) => {
        const sizes = (await store.tasks.queueSizes()).filter(({ queue }) => queue === params.type);
        return text(String(sizes.reduce((sum, { size }) => sum + size, 0)));
      },
    }),
  ];
}

/** Lines of a report, for the log of its task. */
export function linesOf(
  taskId: string,
  logs: readonly { readonly log?: string; readonly createdTime?: unknown }[] | undefined,
):
  | { readonly task: TaskAddress; readonly lines: readonly { readonly text: string; readonly at?: number }[] }
  | undefined {
  const task = parseTaskId(taskId);
  if (!task || !logs?.length) return undefined;
  const lines = logs.flatMap(({ log, createdTime }) =>
    log === undefined ? [] : [{ text: log, ...(isMoment(createdTime) && { at: createdTime }) }],
  );
  return { task, lines };
}

/** What fits into a column of whole numbers. */
const isMoment = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
