// Commands for executions: from callers, from their inbox, from their alarm; and their removal.

import type { Command, Outcome } from '../../core/command.ts';
import { answerOfNobody } from '../../core/commands/child.ts';
import type { Message } from '../../core/message.ts';
import type { Change, Row } from '../drivers/driver.ts';
import { FAULT_BACKOFF_MS } from '../limits.ts';
import { toStored } from '../rows/text.ts';
import type { StartResult, Told } from '../store.ts';
import type { Cycle } from './cycle.ts';
import { noted } from './errands.ts';
import { type ItemOf, removal } from './item.ts';
import { completion, keptOutputs, waitingEntryOf } from './kept.ts';
import { planStarts, type StartJob } from './starts.ts';
import type { State } from './states.ts';
import { inboxRow, type LookForKept, removalsOf } from './turn.ts';

type StartMessage = Extract<Message, { type: 'start' }>;

export async function gatherCommands(cycle: Cycle, items: readonly ItemOf<'command'>[]): Promise<void> {
  if (!items.length) return;
  const ids = [...new Set(items.map(({ workflowId }) => workflowId))];
  const [states] = await Promise.all([cycle.context.states.currentById(cycle.session, ids), cycle.definitionsReady]);
  const byId = new Map(ids.map((id, i) => [id, states[i]]));
  for (const item of items) {
    const state = byId.get(item.workflowId);
    if (!state) {
      cycle.finishes.set(item, () => item.resolve({ type: 'noWorkflow' }));
      continue;
    }
    cycle.step(state, {
      item,
      command: ready(cycle, item.command),
      now: item.now,
      settle: (outcome, { id, traceId }) =>
        item.resolve({
          type: 'applied',
          outcome: told(outcome),
          workflow: { id, ...(traceId !== undefined && { traceId }) },
        }),
    });
  }
}

function told(outcome: Outcome): Told {
  if (outcome.type === 'refused' || !outcome.task) return outcome;
  const { n, type, name, domain } = outcome.task;
  return { ...outcome, task: { n, type, name, ...(domain !== undefined && { domain }) } };
}

/** Definitions that come with a command get the registered task definitions embedded, as at a start. */
function ready({ context }: Cycle, command: Command): Command {
  if (command.type === 'upgrade') return { ...command, def: context.definitions.snapshotOf(command.def).def };
  if (command.type === 'restart' && command.latest)
    return { ...command, latest: context.definitions.snapshotOf(command.latest).def };
  return command;
}

export async function gatherAlarms(cycle: Cycle, items: readonly ItemOf<'alarm'>[]): Promise<void> {
  if (!items.length) return;
  const states = await cycle.context.states.currentByKey(
    cycle.session,
    items.map(({ wf }) => wf),
  );
  items.forEach((item, i) => {
    const state = states[i];
    if (state?.wakeAt !== undefined && state.wakeAt <= item.now)
      cycle.step(state, { item, command: { type: 'decide' }, now: item.now });
  });
}

export async function gatherInboxes(cycle: Cycle, items: readonly ItemOf<'inbox'>[]): Promise<void> {
  if (!items.length) return;
  const { session, context } = cycle;
  const targets = [...new Map(items.map((item) => [item.target, item])).values()];
  // Executions first, inboxes after: a row taken away in between leaves a newer rev behind.
  const [states, boxes] = await Promise.all([
    context.states.byId(
      session,
      targets.map(({ target }) => target),
    ),
    session.look(
      'inbox',
      targets.map(({ target }): Row => [toStored(target)]),
    ),
  ]);
  const jobs: StartJob[] = [];
  const looks: Promise<void>[] = [];
  targets.forEach((item, i) => {
    const state = states[i];
    const rows = (boxes[i] ?? []).filter((row) => row[5] === 0 || (row[4] as number) <= item.now);
    const start = rows.find((row) => commandOf(row).type === 'start');
    if (start) {
      jobs.push(startFromInbox(cycle, item, start));
      // What was said to it waits until it is born.
      if (rows.length > 1) cycle.finishes.set(item, () => cycle.left.told.set(item.target, item.now));
      return;
    }
    if (!state) {
      leaveToNobody(cycle, item, rows);
      return;
    }
    for (const row of rows) {
      const command = commandOf(row) as Command | LookForKept;
      if (command.type === 'lookForKept') looks.push(takeKept(cycle, item, state, row, command));
      else
        cycle.step(state, {
          item,
          command,
          now: item.now,
          rows: (outcome) => [rowRemoval(row), ...noted(command, item.now, outcome)],
          faultRows: (reason) => [putOff(row, item.now, reason)],
        });
    }
  });
  await Promise.all([planStarts(cycle, jobs), ...looks]);
}

/** What was said to an execution that is not there. Whoever waits for its word is told so. */
function leaveToNobody(cycle: Cycle, item: ItemOf<'inbox'>, rows: readonly Row[]): void {
  const changes = rows.flatMap((row): Change[] => {
    const message = commandOf(row);
    const known = message.type !== 'start' && message.type !== 'lookForKept';
    const answer = known ? answerOfNobody(item.target, message) : undefined;
    if (answer) cycle.finishes.set(item, () => cycle.left.told.set(answer.workflowId, item.now));
    return [
      rowRemoval(row),
      ...noted(message, item.now, { type: 'noWorkflow' }),
      ...(answer ? [answerRow(answer.workflowId, row, item.now, answer.command)] : []),
    ];
  });
  cycle.note(changes, [item]);
}

/** Under the key of the row that asked, so that it is said once. */
const answerRow = (target: string, [, source, sub, idx]: Row, now: number, command: Command): Change =>
  inboxRow(target, source as number, sub as number, -1 - (idx as number), now, command);

/** Completes the tasks whose output is kept. */
async function takeKept(
  cycle: Cycle,
  item: ItemOf<'inbox'>,
  state: State,
  row: Row,
  { tasks }: LookForKept,
): Promise<void> {
  const entries = tasks.flatMap((n) => {
    const entry = waitingEntryOf(state, n);
    return entry ? [{ n, entry }] : [];
  });
  const outputs = await keptOutputs(
    cycle,
    entries.map(({ entry }) => entry),
    item.now,
  );
  const found = entries.flatMap(({ n }, i) => {
    const output = outputs[i];
    return output ? [completion(n, output)] : [];
  });
  // With the completions or not at all: somebody else may be at the execution.
  const rows = (): readonly Change[] => [rowRemoval(row)];
  if (!found.length) cycle.note(rows(), [item]);
  for (const [i, command] of found.entries())
    cycle.step(state, { item, now: item.now, command, ...(i === 0 && { rows, faultRows: rows }) });
}

const commandOf = (row: Row): Command | StartMessage | LookForKept => JSON.parse(row[7] as string);
const rowRemoval = (row: Row): Change => removal('inbox', row.slice(0, 4));

/** A command that made the rules throw stays, with the reason, and is tried again later and later. */
function putOff(row: Row, now: number, reason: string): Change {
  const tries = (row[5] as number) + 1;
  const at = now + Math.min(FAULT_BACKOFF_MS.first * 2 ** (tries - 1), FAULT_BACKOFF_MS.last);
  return { op: 'put', table: 'inbox', row: [...row.slice(0, 4), at, tries, toStored(reason), row[7] ?? null] };
}

function startFromInbox(cycle: Cycle, item: ItemOf<'inbox'>, row: Row): StartJob {
  const message = commandOf(row) as StartMessage;
  const { type: _, by, depth, ...wish } = message;
  const answer = (result: StartResult): Command | undefined => by && answerTo(by, wish.id, result);
  const told = (result: StartResult): Change[] => {
    const command = answer(result);
    return by && command ? [answerRow(by.workflowId, row, item.now, command)] : [];
  };
  return {
    item,
    wish: {
      ...wish,
      depth,
      // It started when that was decided: events that came since, while a node died, are not too early for it.
      now: row[4] as number,
      ...(by?.waits && { parent: { workflowId: by.workflowId, n: by.n } }),
    },
    rows: (result) => [rowRemoval(row), ...told(result), ...noted(message, item.now, result)],
    settle: (result) => {
      if (by && answer(result)) cycle.left.told.set(by.workflowId, item.now);
    },
  };
}

/** What the task that asked for a start is told; one that waits for its child hears nothing when all went as it asked. */
function answerTo(
  { n, waits }: NonNullable<StartMessage['by']>,
  childId: string,
  result: StartResult,
): Command | undefined {
  switch (result.type) {
    case 'started':
      return waits ? undefined : { type: 'startedAs', n, childId, existingId: childId };
    case 'existing':
      return { type: 'startedAs', n, childId, existingId: result.id };
    case 'conflict':
      return { type: 'startFailed', n, childId, reason: result.reason, status: 409 };
    case 'noDefinition':
      return { type: 'startFailed', n, childId, reason: result.reason, status: 404 };
    case 'invalid':
      return { type: 'startFailed', n, childId, reason: result.reason, status: 400 };
  }
}

/** Removes an execution and all that hangs on it. Effects stay: they are the history of their events. */
export async function gatherRemovals(cycle: Cycle, items: readonly ItemOf<'remove'>[]): Promise<void> {
  if (!items.length) return;
  const states = await cycle.context.states.byId(
    cycle.session,
    items.map(({ workflowId }) => workflowId),
  );
  const ids = items.map(({ workflowId }): Row => [toStored(workflowId)]);
  const [todo, logs] = await Promise.all([cycle.session.look('inbox', ids), cycle.session.look('taskLogKeys', ids)]);
  items.forEach((item, i) => {
    const state = states[i];
    if (!state) {
      cycle.finishes.set(item, () => item.resolve(false));
      return;
    }
    const { wf, rev, workflow } = state;
    const changes: Change[] = [
      ...removalsOf(state),
      ...(todo[i] ?? []).map(rowRemoval),
      ...workflow.tasks.map((task) => removal('wait_todo', [wf, task.n])),
      ...(logs[i] ?? []).map((key) => removal('task_log', key)),
      removal('execution_text', [wf]),
    ];
    if (workflow.idempotencyKey)
      changes.push(removal('idempotency', [toStored(workflow.name), toStored(workflow.idempotencyKey)]));
    cycle.plan({ key: wf, guard: { op: 'remove', table: 'workflow', row: [wf], expected: rev }, changes }, [item], {
      passed: () => {
        cycle.context.states.drop(wf);
        cycle.context.texts.forget(wf);
        item.resolve(true);
      },
      failed: () => cycle.context.states.drop(wf, rev),
    });
  });
}
