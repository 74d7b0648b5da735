// Lines of held events: the order in which they go, and the mark that says which one of a line is at work.
// Who came first is known only when both are stored, so an older event may join a line whose next one has gone already:
// the mark keeps its place until that is done.

import type { Change, Driver, Row } from '../drivers/driver.ts';
import { fromStored, toStored } from '../rows/text.ts';
import type { HeldEvent, Store } from '../store.ts';
import { removal, type Writers } from './item.ts';

type LineVerbs = Pick<Store['events'], 'heads' | 'begin' | 'leave'>;

const PLACE = 'partition by h.webhook, h.line order by case when m.value = h.event then 0 else 1 end, h.at, h.event';
const MARKED = "event_hold h left join fact m on m.name = 'line ' || h.webhook || ' ' || h.line";

const markName = ({ webhookId, line }: HeldEvent): string => `line ${toStored(webhookId)} ${toStored(line)}`;
const placeOf = ({ webhookId, line, at, seq }: HeldEvent): Row => [toStored(webhookId), toStored(line), at, seq];

export function lineVerbs(driver: Driver, { write, dispatch }: Writers): LineVerbs {
  /** Takes a mark away, unless another one has come in its place. */
  const unmark = (name: string, seq: number, changes: readonly Change[]): Promise<boolean> =>
    dispatch({
      guard: { op: 'remove', table: 'fact', row: [name], expected: seq },
      ...{ changes, errands: [], now: 0 },
    });

  return {
    heads: (limit, after) => headsOf(driver, limit, after),
    async begin(held) {
      const name = markName(held);
      await write([{ op: 'ignore', table: 'fact', row: [name, held.seq] }]);
      const [rows] = await driver.look('fact', [[name]]);
      const marked = rows?.[0]?.[0] as number | undefined;
      if (marked === held.seq) return true;
      // A node that was late has marked what had left the line, and died.
      if (marked !== undefined && !(await isHeld(driver, held, marked))) await unmark(name, marked, []);
      return false;
    },
    async leave(held) {
      const left = removal('event_hold', placeOf(held));
      if (!(await unmark(markName(held), held.seq, [left]))) await write([left]);
    },
  };
}

async function isHeld(driver: Driver, { webhookId, line }: HeldEvent, seq: number): Promise<boolean> {
  const text = 'select event from event_hold where webhook = ? and line = ? and event = ?';
  return (await driver.query(text, [toStored(webhookId), toStored(line), seq])).length > 0;
}

async function headsOf(
  driver: Driver,
  limit: number,
  after: Pick<HeldEvent, 'at' | 'seq'> = { at: Number.MIN_SAFE_INTEGER, seq: 0 },
): Promise<readonly HeldEvent[]> {
  const rows = await driver.query(
    `select e.event_id, h.webhook, h.line, h.at, h.event, e.route, t.event from
       (select * from (select h.webhook, h.line, h.at, h.event, row_number() over (${PLACE}) as nth from ${MARKED}) as line
        where nth = 1 and (at, event) > (?, ?) order by at, event limit ?) as h
       join event e on e.id = h.event left join event_todo t on t.event = h.event order by h.at, h.event`,
    [after.at, after.seq, limit],
  );
  return rows.map(([eventId, webhookId, line, at, seq, route, todo]) => ({
    eventId: fromStored(eventId as string),
    webhookId: fromStored(webhookId as string),
    line: fromStored(line as string),
    at: at as number,
    seq: seq as number,
    routed: route !== null && todo === null,
  }));
}
