// Whether an execution has come to rest: nothing in it goes on until somebody, or a moment, wakes it.
// Events that are kept in order ask this of the executions that the event before them started or resumed.

import { hasEnded, isTerminal, type Task, type Workflow } from './model.ts';

export interface Rest {
  /** False while somebody works in it, or while it is held back: paused, or not yet admitted. */
  readonly atRest: boolean;
  /** Sub-workflows that it waits for: it is at rest only if each of them is. */
  readonly children: readonly string[];
}

/** They hold until something comes from outside; a WAIT for a moment counts, since what it holds may be days. */
const HOLDS: ReadonlySet<string> = new Set(['WAIT', 'WAIT_FOR_WEBHOOK', 'HUMAN', 'YIELD']);
/** Open for as long as the tasks inside of them, or before them, are. */
const FRAMES: ReadonlySet<string> = new Set(['DO_WHILE', 'JOIN', 'EXCLUSIVE_JOIN']);

const BUSY: Rest = { atRest: false, children: [] };

export function restOf(workflow: Workflow): Rest {
  if (isTerminal(workflow.status)) return { atRest: true, children: [] };
  if (workflow.status === 'PAUSED' || workflow.held || workflow.unfinished) return BUSY;
  const children: string[] = [];
  let holds = 0;
  for (const task of workflow.tasks) {
    if (hasEnded(task) || (task.status === 'IN_PROGRESS' && FRAMES.has(task.type))) continue;
    if (!isHeld(task)) return BUSY;
    holds += 1;
    if (task.subWorkflowId !== undefined) children.push(task.subWorkflowId);
  }
  // With nothing open, what comes next is about to be decided.
  return { atRest: holds > 0, children };
}

/** Handed over: the work of our own worker is done, and somebody else says when the task is (asyncComplete). */
const isHeld = (task: Task): boolean =>
  task.status === 'IN_PROGRESS' &&
  (HOLDS.has(task.type) || task.type === 'SUB_WORKFLOW' || task.memo?.handedOver === true);
