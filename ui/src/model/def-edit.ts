// Changes to a workflow definition, each a new definition: insert, remove, move, replace, branches of forks and switches.
// Places are addressed by where they stand, not by reference name, since names may be double or missing while one edits.
import type { WorkflowDef, WorkflowTask } from '../../../src/core/model.ts';
import { eachTask } from '../../../src/core/plan.ts';

/** `['tasks', 2, 'decisionCases', 'paid', 0]`: keys and indexes from the definition down. Without its last index: the list. */
export type DefPath = readonly (string | number)[];

export const ROOT_LIST: DefPath = ['tasks'];

export const pathKey = (path: DefPath): string => JSON.stringify(path);
export const listOf = (path: DefPath): DefPath => path.slice(0, -1);
export const indexOf = (path: DefPath): number => Number(path.at(-1));
/** True when `path` is `outer` or lies inside it. */
const isWithin = (path: DefPath, outer: DefPath): boolean => outer.every((part, i) => path[i] === part);

const FORKS: ReadonlySet<string> = new Set(['FORK_JOIN', 'FORK_JOIN_DYNAMIC']);
const JOINS: ReadonlySet<string> = new Set(['JOIN', 'EXCLUSIVE_JOIN']);

export const isFork = (task: Pick<WorkflowTask, 'type'>): boolean => FORKS.has(task.type);
export const isJoin = (task: Pick<WorkflowTask, 'type'>): boolean => JOINS.has(task.type);

/** What stands at an address; undefined when nothing does. Own keys only, so an address can reach nothing inherited. */
export function readAt(root: unknown, path: DefPath): unknown {
  let at = root;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}

/** A copy in which `path` holds `value`; missing objects on the way are made. Undefined removes the key. */
export function writeAt<T>(root: T, path: DefPath, value: unknown): T {
  const [head, ...rest] = path;
  if (head === undefined) return value as T;
  if (Array.isArray(root)) return root.map((item, i) => (i === head ? writeAt(item, rest, value) : item)) as T;
  const old = typeof root === 'object' && root !== null ? (root as Record<string, unknown>) : {};
  const inner = rest.length === 0 ? value : writeAt(Object.hasOwn(old, head) ? old[head] : {}, rest, value);
  if (inner === undefined) return Object.fromEntries(Object.entries(old).filter(([key]) => key !== String(head))) as T;
  return Object.hasOwn(old, head)
    ? (Object.fromEntries(Object.entries(old).map(([key, v]) => [key, key === String(head) ? inner : v])) as T)
    : ({ ...old, [head]: inner } as T);
}

export function taskAt(def: WorkflowDef, path: DefPath): WorkflowTask | undefined {
  const found = readAt(def, path);
  return typeof found === 'object' && found !== null ? (found as WorkflowTask) : undefined;
}

const listAt = (def: WorkflowDef, list: DefPath): readonly WorkflowTask[] => {
  const found = readAt(def, list);
  return Array.isArray(found) ? found : [];
};

export function referenceNames(def: WorkflowDef): string[] {
  const names: string[] = [];
  eachTask(def.tasks ?? [], (task) => names.push(task.taskReferenceName));
  return names;
}

/** `base`, or `base_2`, `base_3`, … : the first that no task of the definition has. */
export function freshReference(def: WorkflowDef, base: string): string {
  const taken = new Set(referenceNames(def));
  if (!taken.has(base)) return base;
  for (let n = 2; ; n++) if (!taken.has(`${base}_${n}`)) return `${base}_${n}`;
}

/** Where a task of this reference name stands. */
export function findReference(def: WorkflowDef, reference: string): DefPath | undefined {
  const search = (tasks: readonly WorkflowTask[], list: DefPath): DefPath | undefined => {
    for (const [index, task] of tasks.entries()) {
      const path = [...list, index];
      if (task.taskReferenceName === reference) return path;
      for (const inner of listsIn(task)) {
        const found = search(inner.tasks, [...path, ...inner.at]);
        if (found) return found;
      }
    }
    return undefined;
  };
  return search(def.tasks ?? [], ROOT_LIST);
}

/** The lists inside a task, with their address below it and the name that the diagram shows. */
export function listsIn(task: WorkflowTask): { at: DefPath; name: string; tasks: readonly WorkflowTask[] }[] {
  switch (task.type) {
    case 'SWITCH':
    case 'DECISION':
      return [
        ...Object.entries(task.decisionCases ?? {}).map(([name, tasks]) => ({
          at: ['decisionCases', name],
          name,
          tasks: tasks ?? [],
        })),
        { at: ['defaultCase'], name: 'default', tasks: task.defaultCase ?? [] },
      ];
    case 'FORK_JOIN':
      return (task.forkTasks ?? []).map((tasks, i) => ({ at: ['forkTasks', i], name: '', tasks: tasks ?? [] }));
    case 'DO_WHILE':
      return [{ at: ['loopOver'], name: '', tasks: task.loopOver ?? [] }];
    default:
      return [];
  }
}

/** Puts tasks into a list (a fork brings its join along). */
export function insertTasks(
  def: WorkflowDef,
  list: DefPath,
  index: number,
  tasks: readonly WorkflowTask[],
): WorkflowDef {
  const old = listAt(def, list);
  return settleJoins(def, writeAt(def, list, [...old.slice(0, index), ...tasks, ...old.slice(index)]));
}

/** How many neighbours belong to the task: a fork and the join behind it live and move together. */
export function spanOf(def: WorkflowDef, path: DefPath): number {
  const list = listAt(def, listOf(path));
  const [task, next] = [list[indexOf(path)], list[indexOf(path) + 1]];
  return task && next && isFork(task) && isJoin(next) ? 2 : 1;
}

export function removeTask(def: WorkflowDef, path: DefPath): WorkflowDef {
  const [list, index] = [listOf(path), indexOf(path)];
  const old = listAt(def, list);
  const span = spanOf(def, path);
  return settleJoins(
    def,
    writeAt(
      def,
      list,
      old.filter((_, i) => i < index || i >= index + span),
    ),
  );
}

export function replaceTask(def: WorkflowDef, path: DefPath, task: WorkflowTask): WorkflowDef {
  const before = taskAt(def, path);
  const changed = writeAt(def, path, task);
  const [from, to] = [before?.taskReferenceName, task.taskReferenceName];
  return from && to && from !== to ? renameInJoins(changed, from, to) : settleJoins(def, changed);
}

/**
 * Moves a task (a fork with its join) in front of `index` of `list`; both as they are before the move.
 * A move into itself changes nothing.
 */
export function moveTask(def: WorkflowDef, path: DefPath, list: DefPath, index: number): WorkflowDef {
  if (isWithin(list, path)) return def;
  const from = listOf(path);
  const at = indexOf(path);
  const span = spanOf(def, path);
  const moved = listAt(def, from).slice(at, at + span);
  if (pathKey(from) === pathKey(list)) {
    if (index >= at && index <= at + span) return def;
    const rest = listAt(def, from).filter((_, i) => i < at || i >= at + span);
    const target = index > at ? index - span : index;
    return settleJoins(def, writeAt(def, list, [...rest.slice(0, target), ...moved, ...rest.slice(target)]));
  }
  // Insert first, then take away: the address of the old place may shift by the insertion, never that of the new list.
  const inserted = writeAt(def, list, [
    ...listAt(def, list).slice(0, index),
    ...moved,
    ...listAt(def, list).slice(index),
  ]);
  const shifted = shiftPath(path, list, index, span);
  const rest = listAt(inserted, listOf(shifted));
  const start = indexOf(shifted);
  return settleJoins(
    def,
    writeAt(
      inserted,
      listOf(shifted),
      rest.filter((_, i) => i < start || i >= start + span),
    ),
  );
}

/** An address after `span` items went into `list` at `index`. */
function shiftPath(path: DefPath, list: DefPath, index: number, span: number): DefPath {
  if (path.length <= list.length || !isWithin(path, list)) return path;
  const at = path[list.length];
  if (typeof at !== 'number' || at < index) return path;
  return [...path.slice(0, list.length), at + span, ...path.slice(list.length + 1)];
}

const mapTasks = (
  tasks: readonly WorkflowTask[],
  change: (list: readonly WorkflowTask[]) => readonly WorkflowTask[],
): readonly WorkflowTask[] =>
  change(
    tasks.map((task) => listsIn(task).reduce((t, inner) => writeAt(t, inner.at, mapTasks(inner.tasks, change)), task)),
  );

const lastsOf = (fork: WorkflowTask): string[] =>
  (fork.forkTasks ?? []).flatMap((branch) => branch.at(-1)?.taskReferenceName ?? []);

/** Calls back for each JOIN right behind a FORK_JOIN. */
function eachJoin(tasks: readonly WorkflowTask[], visit: (join: WorkflowTask, fork: WorkflowTask) => void): void {
  for (const [i, task] of tasks.entries()) {
    const fork = tasks[i - 1];
    if (task.type === 'JOIN' && fork?.type === 'FORK_JOIN') visit(task, fork);
    for (const inner of listsIn(task)) eachJoin(inner.tasks, visit);
  }
}

/**
 * A join that waited for the last task of each branch goes on doing so while the branches change.
 * One that waits for other tasks was written by hand: it only loses names that are gone.
 */
function settleJoins(before: WorkflowDef, after: WorkflowDef): WorkflowDef {
  const byHand = new Set<string>();
  eachJoin(before.tasks ?? [], (join, fork) => {
    if (!sameNames(lastsOf(fork), join.joinOn ?? [])) byHand.add(join.taskReferenceName);
  });
  const known = new Set(referenceNames(before));
  const left = new Set(referenceNames(after));
  const tasks = mapTasks(after.tasks ?? [], (list) =>
    list.map((task, i) => {
      const fork = list[i - 1];
      if (task.type !== 'JOIN' || fork?.type !== 'FORK_JOIN') return task;
      const kept = (task.joinOn ?? []).filter((name) => left.has(name) || !known.has(name));
      const joinOn = byHand.has(task.taskReferenceName) ? kept : lastsOf(fork);
      return sameNames(joinOn, task.joinOn) ? task : { ...task, joinOn };
    }),
  );
  return { ...after, tasks };
}

const sameNames = (a: readonly string[], b: readonly string[] | undefined): boolean =>
  a.length === b?.length && a.every((name, i) => name === b[i]);

function renameInJoins(def: WorkflowDef, from: string, to: string): WorkflowDef {
  const tasks = mapTasks(def.tasks, (list) =>
    list.map((task) =>
      task.joinOn?.includes(from) ? { ...task, joinOn: task.joinOn.map((n) => (n === from ? to : n)) } : task,
    ),
  );
  return { ...def, tasks };
}

/** A key of an object renamed in its place; order is what people see. Unchanged when the new name is taken. */
export function renameKey<T>(record: Readonly<Record<string, T>>, from: string, to: string): Record<string, T> {
  if (from === to || Object.hasOwn(record, to)) return { ...record };
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key === from ? to : key, value]));
}
