// The open waits that events meet, each with what is needed to end it: one look for all events of a cycle.

import type { Row, Session } from '../drivers/driver.ts';
import { WAITS_PER_LOOK } from '../limits.ts';
import { WAIT_COLUMNS } from '../rows/looks.ts';
import type { WaitPlace } from './item.ts';
import { keyText } from './keys.ts';
import type { Routed } from './routed.ts';
import { WAIT_ENTRY } from './turn.ts';

/** An open wait whose key fits. */
export interface Found extends WaitPlace {
  /** Its execution has had the event already. */
  readonly had: boolean;
  /** Of its execution; undefined: it is gone. */
  readonly row: Row | undefined;
}

/** Waits under one match key, at most as many as one look brings. */
export interface Page {
  readonly key: string;
  readonly waits: readonly Found[];
}

/** In the order of their executions, or the newest first where the route asks for the newest. */
export async function findWaits(session: Session, routed: readonly Routed[]): Promise<ReadonlyMap<Routed, Page[]>> {
  const pages = new Map(routed.map((one) => [one, [] as Page[]]));
  const lookAt = async (name: WaitLook): Promise<void> => {
    const asked = routed.filter((one) => lookFor(one) === name);
    const keys = asked.flatMap((one) => one.keys.map((key) => ({ one, key })));
    if (!keys.length) return;
    // Neighbours in the index together.
    keys.sort((a, b) => Buffer.compare(a.key, b.key));
    const rows = await session.look(
      name,
      keys.map(({ one, key }) => askFor(one, key)),
    );
    const sign = name === 'newestWaits' || name === 'nextNewestWaits' ? -1 : 1;
    for (const [i, { one, key }] of keys.entries())
      pages.get(one)?.push({
        key: keyText(key),
        waits: (rows[i] ?? []).map(foundIn).sort((a, b) => sign * comparePlaces(a, b)),
      });
  };
  await Promise.all(LOOKS.map(lookAt));
  return pages;
}

export const comparePlaces = (a: WaitPlace, b: WaitPlace): number => a.at - b.at || a.wf - b.wf || a.n - b.n;

/** Where those pages end that are full: there may be more behind them. Undefined when none is. */
export function endsOf(pages: readonly Page[]): ReadonlyMap<string, WaitPlace> | undefined {
  const ends = pages.flatMap(({ key, waits }) => {
    const last = waits.length < WAITS_PER_LOOK ? undefined : waits.at(-1);
    return last ? [[key, { at: last.at, wf: last.wf, n: last.n }] as const] : [];
  });
  return ends.length ? new Map(ends) : undefined;
}

const LOOKS = ['waits', 'newestWaits', 'nextWaits', 'nextNewestWaits'] as const;
type WaitLook = (typeof LOOKS)[number];

/** The first page of its waits, or the one behind the page that was read last. */
function lookFor({ item, route }: Routed): WaitLook {
  if (route.deliver === 'newest') return item.after ? 'nextNewestWaits' : 'newestWaits';
  return item.after ? 'nextWaits' : 'waits';
}

function askFor({ item }: Routed, key: Uint8Array): Row {
  const last = item.after?.get(keyText(key));
  const asked: Row = [key, WAIT_ENTRY, item.id];
  return last ? [...asked, last.at, last.wf, last.n] : asked;
}

export function foundIn(row: Row): Found {
  const [wf, n, at, had, execution] = row;
  return {
    wf: wf as number,
    n: n as number,
    at: at as number,
    had: had === 1,
    row: execution === null ? undefined : row.slice(WAIT_COLUMNS),
  };
}
