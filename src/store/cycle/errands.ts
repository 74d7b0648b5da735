// Errands travel through the inboxes of executions: sent in the commit that decides them, carried out once, and what
// became of them is noted in the commit that carries them out. No node that dies in between loses or doubles one.

import type { Outcome } from '../../core/command.ts';
import type { Change, Row } from '../drivers/driver.ts';
import type { Errand, ErrandOutcome } from '../errand.ts';
import { fromStored, fromStoredOrNothing, toStored, toStoredOrNull } from '../rows/text.ts';
import type { StartResult } from '../store.ts';
import { inboxRow } from './turn.ts';

/** Columns of `errand` as they are joined to what sent it. */
export const OUTCOME_COLUMNS = 'o.ok, o.at, o.workflow_id, o.reason';

/** The execution that an errand is for. */
export const targetOf = (errand: Errand): string => (errand.type === 'start' ? errand.start.id : errand.workflowId);

/** Inbox rows of errands. `source` is a fresh key of the database, so that no row of another source has the same key. */
export const errandRows = (errands: readonly Errand[], source: number, now: number): Change[] =>
  errands.map((errand, idx) => {
    const command = errand.type === 'start' ? { ...errand.start, type: 'start', depth: 0 } : { ...errand.command };
    return inboxRow(targetOf(errand), source, 0, idx, now, { ...command, errand: errand.id });
  });

/** What became of the errand behind an inbox row; nothing when it was none. */
export function noted(
  message: object,
  now: number,
  result: Outcome | StartResult | { readonly type: 'noWorkflow' },
): Change[] {
  const id = 'errand' in message ? message.errand : undefined;
  if (typeof id !== 'string') return [];
  const { ok, workflowId, reason } = read(result);
  return [
    {
      op: 'ignore',
      table: 'errand',
      row: [toStored(id), ok ? 1 : 0, now, toStoredOrNull(workflowId), toStoredOrNull(reason)],
    },
  ];
}

function read(result: Outcome | StartResult | { readonly type: 'noWorkflow' }): Omit<ErrandOutcome, 'at'> {
  switch (result.type) {
    case 'done':
      return { ok: true };
    case 'ignored':
      return { ok: true, reason: result.reason };
    case 'started':
    case 'existing':
      return { ok: true, workflowId: result.id };
    case 'noWorkflow':
      return { ok: false, reason: 'there is no such execution' };
    default:
      return { ok: false, reason: result.reason };
  }
}

/** The outcome in the cells that `OUTCOME_COLUMNS` yields; undefined while it is under way. */
export function outcomeOf([ok, at, workflowId, reason]: Row): ErrandOutcome | undefined {
  if (typeof ok !== 'number') return undefined;
  const text = fromStoredOrNothing(reason);
  return {
    ok: ok === 1,
    at: at as number,
    ...(typeof workflowId === 'string' && { workflowId: fromStored(workflowId) }),
    ...(text !== undefined && { reason: text }),
  };
}
