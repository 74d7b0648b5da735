// Tasks that an execution makes of its own data (dynamic forks): the same rules as for a definition, told as one reason.

import type { JsonObject } from '../json.ts';
import { isRecord } from '../json.ts';
import type { WorkflowTask } from '../model.ts';
import { cleanPlace } from './clean.ts';
import { type Fields, type Walk, walkPlaces } from './places.ts';
import { Problems } from './problems.ts';

export interface Wish {
  readonly task: Fields;
  /** Given beside the task's own inputParameters, which are templates; this is not. */
  readonly input?: JsonObject;
}

/** The tasks as the rules take them, or what is wrong with the first of them that is wrong. */
export function checkTasks(wishes: readonly Wish[]): readonly WorkflowTask[] | string {
  const walk: Walk = { problems: new Problems(), seen: [], references: new Set() };
  wishes.forEach((wish, i) => {
    // Each by itself, since branches of a fork do not follow each other; names are unique over all of them.
    walkPlaces([withInput(wish) as never], { path: `branch ${i}`, depth: 1, isCertain: true }, { ...walk, seen: [] });
  });
  const [first] = walk.problems.list;
  return first
    ? `the tasks to fork are not valid: ${first.path} ${first.message}`
    : wishes.map(({ task }) => cleanPlace(task));
}

/** What a task needs may stand in either of its inputs. */
function withInput({ task, input }: Wish): Fields {
  const { inputParameters = {} } = task;
  return input && isRecord(inputParameters) ? { ...task, inputParameters: { ...inputParameters, ...input } } : task;
}
