// One wish for many executions: /api/workflow/bulk (contract 5.1). Each is done by itself; what could not be done is said
// with its reason, and keeps no other from being done.

import { z } from 'zod';
import type { Command, Refusal } from '../../core/command.ts';
import { isRefusal } from '../../engine/executions.ts';
import { json } from '../answer.ts';
import { WireWorkflow } from '../contract/execution.ts';
import { flag } from '../contract/field.ts';
import type { AppDeps } from '../deps.ts';
import type { Method, Route } from '../route.ts';
import { route } from '../route.ts';
import { workflowToWire } from '../wire/workflow.ts';

const tag = { tag: 'Executions' };

/** Conductor's limit. */
const MAX_IDS = 1_000;
/** Calls of the store at once: they share commits, and others shall have their turn. */
const AT_ONCE = 50;

const Ids = z.array(z.string().max(255)).min(1, 'must name at least one execution').max(MAX_IDS);
const BulkAnswer = z
  .object({
    bulkErrorResults: z.record(z.string(), z.string()),
    bulkSuccessfulResults: z.array(z.string()),
    message: z.string(),
  })
  .meta({ id: 'BulkResponse' });
const Reason = z.object({ reason: z.string().max(10_000).optional() });
const TerminateQuery = Reason.extend({ triggerFailureWorkflow: flag.optional() });
const Nothing = z.object({});

type Act = (id: string) => Promise<Refusal | undefined>;

/** Every id once, in the order given. */
async function forEach(given: readonly string[], act: Act): Promise<z.infer<typeof BulkAnswer>> {
  const ids = [...new Set(given)];
  const failed = new Map<string, string>();
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE);
    const refusals = await Promise.all(some.map(act));
    some.forEach((id, i) => {
      const refusal = refusals[i];
      if (refusal) failed.set(id, refusal.reason);
    });
  }
  const done = ids.filter((id) => !failed.has(id));
  return {
    bulkErrorResults: Object.fromEntries(failed),
    bulkSuccessfulResults: done,
    message: `${done.length} done, ${failed.size} refused`,
  };
}

export function bulkRoutes(deps: AppDeps): readonly Route[] {
  const { executions } = deps;
  const tell =
    (command: Command): Act =>
    async (id) => {
      const moved = await executions.command(id, command);
      return isRefusal(moved) ? moved : undefined;
    };
  const bulk = <Query extends z.ZodType>(
    method: Method,
    verb: string,
    need: 'run' | 'edit',
    summary: string,
    query: Query,
    act: (query: z.infer<Query>) => Act,
  ): Route =>
    route({
      ...{ method, path: `/api/workflow/bulk/${verb}`, need, ...tag, summary, query, body: Ids },
      answers: { 200: BulkAnswer },
      run: async ({ query: given, body }) => json(await forEach(body, act(given as z.infer<Query>))),
    });
  const remove: Act = (id) => executions.remove(id);
  const terminateAndRemove =
    (reason: z.infer<typeof Reason>): Act =>
    async (id) => {
      const refusal = await tell({ type: 'terminate', ...reason })(id);
      return refusal?.code === 'notFound' ? refusal : remove(id);
    };
  return [
    bulk('PUT', 'pause', 'run', 'Pause executions', Nothing, () => tell({ type: 'pause' })),
    bulk('PUT', 'resume', 'run', 'Resume executions', Nothing, () => tell({ type: 'resume' })),
    bulk(
      'POST',
      'restart',
      'run',
      'Run ended executions again from their beginning',
      z.object({ useLatestDefinitions: flag.optional() }),
      ({ useLatestDefinitions: useLatest = false }) =>
        async (id) => {
          const moved = await executions.restart(id, { useLatest });
          return isRefusal(moved) ? moved : undefined;
        },
    ),
    bulk(
      'POST',
      'retry',
      'run',
      'Try the failed tasks of executions again',
      z.object({ resumeSubworkflowTasks: flag.optional() }),
      ({ resumeSubworkflowTasks: resumeSubworkflows = false }) => tell({ type: 'retry', resumeSubworkflows }),
    ),
    bulk('POST', 'terminate', 'run', 'Terminate executions', TerminateQuery, (query) =>
      tell({ type: 'terminate', ...query }),
    ),
    bulk('DELETE', 'remove', 'edit', 'Delete the records of executions', Nothing, () => remove),
    bulk('POST', 'delete', 'edit', 'Delete the records of executions', Nothing, () => remove),
    bulk(
      'DELETE',
      'terminate-remove',
      'edit',
      'Terminate executions and delete their records',
      Reason,
      terminateAndRemove,
    ),
    bulkSearch(deps),
  ];
}

/** Executions by their ids; those that are not there are named among the errors. */
function bulkSearch({ executions }: AppDeps): Route {
  return route({
    method: 'POST',
    path: '/api/workflow/bulk/search',
    need: 'read',
    ...tag,
    summary: 'Executions by their ids',
    query: z.object({ includeTasks: flag.optional() }),
    body: Ids,
    answers: { 200: BulkAnswer.extend({ bulkSuccessfulResults: z.array(WireWorkflow) }) },
    run: async ({ query, body }) => {
      const found = new Map<string, WireWorkflow>();
      const answer = await forEach(body, async (id) => {
        const workflow = await executions.get(id, { tasks: query.includeTasks ?? true });
        if (isRefusal(workflow)) return workflow;
        found.set(id, workflowToWire(workflow));
        return undefined;
      });
      return json({ ...answer, bulkSuccessfulResults: answer.bulkSuccessfulResults.map((id) => found.get(id)) });
    },
  });
}
