// The verbs that start and move executions, in the words of the API: each is one transaction of the store,
// and what cannot be done comes back as a refusal.

import type { Command, Refusal, ReportedStatus, TaskPointer } from '../core/command.ts';
import { refused } from '../core/command.ts';
import type { JsonObject } from '../core/json.ts';
import type { IdempotencyStrategy, Task, Workflow } from '../core/model.ts';
import { isTerminal, parseTaskId } from '../core/model.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Store, Told, TransitionResult } from '../store/store.ts';
import type { Definitions } from './definitions.ts';
import { unknownExecution, unknownTask } from './refusals.ts';
import { type Rerun, rerun } from './rerun.ts';

export interface StartOrder {
  readonly name: string;
  /** Absent or 0: the latest. */
  readonly version?: number;
  /** Inline definition, as it was written; nothing needs to be registered. */
  readonly def?: unknown;
  readonly input: JsonObject;
  readonly correlationId?: string;
  readonly priority?: number;
  readonly taskToDomain?: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
  readonly idempotencyStrategy?: IdempotencyStrategy;
  readonly createdBy?: string;
  readonly traceId?: string;
}

export interface Report {
  readonly status: ReportedStatus;
  readonly output?: JsonObject;
  /** The output is added to what is there. */
  readonly merge?: boolean;
  readonly reason?: string;
  readonly callbackAfterSeconds?: number;
  readonly workerId?: string;
  readonly extendLease?: boolean;
  readonly subWorkflowId?: string;
}

export interface Moved {
  readonly type: 'moved';
  readonly outcome: Exclude<Told, Refusal>;
  readonly workflow: Extract<TransitionResult, { type: 'applied' }>['workflow'];
}

export interface Executions {
  /** The id of the started or, for RETURN_EXISTING, of the existing execution. */
  start(order: StartOrder): Promise<{ readonly type: 'started'; readonly id: string } | Refusal>;
  get(id: string, options: { readonly tasks: boolean }): Promise<Workflow | Refusal>;
  getTask(
    taskId: string,
  ): Promise<{ readonly type: 'found'; readonly workflow: Workflow; readonly task: Task } | Refusal>;
  command(id: string, command: Command): Promise<Moved | Refusal>;
  /** With `useLatest` under the newest registered version of its definition. */
  restart(id: string, options: { readonly useLatest: boolean }): Promise<Moved | Refusal>;
  /** From a task on when `taskId` is given: one of this execution, or of a sub-workflow that a task of it waited for. */
  rerun(id: string, from: Rerun): Promise<Moved | Refusal>;
  report(taskId: string, report: Report): Promise<Moved | Refusal>;
  reportByReference(id: string, ref: string, report: Report): Promise<Moved | Refusal>;
  remove(id: string): Promise<Refusal | undefined>;
}

export interface ExecutionDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly definitions: Definitions;
  /** Takes secrets out of results, before they reach a row. */
  readonly mask: (report: Report) => Promise<Report>;
}

export const isRefusal = (answer: object): answer is Refusal => 'type' in answer && answer.type === 'refused';

export function createExecutions({ store, clock, ids, definitions, mask }: ExecutionDeps): Executions {
  const command = async (id: string, wish: Command): Promise<Moved | Refusal> => {
    const result = await store.workflows.transition(id, wish, clock.now());
    if (result.type === 'noWorkflow') return unknownExecution(id);
    const { outcome, workflow } = result;
    return outcome.type === 'refused' ? outcome : { type: 'moved', outcome, workflow };
  };

  const get: Executions['get'] = async (id, options) =>
    (await store.workflows.get(id, options)) ?? unknownExecution(id);

  const updateTask = async (id: string, task: TaskPointer, report: Report): Promise<Moved | Refusal> =>
    command(id, { type: 'updateTask', task, ...(await mask(report)) });

  return {
    command,
    get,
    async start(order) {
      const { version = 0, def, ...rest } = order;
      const inline = def === undefined ? undefined : definitions.checkWorkflow(def);
      if (inline?.type === 'refused') return inline;
      const result = await store.workflows.start({
        ...rest,
        ...(version > 0 && { version }),
        ...(inline && { def: inline.def }),
        id: ids.next(),
        now: clock.now(),
      });
      switch (result.type) {
        case 'started':
        case 'existing':
          return { type: 'started', id: result.id };
        case 'conflict':
          return refused('conflict', result.reason);
        case 'noDefinition':
          return refused('notFound', result.reason);
        case 'invalid':
          return {
            ...refused(result.tooLarge ? 'tooLarge' : 'invalid', result.reason),
            ...(result.problems && { problems: result.problems }),
          };
      }
    },
    async getTask(taskId) {
      const pointer = parseTaskId(taskId);
      if (!pointer) return unknownTask(taskId);
      const workflow = await store.workflows.get(pointer.workflowId, { tasks: true });
      const task = workflow?.tasks.find(({ n }) => n === pointer.n);
      return workflow && task ? { type: 'found', workflow, task } : unknownTask(taskId);
    },
    async restart(id, { useLatest }) {
      if (!useLatest) return command(id, { type: 'restart' });
      const workflow = await store.workflows.get(id, { tasks: false });
      if (!workflow) return unknownExecution(id);
      const latest = await definitions.latest(workflow.name);
      if (!latest) return refused('notFound', `workflow ${workflow.name} is not registered any more`);
      return command(id, { type: 'restart', latest });
    },
    rerun: (id, from) => rerun(store, command, id, from),
    async report(taskId, report) {
      const pointer = parseTaskId(taskId);
      if (!pointer) return unknownTask(taskId);
      const moved = await updateTask(pointer.workflowId, { n: pointer.n }, report);
      return isRefusal(moved) && moved.code === 'notFound' ? unknownTask(taskId) : moved;
    },
    reportByReference: (id, ref, report) => updateTask(id, { ref }, report),
    async remove(id) {
      const workflow = await store.workflows.get(id, { tasks: false });
      // Whoever waits for it, what it waits for and who is held back by it must hear of an end before it is gone.
      if (workflow && !isTerminal(workflow.status))
        await command(id, { type: 'terminate', reason: 'removed by a request', triggerFailureWorkflow: false });
      return (await store.workflows.remove(id)) ? undefined : unknownExecution(id);
    },
  };
}
