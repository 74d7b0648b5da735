// What must hold after each decision, whatever the definition and the story (docs/decisions/0003-core.md lists them).

import assert from 'node:assert/strict';
import { queueEntryOf, wakeAtOf } from '../../src/core/derive.ts';
import { waitOf } from '../../src/core/match.ts';
import type { Task, Workflow } from '../../src/core/model.ts';
import { hasEnded, hasSucceeded, isTerminal } from '../../src/core/model.ts';
import type { Node } from '../../src/core/plan.ts';
import { planOf } from '../../src/core/plan.ts';
import { TASK_TYPES } from '../../src/core/tasks/index.ts';
import { transition } from '../../src/core/transition.ts';
import type { Decided } from './driver.ts';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

export function check({ before, decision, env }: Decided): void {
  numbersGrow(before, decision.after);
  onlyChangedDiffers(before, decision);
  checkState(decision.after, env);
}

/** What must hold for an execution as it is, whatever led there. `env.now`: when it was decided. */
export function checkState(after: Workflow, env: Decided['env']): void {
  if (isTerminal(after.status)) {
    assert.equal(after.tasks.filter((task) => !hasEnded(task)).length, 0, 'an ended execution has no open task');
    assert.equal(wakeAtOf(after), undefined, 'an ended execution has no alarm');
  }
  endsAreSettled(after);
  oneAttemptCounts(after);
  predecessorsHaveEnded(after);
  alarmsAreAhead(after, env.now);
  for (const task of after.tasks)
    if (hasEnded(task)) {
      assert.equal(queueEntryOf(after, task), undefined, 'only open tasks are in a queue');
      assert.equal(waitOf(after, task), undefined, 'only open tasks wait');
    }
  decidingAgainWritesNothing(after, env);
  somethingCanMove(after);
}

function numbersGrow(before: Workflow | undefined, after: Workflow): void {
  let last = 0;
  const known = new Set(before?.tasks.map((task) => task.n));
  for (const { n } of after.tasks) {
    assert.ok(n > last, 'numbers grow');
    assert.ok(known.has(n) || n >= (before?.nextN ?? 1), 'no number is given twice');
    last = n;
  }
  assert.ok(after.nextN > last && after.nextN >= (before?.nextN ?? 1), 'the next number is new');
}

function onlyChangedDiffers(before: Workflow | undefined, { after, changed, removed }: Decided['decision']): void {
  const differs = new Set(changed);
  const old = new Map(before?.tasks.map((task) => [task.n, task]));
  for (const task of after.tasks)
    if (!differs.has(task.n)) assert.equal(task, old.get(task.n), 'what changed is listed');
  const now = new Set(after.tasks.map((task) => task.n));
  assert.deepEqual(
    [...old.keys()].filter((n) => !now.has(n)),
    removed,
    'what is gone is listed',
  );
  for (const n of changed) assert.ok(now.has(n), 'what changed is there');
}

function endsAreSettled(after: Workflow): void {
  if (after.status !== 'RUNNING' || after.unfinished) return;
  for (const task of after.tasks) assert.ok(!hasEnded(task) || task.executed, `${nameOf(task)} is settled`);
}

/** Of all attempts at a place in one iteration at most one counts. */
function oneAttemptCounts(after: Workflow): void {
  const counting = new Set<string>();
  for (const task of after.tasks.filter((one) => !one.retried)) {
    assert.ok(!counting.has(nameOf(task)), `only one attempt of ${nameOf(task)} counts`);
    counting.add(nameOf(task));
  }
  for (const task of after.tasks) assert.ok(!task.retried || hasEnded(task), 'what no longer counts has ended');
}

/** A place is entered only behind a good end of the one before it (a jump may leave that out altogether). */
function predecessorsHaveEnded(after: Workflow): void {
  const { nodes } = planOf(after.def);
  const previous = new Map<Node, Node>();
  for (const node of nodes.values()) if (node.next) previous.set(node.next, node);
  const counting = new Map(after.tasks.filter((task) => !task.retried).map((task) => [nameOf(task), task]));
  for (const task of counting.values()) {
    const node = nodes.get(task.place);
    const before = node && previous.get(node);
    const earlier = before && counting.get(before.task.taskReferenceName + task.scope);
    if (!earlier || task.memo?.skippedAhead === true) continue;
    assert.ok(hasSucceeded(earlier), `${nameOf(earlier)} ended well before ${nameOf(task)} was entered`);
  }
}

function alarmsAreAhead(after: Workflow, now: number): void {
  const wakeAt = wakeAtOf(after);
  if (!after.unfinished && wakeAt !== undefined) assert.ok(wakeAt > now, `the alarm at ${wakeAt} is ahead of ${now}`);
}

function decidingAgainWritesNothing(after: Workflow, env: Decided['env']): void {
  if (after.unfinished) return;
  const again = transition(after, [{ type: 'decide' }], env);
  assert.deepEqual(again.changed, [], 'deciding again changes no task');
  assert.deepEqual(again.removed, []);
  assert.deepEqual(again.messages, []);
  assert.deepEqual(plain(again.after), plain(after), 'deciding again changes nothing');
}

/** A running execution waits for somebody: it never only looks at itself. One that is held waits for its turn. */
function somethingCanMove(after: Workflow): void {
  if (after.status !== 'RUNNING' || after.unfinished || after.held) return;
  const moves = after.tasks.some(
    (task) => !hasEnded(task) && (!TASK_TYPES.get(task.type)?.advance || task.wakeAt !== undefined),
  );
  assert.ok(moves, `something can move it: ${after.tasks.map((task) => `${nameOf(task)} ${task.status}`).join(', ')}`);
}

const nameOf = (task: Task): string => task.place + task.scope;
