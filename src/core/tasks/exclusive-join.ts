// EXCLUSIVE_JOIN: takes the output of the first listed task that was executed, else of the first default one (contract 5.6).

import type { Draft, Standing, TaskType } from '../draft.ts';
import type { Task } from '../model.ts';
import { hasSucceeded } from '../model.ts';
import { isDone, movesInside } from './join.ts';

const firstDone = (draft: Draft, refs: readonly string[] | undefined, scope: string): Task | undefined => {
  const ref = refs?.find((name) => isDone(draft, name, scope));
  return ref === undefined ? undefined : draft.tasks.latest(ref, scope);
};

function conclude(draft: Draft, task: Task, { place }: Standing): void {
  const { joinOn, defaultExclusiveJoinTask } = place;
  const taken = firstDone(draft, joinOn, task.scope) ?? firstDone(draft, defaultExclusiveJoinTask, task.scope);
  const output = taken?.output ?? {};
  if (!taken || hasSucceeded(taken)) draft.end(task, 'COMPLETED', { output });
  else {
    const reason = `${taken.place} ${taken.status}${taken.reason ? `: ${taken.reason}` : ''}`;
    draft.end(task, taken.status === 'CANCELED' ? 'CANCELED' : 'FAILED', { output, reason });
  }
}

export const exclusiveJoin: TaskType = {
  begin(draft, task, { place }) {
    draft.run(task, { input: { ...task.input, joinOn: place.joinOn ?? [] } });
  },
  advance(draft, task, at) {
    const { node, place } = at;
    const isHere = firstDone(draft, place.joinOn, task.scope) !== undefined;
    if (isHere || (node.fork && !movesInside(draft, node.fork, task.scope))) conclude(draft, task, at);
  },
  stall: conclude,
};
