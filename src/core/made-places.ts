// Places that dynamic forks have made: compiled once for each fork, however often its execution is decided, since one
// fork may have made ten thousand of them.

import { isInScope, loopsIn } from './iteration.ts';
import type { Task, WorkflowTask } from './model.ts';
import type { Node } from './plan.ts';
import { compileMade } from './plan.ts';

type Nodes = ReadonlyMap<string, Node>;

/** By the list of names on the fork's task, which stays the same object as long as the execution stays in memory. */
const compiled = new WeakMap<readonly string[], { readonly fork: Node; readonly nodes: Nodes }>();

/** Compiles what a fork makes. `names` is the list that goes onto the fork's task. */
export function makePlaces(names: readonly string[], made: readonly WorkflowTask[], fork: Node): Nodes {
  const nodes = new Map<string, Node>();
  for (const task of made) for (const [name, node] of compileMade(task, fork)) nodes.set(name, node);
  compiled.set(names, { fork, nodes });
  return nodes;
}

/** What one fork has made. */
export interface Made {
  /** Number and scope of the fork's task: what it made has a higher number, and lies in that scope. */
  readonly n: number;
  readonly scope: string;
  readonly nodes: Nodes;
}

/** What the forks of an execution have made, the latest last. */
export function madePlacesOf(forks: readonly Task[], tasks: readonly Task[], plan: Nodes): readonly Made[] {
  const found: Made[] = [];
  for (const task of forks) {
    const fork = plan.get(task.place) ?? named(found, task.place);
    if (fork)
      found.push({
        n: task.n,
        scope: task.scope,
        nodes: placesOf(task, task.dynamic as readonly string[], fork, tasks),
      });
  }
  return found;
}

/** The place that was made last under a name. */
export const named = (made: readonly Made[], name: string): Node | undefined =>
  made.findLast(({ nodes }) => nodes.has(name))?.nodes.get(name);

/** The place of a task. Several forks may have made the same name, in different iterations or one after the other. */
export function placeOfMade(made: readonly Made[], task: Pick<Task, 'n' | 'place' | 'scope'>): Node | undefined {
  const loops = loopsIn(task.scope);
  const maker = made.findLast(
    ({ n, scope, nodes }) =>
      n < task.n && nodes.get(task.place)?.loops.length === loops && isInScope(task.scope, scope),
  );
  return maker?.nodes.get(task.place);
}

/** Compiles again what a fork has made, from the definitions that the tasks made carry: the first behind it of each name. */
function placesOf(task: Task, names: readonly string[], fork: Node, tasks: readonly Task[]): Nodes {
  const known = compiled.get(names);
  if (known?.fork === fork) return known.nodes;
  const wanted = new Set(names);
  const defs: WorkflowTask[] = [];
  for (const { n, place, scope, def } of tasks)
    if (def && n > task.n && scope === task.scope && wanted.delete(place)) defs.push(def);
  return makePlaces(names, defs, fork);
}
