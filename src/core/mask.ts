// What of an execution may be shown: fields that its definition names in `maskedFields` are ***, and so is all that lies under
// `_secrets` and `_masked`. Expressions and workers see the real values; answers, searches, exports and deliveries see these.

import type { Json, JsonObject } from './json.ts';
import { isList, isRecord } from './json.ts';
import { MIN_BLOTTED_LENGTH } from './limits.ts';
import type { Task, Workflow, WorkflowDef, WorkflowTask } from './model.ts';
import { eachTask } from './plan.ts';

const MASK = '***';

/** Their members are masked whatever a definition says. */
const ALWAYS: ReadonlySet<string> = new Set(['_secrets', '_masked']);

const known = new WeakMap<object, readonly string[]>();

const listed = (value: unknown): readonly string[] =>
  isList(value) ? value.filter((one) => typeof one === 'string') : [];

const namesOfPlace = (place: WorkflowTask): readonly string[] => [
  ...listed(place.maskedFields),
  ...listed(place.taskDefinition?.maskedFields),
];

/** The names that a definition masks: its own and those of its tasks, in the whole execution. */
function namesOf(def: WorkflowDef): readonly string[] {
  let names = known.get(def);
  if (!names) {
    const found = new Set(listed(def.maskedFields));
    eachTask(def.tasks, (place) => {
      for (const name of namesOfPlace(place)) found.add(name);
    });
    names = [...found];
    known.set(def, names);
  }
  return names;
}

type Hears = (value: Json) => void;

/** The names that an execution masks: those of its definition, and those of whatever caused it. */
export function maskedNames({ def, masked: more }: Pick<Workflow, 'def' | 'masked'>): readonly string[] {
  const names = namesOf(def);
  return more ? [...new Set([...names, ...more])] : names;
}

/** The value without what is masked; the same value when nothing is. `hears` is told each value that was taken out. */
export function masked<T extends Json>(value: T, names: readonly string[], hears?: Hears): T {
  const plain = new Set(names.filter((name) => !name.includes('.')));
  const paths = names.filter((name) => name.includes('.'));
  const isMasked = (name: string, path: string): boolean =>
    plain.has(name) || paths.some((one) => path === one || path.endsWith(`.${one}`));
  const walk = (at: Json, path: string): Json => {
    if (isList(at)) return walkList(at, path);
    if (!isRecord(at)) return at;
    let copy: Record<string, Json> | undefined;
    for (const name of Object.keys(at)) {
      const inner = at[name] as Json;
      const where = path === '' ? name : `${path}.${name}`;
      const shown = ALWAYS.has(name)
        ? hidden(inner, hears)
        : isMasked(name, where)
          ? hide(inner, hears)
          : walk(inner, where);
      if (shown === inner) continue;
      copy ??= { ...at };
      copy[name] = shown;
    }
    return copy ?? at;
  };
  const walkList = (list: readonly Json[], path: string): Json => {
    const shown = list.map((item) => walk(item, path));
    return shown.every((item, i) => item === list[i]) ? list : shown;
  };
  return walk(value, '') as T;
}

function hide(value: Json, hears?: Hears): Json {
  hears?.(value);
  return MASK;
}

/** Members keep their names. */
function hidden(value: Json, hears?: Hears): Json {
  if (!isRecord(value)) return hide(value, hears);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hide(inner, hears)]));
}

type Shown = Omit<Workflow, 'tasks'> & Partial<Pick<Workflow, 'tasks'>>;

const namesFor = (workflow: Shown, task: Task): readonly string[] =>
  task.def ? [...maskedNames(workflow), ...namesOfPlace(task.def)] : maskedNames(workflow);

/** The execution as it may be shown. */
export function shownWorkflow<T extends Shown>(workflow: T): T {
  const names = maskedNames(workflow);
  const values = new Set<string>();
  const hears: Hears = (value) => textsOf(value, values);
  const whole = {
    ...workflow,
    input: masked(workflow.input, names, hears),
    output: masked(workflow.output, names, hears),
    variables: masked(workflow.variables, names, hears),
    ...(workflow.tasks && { tasks: workflow.tasks.map((task) => bare(task, namesFor(workflow, task), hears)) }),
  };
  if (values.size === 0) return whole;
  const blot = blotting(values);
  return { ...blotted(whole, blot), ...(whole.tasks && { tasks: whole.tasks.map((task) => blotted(task, blot)) }) };
}

/** A task of the execution as it may be shown. */
export const shownTask = (workflow: Shown, task: Task): Task =>
  blotted(bare(task, namesFor(workflow, task)), (text) => shownText({ ...workflow, tasks: [task] }, text));

function bare(task: Task, names: readonly string[], hears?: Hears): Task {
  const input = masked(task.input, names, hears);
  const output = masked(task.output, names, hears);
  return input === task.input && output === task.output ? task : { ...task, input, output };
}

const blotted = <T extends { readonly reason?: string }>(one: T, blot: (text: string) => string): T =>
  one.reason === undefined ? one : { ...one, reason: blot(one.reason) };

/** A text of or about an execution (a reason, a line of log) without the masked values that stand in it. */
export function shownText(workflow: Shown, text: string): string {
  const values = new Set<string>();
  const hears: Hears = (value) => textsOf(value, values);
  const names = maskedNames(workflow);
  for (const value of [workflow.input, workflow.output, workflow.variables]) masked(value, names, hears);
  for (const task of workflow.tasks ?? []) bare(task, namesFor(workflow, task), hears);
  return blotting(values)(text);
}

function blotting(values: ReadonlySet<string>): (text: string) => string {
  // The longest first: one may stand in another.
  const ordered = [...values].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((shown, value) => shown.replaceAll(value, MASK), text);
}

/** Texts and numbers in a masked value; short ones would blot out ordinary words. */
function textsOf(value: Json, found: Set<string>): void {
  if (isList(value)) for (const item of value) textsOf(item, found);
  else if (isRecord(value)) for (const item of Object.values(value)) textsOf(item, found);
  else if (typeof value === 'string' || typeof value === 'number')
    if (String(value).length >= MIN_BLOTTED_LENGTH) found.add(String(value));
}

/** Values that came back as they were shown mean what was there before: who edits a shown input has not seen them. */
export function unmasked(given: JsonObject, before: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]): [string, Json] => {
      const old = Object.hasOwn(before, name) ? before[name] : undefined;
      if (value === MASK && old !== undefined) return [name, old];
      return [name, isRecord(value) && isRecord(old) ? unmasked(value, old) : value];
    }),
  );
}
