// What is due: alarms that have rung, and work that an earlier commit left and nobody in this process is at
// (its process died, or another node wrote it and has let it lie).

import type { Driver, Row } from '../drivers/driver.ts';
import { TAKE_OVER_AFTER_MS } from '../limits.ts';
import { fromStored } from '../rows/text.ts';
import type { Item, ItemOf } from './item.ts';
import type { Pump } from './pump.ts';
import { routeItem } from './receive.ts';

type DueItem = ItemOf<'alarm' | 'inbox' | 'route' | 'lookBack'>;
type Bare = DueItem extends infer T ? (T extends DueItem ? Omit<T, 'resolve' | 'reject'> : never) : never;

/** Moves what is due; answers how many pieces of work were done. */
export async function runDue(driver: Driver, pump: Pump, now: number, limit: number): Promise<number> {
  const found = await findDue(driver, now, limit);
  const done = found
    .filter((item) => !pump.knows(item as Item))
    .slice(0, limit)
    .map((item) => new Promise<void>((resolve, reject) => pump.push({ ...item, resolve, reject } as DueItem)));
  const settled = await Promise.allSettled(done);
  return settled.filter(({ status }) => status === 'fulfilled').length;
}

async function findDue(driver: Driver, now: number, limit: number): Promise<Bare[]> {
  // One writer knows its own work, so whatever else lies there was left by a process that is gone; nodes give each other time.
  const before = driver.serial ? Number.MAX_SAFE_INTEGER : now - TAKE_OVER_AFTER_MS;
  const [alarms, boxes, events, waits] = await Promise.all([
    driver.query('select wf from workflow where wake_at is not null and wake_at <= ? order by wake_at limit ?', [
      now,
      limit,
    ]),
    driver.query('select distinct target from inbox where (tries = 0 and at <= ?) or (tries > 0 and at <= ?) limit ?', [
      before,
      now,
      limit,
    ]),
    driver.query('select event from event_todo where at <= ? order by event limit ?', [before, limit]),
    driver.query('select wf, n, match_key, since, shape from wait_todo where at <= ? limit ?', [before, limit]),
  ]);
  const base = { now, tries: 0, alone: false };
  return [
    ...events.map(([id]): Bare => routeItem(id as number, now)),
    ...waits.map((row) => lookBackOf(row, now)),
    ...boxes.map(([target]): Bare => ({ kind: 'inbox', target: fromStored(target as string), ...base })),
    ...alarms.map(([wf]): Bare => ({ kind: 'alarm', wf: wf as number, ...base })),
  ];
}

const lookBackOf = ([wf, n, key, since, shape]: Row, now: number): Bare => ({
  kind: 'lookBack',
  wf: wf as number,
  n: n as number,
  key: key as Uint8Array,
  since: since as number,
  shape: shape as number,
  now,
  tries: 0,
  alone: false,
});

/** The next moment at which `runDue` finds something new by itself (epoch ms). */
export async function nextAlarm(driver: Driver): Promise<number | undefined> {
  const rows = await driver.query(
    `select min(at) from (
       select min(wake_at) as at from workflow where wake_at is not null
       union all select min(at) as at from inbox where tries > 0) as alarms`,
    [],
  );
  const at = rows[0]?.[0];
  return typeof at === 'number' ? at : undefined;
}
