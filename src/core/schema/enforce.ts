// Where schemas bind: inputs and outputs of workflows and tasks whose definition says so (contract 5.2). Conductor's defaults:
// a workflow enforces the schemas it names unless told otherwise, a task definition only when it says so.

import type { Json, JsonObject } from '../json.ts';
import type { SchemaUse, TaskDef, WorkflowDef } from '../model.ts';
import type { Problem } from '../validate/problems.ts';
import type { Schema } from './document.ts';
import { problemsOf } from './satisfies.ts';

export interface Broken {
  /** Names each path, as far as a sentence can. */
  readonly reason: string;
  readonly problems: readonly Problem[];
  /** It is not a schema that it breaks, it is larger than any may be. */
  readonly tooLarge?: true;
}

export type Side = 'input' | 'output';

/** A text that is filled in when the task is handed out. */
const UNKNOWN_YET = /\$\{workflow\.(secrets|env)\./;
const passes = (value: Json): boolean => typeof value === 'string' && UNKNOWN_YET.test(value);

/** Problems that a reason spells out; the rest is counted. */
const MAX_TOLD = 10;

export const brokenByWorkflow = (def: WorkflowDef, side: Side, value: JsonObject): Broken | undefined =>
  def.enforceSchema === false ? undefined : broken(use(def, side), side, value);

export const brokenByTask = (def: TaskDef | undefined, side: Side, value: JsonObject): Broken | undefined =>
  def?.enforceSchema === true ? broken(use(def, side), side, value) : undefined;

const use = (def: WorkflowDef | TaskDef, side: Side): SchemaUse | undefined =>
  side === 'input' ? def.inputSchema : def.outputSchema;

/** What a schema is called by people. */
const schemaTitle = ({ name, version }: SchemaUse): string =>
  name === undefined ? 'its schema' : `schema ${name}${version ? ` version ${version}` : ''}`;

function broken(schema: SchemaUse | undefined, side: Side, value: JsonObject): Broken | undefined {
  if (!schema) return undefined;
  const title = schemaTitle(schema);
  if (schema.data === undefined) return { reason: `the ${side} cannot be checked: there is no ${title}`, problems: [] };
  const problems = problemsOf(schema.data as Schema, value, passes).map((one) => ({
    ...one,
    path: at(side, one.path),
  }));
  if (problems.length === 0) return undefined;
  const told = problems.slice(0, MAX_TOLD).map(({ path, message }) => `${path} ${message}`);
  const more = problems.length > MAX_TOLD ? `; and ${problems.length - MAX_TOLD} more` : '';
  return { reason: `the ${side} breaks ${title}: ${told.join('; ')}${more}`, problems };
}

const at = (side: Side, path: string): string =>
  path === '' || path.startsWith('[') ? side + path : `${side}.${path}`;

type Find = (name: string, version: number | undefined) => JsonObject | boolean | undefined;

/** The definition with the schemas that it names in it, as executions keep it: later edits do not touch running work. */
export function withSchemas<T extends WorkflowDef | TaskDef>(def: T, find: Find): T {
  const inputSchema = filled(def.inputSchema, find);
  const outputSchema = filled(def.outputSchema, find);
  if (inputSchema === def.inputSchema && outputSchema === def.outputSchema) return def;
  return { ...def, ...(inputSchema && { inputSchema }), ...(outputSchema && { outputSchema }) };
}

function filled(given: SchemaUse | undefined, find: Find): SchemaUse | undefined {
  if (!given || given.data !== undefined || given.name === undefined) return given;
  const data = find(given.name, given.version || undefined);
  return data === undefined ? given : { ...given, data };
}
