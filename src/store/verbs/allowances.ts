// Allowances in SQL. One number for each name says all of it: the moment at which its bucket is full again (GCRA). A node
// takes several calls at once, so that it asks seldom.

import type { Allowances } from '../allowance.ts';
import type { Driver } from '../drivers/driver.ts';

/** Facts are whole numbers; milliseconds would be too coarse for more than a thousand calls a second. */
const TICKS_PER_MS = 1_000;
/** Others may take what was just seen to be there; then there is less, until there is none. */
const MAX_TRIES = 5;

const LATER = 'case when fact.value > ? then fact.value else ? end';
const TAKE = `insert into fact (name, value) values (?, ?) on conflict (name) do update set value = ${LATER} + ?
  where ${LATER} + ? <= ? returning value`;

export function allowanceVerbs(driver: Pick<Driver, 'serial' | 'query'>): Allowances {
  return {
    async take(name, { perSecond, burst, count, now }) {
      if (driver.serial) return undefined;
      const tick = Math.round(now * TICKS_PER_MS);
      const each = Math.max(1, Math.round((1_000 / perSecond) * TICKS_PER_MS));
      const end = tick + Math.floor(Math.max(1, burst) * each);
      const nextAfter = (full: number): number => (full + each - end) / TICKS_PER_MS + now;
      let wanted = Math.min(count, Math.floor((end - tick) / each));
      for (let tries = 0; ; tries += 1) {
        const cost = wanted * each;
        const taken = await driver.query(TAKE, [name, tick + cost, tick, tick, cost, tick, tick, cost, end]);
        if (taken[0]) return { taken: wanted, nextAt: Math.max(now, nextAfter(taken[0][0] as number)) };
        const [row] = await driver.query('select value from fact where name = ?', [name]);
        const full = (row?.[0] as number | undefined) ?? tick;
        const left = Math.floor((end - Math.max(full, tick)) / each);
        if (left < 1 || tries >= MAX_TRIES) return { taken: 0, nextAt: Math.max(now, nextAfter(full)) };
        wanted = Math.min(left, wanted);
      }
    },
  };
}
