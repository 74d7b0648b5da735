// `${workflow.secrets.x}` and `${workflow.env.x}` in the input of a task: they stay as written in the database, and are
// filled in when the task is handed to a worker. Pure.

import type { Json, JsonObject } from '../core/json.ts';
import { isList, isRecord } from '../core/json.ts';
import { keeps, resolve } from '../core/language/expression.ts';
import type { Task, WorkflowTask } from '../core/model.ts';

export interface Values {
  readonly secrets: ReadonlyMap<string, string>;
  readonly environment: ReadonlyMap<string, string>;
}

interface Mentioned {
  readonly secrets: ReadonlySet<string>;
  readonly env: ReadonlySet<string>;
}

/** A shorter value is no secret, and would blot out ordinary words. */
const MIN_MASKED_LENGTH = 8;
const MASK = '***';

/**
 * Inputs whose templates at a place of the definition name a secret or a variable. Only what the definition names is ever
 * filled in: text that came with data stays text, so no payload can ask for a secret.
 */
export function mentionedBy(place: WorkflowTask | undefined): ReadonlyMap<string, Mentioned> {
  const templates = { ...place?.taskDefinition?.inputTemplate, ...place?.inputParameters };
  const found = new Map<string, Mentioned>();
  for (const [key, template] of Object.entries(templates)) {
    const mentioned = { secrets: new Set<string>(), env: new Set<string>() };
    keeps(template, (root, path) => {
      const [, kind, name] = /^\.(secrets|env)\.([^.[]+)/.exec(path) ?? [];
      if (root === 'workflow' && name !== undefined) mentioned[kind as 'secrets' | 'env'].add(name);
      return false;
    });
    if (mentioned.secrets.size + mentioned.env.size > 0) found.set(key, mentioned);
  }
  return found;
}

/** The task with its secrets and variables filled in; what is not there is null. */
export function filled(task: Task, mentioned: ReadonlyMap<string, Mentioned>, values: Values): Task {
  const input = Object.entries(task.input).map(([key, value]): [string, Json] => {
    const names = mentioned.get(key);
    if (!names) return [key, value];
    const workflow = {
      secrets: pick(values.secrets, names.secrets),
      env: pick(values.environment, names.env),
    };
    return [key, resolve(value, { lookup: (root) => (root === 'workflow' ? workflow : undefined) })];
  });
  return { ...task, input: Object.fromEntries(input) };
}

const pick = (values: ReadonlyMap<string, string>, names: ReadonlySet<string>): JsonObject =>
  Object.fromEntries([...names].map((name) => [name, values.get(name) ?? null]));

/** What a worker gave back, without the secrets that it echoes. The same value when it holds none. */
export function masked<T extends Json>(value: T, secrets: Iterable<string>): T {
  const long = [...secrets].filter((secret) => secret.length >= MIN_MASKED_LENGTH);
  return long.length === 0 ? value : (mask(value, long) as T);
}

function mask(value: Json, secrets: readonly string[]): Json {
  if (typeof value === 'string')
    return secrets.reduce((text, secret) => (text.includes(secret) ? text.replaceAll(secret, MASK) : text), value);
  if (isList(value)) return value.map((item) => mask(item, secrets));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [mask(key, secrets) as string, mask(item, secrets)]),
  );
}
