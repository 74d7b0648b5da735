// Tasks that an execution makes of its own data (dynamic forks): the same rules as for a definition, told as one reason.

import type { WorkflowTask } from '../model.ts';
import { cleanPlace } from './clean.ts';
import { type Fields, type Walk, walkPlaces } from './places.ts';
import { Problems } from './problems.ts';

/** The tasks as the rules take them, or what is wrong with the first of them that is wrong. */
export function checkTasks(tasks: readonly Fields[]): readonly WorkflowTask[] | string {
  const walk: Walk = { problems: new Problems(), seen: [], references: new Set() };
  tasks.forEach((task, i) => {
    // Each by itself, since branches of a fork do not follow each other; names are unique over all of them.
    walkPlaces([task as never], { path: `branch ${i}`, depth: 1, isCertain: true }, { ...walk, seen: [] });
  });
  const [first] = walk.problems.list;
  return first ? `the tasks to fork are not valid: ${first.path} ${first.message}` : tasks.map(cleanPlace);
}
