// The janitor's rounds: in order, in steps, by one node, and how long is long enough.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { createLog } from '../lib/log.ts';
import type { SweepStep, Swept } from '../store/retention.ts';
import type { Store } from '../store/store.ts';
import { createJanitor, type Keep, keepOf } from './janitor.ts';

const DAY = 86_400_000;
const WEEK = 7 * DAY;

/** `pages`: full ones of each kind, of which `removed` rows go. */
function janitorOf(keep: Keep, pages: Partial<Record<Swept, number>> = {}, removed = 1) {
  const clock = new FakeClock();
  const steps: (SweepStep & { readonly kind: Swept })[] = [];
  const left = { ...pages };
  let leasable = true;
  let leases = 0;
  const store = {
    retention: {
      async lease(_: string, { now, forMs }: { now: number; forMs: number }) {
        leases += 1;
        return leasable ? now + forMs : undefined;
      },
      async sweep(kind: Swept, step: SweepStep) {
        steps.push({ kind, ...step });
        const rest = left[kind] ?? 0;
        left[kind] = Math.max(0, rest - 1);
        return { removed: rest > 0 ? removed : 0, ...(rest > 1 && { next: [rest] }) };
      },
    },
  } as unknown as Store;
  const logged: string[] = [];
  const log = createLog('info', { write: (line) => void logged.push(line) });
  const leave = (): void => {
    leasable = false;
  };
  const loop = createJanitor({ store, clock, log, keep, longestWindowMs: async () => WEEK });
  return { clock, steps, logged, loop, leave, leases: () => leases };
}

async function pass({ loop, clock }: ReturnType<typeof janitorOf>): Promise<void> {
  for (let wish = await loop.runOnce(); wish === 50; wish = await loop.runOnce()) await clock.advance(wish);
}

describe('the janitor', () => {
  it('sweeps one kind after the other, each to its end, and says what it did', async () => {
    const janitor = janitorOf({ executionsMs: DAY, eventsMs: 2 * DAY }, { executions: 3 });
    const now = janitor.clock.now();
    await pass(janitor);
    assert.deepEqual(
      janitor.steps.map(({ kind, after }) => [kind, after?.[0]]),
      [
        ['executions', undefined],
        ['executions', 3],
        ['executions', 2],
        ['entries', undefined],
        ['events', undefined],
        ['names', undefined],
      ],
    );
    assert.deepEqual(
      janitor.steps.map(({ before }) => now - before),
      [DAY, DAY, DAY, 2 * DAY, 2 * DAY + 60_000, 2 * DAY],
    );
    assert.ok(janitor.steps.every(({ namedBefore }) => now - (namedBefore as number) === WEEK));
    assert.match(janitor.logged.join(), /"removed":3/);
  });

  it('rests between passes', async () => {
    const janitor = janitorOf({ logsMs: DAY });
    await pass(janitor);
    assert.equal(janitor.steps.length, 1);
    await janitor.clock.advance(9 * 60_000);
    assert.equal(await janitor.loop.runOnce(), 60_000);
    assert.equal(janitor.steps.length, 1);
    await janitor.clock.advance(60_000);
    await pass(janitor);
    assert.equal(janitor.steps.length, 2);
    assert.deepEqual(janitor.logged, []);
  });

  it('leaves the work to the node that has the lease, in the middle of a pass too', async () => {
    const janitor = janitorOf({ logsMs: DAY, historyMs: DAY });
    await janitor.loop.runOnce();
    janitor.leave();
    await janitor.clock.advance(31_000);
    assert.equal(await janitor.loop.runOnce(), 60_000);
    assert.equal(janitor.steps.length, 1);
  });

  it('renews its lease when half of it is over, not with each step', async () => {
    const janitor = janitorOf({ logsMs: DAY }, { logs: 1_000 });
    await pass(janitor);
    assert.equal(janitor.steps.length, 1_000);
    assert.equal(janitor.leases(), 2, 'a thousand steps take 50 seconds');
  });

  it('takes its time while it finds nothing that is old enough', async () => {
    const janitor = janitorOf({ logsMs: DAY }, { logs: 2 }, 0);
    assert.equal(await janitor.loop.runOnce(), 500, 'a page of which everything stays');
    assert.equal(await janitor.loop.runOnce(), 50, 'the end');
  });

  it('keeps what it is not told to delete', async () => {
    const janitor = janitorOf({});
    assert.equal(await janitor.loop.runOnce(), undefined);
    assert.equal(janitor.steps.length, 0);
  });

  it('reads the settings: executions for ever, all else for thirty days', () => {
    assert.deepEqual(keepOf(), {
      executionsMs: undefined,
      eventsMs: 30 * DAY,
      logsMs: 30 * DAY,
      deliveriesMs: 30 * DAY,
      historyMs: 30 * DAY,
    });
    assert.deepEqual(keepOf({ executions: 1, events: 'forever' }).executionsMs, DAY);
    assert.equal(keepOf({ executions: 1, events: 'forever' }).eventsMs, undefined);
  });
});
