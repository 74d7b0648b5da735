// Stored events as they are read: the call, and what it did.

import type { JsonObject } from '../../core/json.ts';
import { eventOf } from '../cycle/receive.ts';
import type { Driver, Row } from '../drivers/driver.ts';
import { MAX_PAGE } from '../limits.ts';
import { TABLES } from '../rows/tables.ts';
import { fromStored, fromStoredOrNothing, toStored } from '../rows/text.ts';
import type { EventEffect, EventRecord, EventReplay } from '../store.ts';

export const EVENT_COLUMNS = Object.keys(TABLES.event.columns);

export async function getEvent(driver: Driver, eventId: string): Promise<EventRecord | undefined> {
  const [[rows = []], [replays = []]] = await Promise.all([
    driver.look('eventById', [[toStored(eventId)]]),
    driver.look('eventReplays', [[toStored(eventId)]]),
  ]);
  const [event] = await withEffects(driver, rows);
  return event && replays.length > 0 ? { ...event, replays: replays.map(replayOf) } : event;
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
  const keys = rows.map((row): Row => [row[0] as number]);
  const [effects, repeats] = await Promise.all([
    driver.look('effectsWithNames', keys),
    driver.look('eventRepeats', keys),
  ]);
  return rows.map((row, i) => {
    const event = eventOf(row);
    const own = (effects[i] ?? []).map(effectOf);
    const [, times, lastAt] = repeats[i]?.[0] ?? [];
    return {
      ...event,
      seq: row[0] as number,
      matched: own.some(({ type }) => type !== 'failed'),
      effects: own,
      ...(typeof times === 'number' && { repeated: { times, lastAt: lastAt as number } }),
    };
  });
}

const replayOf = ([eventId, receivedAt, about]: Row): EventReplay => ({
  eventId: fromStored(eventId as string),
  receivedAt: receivedAt as number,
  isEdited: typeof about === 'string' && (JSON.parse(about) as JsonObject).isEdited === true,
});

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
