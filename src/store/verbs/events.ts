// Stored events as they are read: the call, and what it did.

import { eventOf } from '../cycle/receive.ts';
import type { Driver, Row } from '../drivers/driver.ts';
import { MAX_PAGE } from '../limits.ts';
import { TABLES } from '../rows/tables.ts';
import { fromStored, fromStoredOrNothing, toStored } from '../rows/text.ts';
import type { EventEffect, EventRecord } from '../store.ts';

export const EVENT_COLUMNS = Object.keys(TABLES.event.columns);

export async function getEvent(driver: Driver, eventId: string): Promise<EventRecord | undefined> {
  const [rows = []] = await driver.look('eventById', [[toStored(eventId)]]);
  return (await withEffects(driver, rows))[0];
}

/** Newest first. */
export async function listEvents(
  driver: Driver,
  { webhookId, beforeSeq = Number.MAX_SAFE_INTEGER, limit }: { webhookId: string; beforeSeq?: number; limit: number },
): Promise<EventRecord[]> {
  const rows = await driver.query(
    `select ${EVENT_COLUMNS.join(', ')} from event where webhook = ? and id < ? order by id desc limit ?`,
    [toStored(webhookId), beforeSeq, Math.min(Math.max(0, limit), MAX_PAGE)],
  );
  return withEffects(driver, rows);
}

export async function withEffects(driver: Driver, rows: readonly Row[]): Promise<EventRecord[]> {
  const effects = await driver.look(
    'effectsWithNames',
    rows.map((row): Row => [row[0] as number]),
  );
  return rows.map((row, i) => {
    const event = eventOf(row);
    const own = (effects[i] ?? []).map(effectOf);
    return { ...event, seq: row[0] as number, matched: own.some(({ type }) => type !== 'failed'), effects: own };
  });
}

function effectOf([, type, name, reason, at, id, ref]: Row): EventEffect {
  const workflowId = fromStoredOrNothing(id);
  const text = fromStoredOrNothing(reason);
  return {
    type: type as EventEffect['type'],
    workflowName: fromStored(name as string),
    at: at as number,
    ...(workflowId !== undefined && { workflowId }),
    ...(typeof ref === 'string' && { taskRef: fromStored(ref) }),
    ...(text !== undefined && { reason: text }),
  };
}
