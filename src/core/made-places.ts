// Places that dynamic forks have made: compiled once for each fork, however often its execution is decided, since one
// fork may have made ten thousand of them.

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

/** The places made by all forks of an execution, those of the latest fork first. */
export function madePlacesOf(tasks: readonly Task[], plan: Nodes): readonly Nodes[] {
  const found: Nodes[] = [];
  for (const task of tasks) {
    if (!task.dynamic) continue;
    const fork = plan.get(task.place) ?? find(found, task.place);
    if (fork) found.unshift(placesOf(task.dynamic, fork, tasks));
  }
  return found;
}

export function find(places: readonly Nodes[], name: string): Node | undefined {
  for (const nodes of places) {
    const node = nodes.get(name);
    if (node) return node;
  }
  return undefined;
}

function placesOf(names: readonly string[], fork: Node, tasks: readonly Task[]): Nodes {
  const known = compiled.get(names);
  if (known?.fork === fork) return known.nodes;
  const wanted = new Set(names);
  const defs = tasks.flatMap(({ place, def }) => (def && wanted.has(place) ? [def] : []));
  return makePlaces(names, defs, fork);
}
