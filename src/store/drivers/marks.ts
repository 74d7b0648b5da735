// Whether a commit took place whose answer was lost: every guarded unit leaves a mark that only it can leave.

import { tableOf } from '../rows/tables.ts';
import type { Cell, Session, Unit } from './driver.ts';

const REV = Object.keys(tableOf('workflow').columns).indexOf('rev');

/** For each unit, whether its guard held; undefined: no mark is there, so as far as anybody can see it did not take place. */
export async function marksOf(session: Pick<Session, 'look'>, units: readonly Unit[]): Promise<boolean[] | undefined> {
  const marks = await Promise.all(units.map((unit) => hasMark(session, unit)));
  return marks.includes(true) ? units.map(({ guard }, i) => !guard || marks[i] === true) : undefined;
}

async function hasMark(session: Pick<Session, 'look'>, { guard }: Unit): Promise<boolean> {
  if (!guard) return false;
  const { op, table, row } = guard;
  if (table === 'event') return ((await session.look('eventByKey', [[row[0] as Cell]]))[0]?.length ?? 0) > 0;
  if (table === 'event_key') {
    const [found] = await session.look('eventByName', [[row[0] as Cell, row[1] as Cell]]);
    return found?.[0]?.[0] === row[2];
  }
  if (table === 'idempotency') {
    const [found] = await session.look('idempotency', [[row[0] as Cell, row[1] as Cell]]);
    return found?.[0]?.[0] === row[2];
  }
  // Other rows bear no mark: done again, the guard says that somebody was first, and whoever asked looks again.
  if (table !== 'workflow') return false;
  const [found] = await session.look('workflowByKey', [[row[0] as Cell]]);
  return op === 'remove' ? found?.length === 0 : found?.[0]?.[REV] === row[REV];
}
