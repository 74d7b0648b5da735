// Definitions of workflows and tasks: /api/metadata/workflow and /api/metadata/taskdefs (contract 5.1).

import { z } from 'zod';
import type { WorkflowDef } from '../../core/model.ts';
import type { TagKind } from '../../store/registries.ts';
import { empty, json, problem, refusalAnswer } from '../answer.ts';
import {
  BulkResponse,
  GivenTaskDef,
  GivenWorkflowDef,
  NameAndVersions,
  TaskDefSchema,
  WorkflowDefSchema,
} from '../contract/definition.ts';
import { flag, integer } from '../contract/field.ts';
import type { AppDeps } from '../deps.ts';
import { keptInStore } from '../kept-tags.ts';
import type { Route } from '../route.ts';
import { asGiven, route } from '../route.ts';
import { taskDefToWire, workflowDefToWire } from '../wire/definition.ts';
import { keepTags, splitAll, splitTags } from './given-tags.ts';
import { withRateLimits } from './rate-limits.ts';

/** Definitions in one call. */
const MAX_DEFINITIONS = 1_000;

const workflowTag = { tag: 'Workflow definitions' };
const taskTag = { tag: 'Task definitions' };

export const definitionRoutes = (deps: AppDeps): readonly Route[] => [
  ...workflowDefWrites(deps),
  ...workflowDefReads(deps),
  ...taskDefRoutes(deps),
];

const noVersion = (name: string, version?: number | string) =>
  problem(404, `no such workflow: ${name}${version === undefined ? '' : ` version ${version}`}`);

function workflowDefWrites(deps: AppDeps): readonly Route[] {
  const { definitions, store } = deps;
  const kept = withRateLimits(deps, keptInStore(store, 'workflow'));
  return [
    route({
      method: 'POST',
      path: '/api/metadata/workflow',
      need: 'edit',
      ...workflowTag,
      summary: 'Register a new workflow definition',
      query: z.object({ overwrite: flag.optional() }),
      body: GivenWorkflowDef,
      prepare: asGiven,
      answers: { 200: 'nothing' },
      run: async ({ body, query }) => {
        const split = splitTags(body);
        if (split.type === 'problem') return split;
        const refusal = await definitions.registerWorkflow(split.def, { overwrite: query.overwrite ?? false });
        return refusal ? refusalAnswer(refusal) : ((await keepTags(kept, [split])) ?? empty());
      },
    }),
    route({
      method: 'PUT',
      path: '/api/metadata/workflow',
      need: 'edit',
      ...workflowTag,
      summary: 'Create or update workflow definitions, each on its own',
      body: z.array(GivenWorkflowDef).min(1).max(MAX_DEFINITIONS),
      prepare: asGiven,
      answers: { 200: BulkResponse },
      run: async ({ body }) => {
        // One definition that is refused is a plain error, so that clients which send lists of one see it.
        const invalid = body.length === 1 ? definitions.check(body[0]) : undefined;
        if (invalid) return refusalAnswer(invalid);
        const all = splitAll(body);
        if ('type' in all) return all;
        const { done, refused } = await definitions.registerWorkflows(all.map(({ def }) => def));
        const trouble = await keepTags(kept, all, (name) => done.includes(name));
        if (trouble) return trouble;
        const value: z.infer<typeof BulkResponse> = {
          bulkErrorResults: Object.fromEntries(refused),
          bulkSuccessfulResults: [...done],
          message: `${done.length} written, ${refused.size} refused`,
        };
        return json(value);
      },
    }),
    route({
      method: 'POST',
      path: '/api/metadata/workflow/validate',
      need: 'read',
      ...workflowTag,
      summary: 'Check a workflow definition without registering it',
      body: GivenWorkflowDef,
      prepare: asGiven,
      answers: { 200: 'nothing' },
      run: async ({ body }) => {
        const invalid = definitions.check(body);
        return invalid ? refusalAnswer(invalid) : empty();
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/metadata/workflow/{name}/{version}',
      need: 'edit',
      ...workflowTag,
      summary: 'Delete one version; executions of it go on',
      answers: { 200: 'nothing' },
      run: async ({ params }) => {
        const { name, version } = params;
        if (!/^\d{1,9}$/.test(version)) return problem(400, `version: "${version}" is not a whole number`);
        return (await store.definitions.deleteWorkflow(name, Number(version))) ? empty() : noVersion(name, version);
      },
    }),
  ];
}

function workflowDefReads({ store }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/metadata/workflow',
      need: 'read',
      ...workflowTag,
      summary: 'Workflow definitions, every version, with their tags when `metadata` says so',
      query: ListQuery,
      answers: { 200: z.array(WorkflowDefSchema) },
      run: async ({ query }) => {
        const defs = (await store.definitions.listWorkflows()).map(workflowDefToWire);
        return json(await chosen(defs, query, store, 'workflow'));
      },
    }),
    route({
      method: 'GET',
      path: '/api/metadata/workflow/names-and-versions',
      need: 'read',
      ...workflowTag,
      summary: 'Names of workflow definitions with their versions',
      answers: { 200: NameAndVersions },
      run: async () => json(byName(await store.definitions.listWorkflows(), nameAndVersion)),
    }),
    route({
      method: 'GET',
      path: '/api/metadata/workflow/names',
      need: 'read',
      ...workflowTag,
      summary: 'Names of workflow definitions',
      answers: { 200: z.array(z.string()) },
      run: async () => json(Object.keys(byName(await store.definitions.listWorkflows(), nameAndVersion))),
    }),
    route({
      method: 'GET',
      path: '/api/metadata/workflow/latest-versions',
      need: 'read',
      ...workflowTag,
      summary: 'The latest version of each workflow definition',
      answers: { 200: z.array(WorkflowDefSchema) },
      run: async () => {
        const versions = Object.values(byName(await store.definitions.listWorkflows(), (def) => def));
        return json(versions.map((list) => workflowDefToWire(newest(list))));
      },
    }),
    route({
      method: 'GET',
      path: '/api/metadata/workflow/{name}',
      need: 'read',
      ...workflowTag,
      summary: 'One workflow definition, the latest version unless told otherwise',
      query: z.object({ version: integer(0).optional(), metadata: flag.optional() }),
      answers: { 200: WorkflowDefSchema },
      run: async ({ params, query }) => {
        const def = await store.definitions.getWorkflow(params.name, query.version || undefined);
        if (!def) return noVersion(params.name, query.version);
        return json((await chosen([workflowDefToWire(def)], { metadata: query.metadata }, store, 'workflow'))[0]);
      },
    }),
    route({
      method: 'GET',
      path: '/api/metadata/workflow/{name}/versions',
      need: 'read',
      ...workflowTag,
      summary: 'Versions of one workflow definition',
      answers: { 200: z.array(NameAndVersions.valueType.element) },
      run: async ({ params }) => {
        const defs = (await store.definitions.listWorkflows()).filter(({ name }) => name === params.name);
        return defs.length > 0 ? json(defs.map(nameAndVersion)) : noVersion(params.name);
      },
    }),
  ];
}

/** What Orkes' clients choose definitions by. */
const ListQuery = z.object({
  name: z.string().optional(),
  freeText: z.string().optional(),
  tagKey: z.string().optional(),
  tagValue: z.string().optional(),
  /** Tags come along. */
  metadata: flag.optional(),
});

/** Names count in part and in any capitals; a tag by its key, its value, or both. */
async function chosen<T extends Pick<WorkflowDef, 'name' | 'description'>>(
  defs: readonly T[],
  { name, freeText = '*', tagKey, tagValue, metadata }: z.infer<typeof ListQuery>,
  store: AppDeps['store'],
  kind: TagKind,
): Promise<readonly T[]> {
  const asks = tagKey !== undefined || tagValue !== undefined;
  const tags = asks || metadata ? await store.tags.list(kind) : [];
  const tagsOf = (one: T) => tags.filter((tag) => tag.name === one.name);
  const has = (text: string | undefined, part: string) => text?.toLowerCase().includes(part.toLowerCase()) ?? false;
  const found = defs.filter(
    (one) =>
      (name === undefined || has(one.name, name)) &&
      (freeText === '*' || has(one.name, freeText) || has(one.description, freeText)) &&
      (!asks || tagsOf(one).some(({ key, value }) => key === (tagKey ?? key) && value === (tagValue ?? value))),
  );
  if (!metadata) return found;
  return found.map((one) => ({ ...one, tags: tagsOf(one).map(({ kind: _, name: __, ...tag }) => tag) }));
}

const nameAndVersion = ({ name, version, createTime }: WorkflowDef) => ({ name, version, createTime });

const newest = (defs: readonly WorkflowDef[]): WorkflowDef =>
  defs.reduce((best, def) => (def.version > best.version ? def : best));

function byName<T>(defs: readonly WorkflowDef[], view: (def: WorkflowDef) => T): Record<string, T[]> {
  const names = new Map<string, T[]>();
  for (const def of defs) names.set(def.name, [...(names.get(def.name) ?? []), view(def)]);
  return Object.fromEntries(names);
}

function taskDefRoutes({ definitions, store }: AppDeps): readonly Route[] {
  const unknown = (name: string) => problem(404, `no such task definition: ${name}`);
  const register = async (given: readonly unknown[]) => {
    const all = splitAll(given);
    if ('type' in all) return all;
    const refusal = await definitions.registerTasks(all.map(({ def }) => def));
    return refusal ? refusalAnswer(refusal) : ((await keepTags(keptInStore(store, 'task'), all)) ?? empty());
  };
  return [
    route({
      method: 'POST',
      path: '/api/metadata/taskdefs',
      need: 'edit',
      ...taskTag,
      summary: 'Create or update task definitions, all or none',
      body: z.array(GivenTaskDef).max(MAX_DEFINITIONS),
      prepare: asGiven,
      answers: { 200: 'nothing' },
      run: ({ body }) => register(body),
    }),
    route({
      method: 'PUT',
      path: '/api/metadata/taskdefs',
      need: 'edit',
      ...taskTag,
      summary: 'Create or update one task definition',
      body: GivenTaskDef,
      prepare: asGiven,
      answers: { 200: 'nothing' },
      run: ({ body }) => register([body]),
    }),
    route({
      method: 'GET',
      path: '/api/metadata/taskdefs',
      need: 'read',
      ...taskTag,
      summary: 'Task definitions, with their tags when `metadata` says so',
      query: ListQuery,
      answers: { 200: z.array(TaskDefSchema) },
      run: async ({ query }) => {
        const defs = (await store.definitions.listTasks()).map(taskDefToWire);
        return json(await chosen(defs, query, store, 'task'));
      },
    }),
    route({
      method: 'GET',
      path: '/api/metadata/taskdefs/{name}',
      need: 'read',
      ...taskTag,
      summary: 'One task definition, with its tags when `metadata` says so',
      query: z.object({ metadata: flag.optional() }),
      answers: { 200: TaskDefSchema },
      run: async ({ params, query }) => {
        const def = await store.definitions.getTask(params.name);
        if (!def) return unknown(params.name);
        return json((await chosen([taskDefToWire(def)], query, store, 'task'))[0]);
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/metadata/taskdefs/{name}',
      need: 'edit',
      ...taskTag,
      summary: 'Delete a task definition; executions that were started with it keep it',
      answers: { 200: 'nothing' },
      run: async ({ params }) => ((await store.definitions.deleteTask(params.name)) ? empty() : unknown(params.name)),
    }),
  ];
}
