import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptyQueue, finish, type PickLimits, pick, type QueueState, type Rate, type Waiting } from './fair-queue.ts';

type Item = Waiting & { readonly id: number };

let ids = 0;
function item(flow: string, changes: Partial<Waiting> = {}): Item {
  ids += 1;
  return { id: ids, flow, webhook: `${flow}-hook`, host: `${flow}.example`, availableAtMs: 0, ...changes };
}

function limits(changes: Partial<PickLimits> = {}): PickLimits {
  return { slots: 1000, atOnce: () => 1000, nowMs: 0, ...changes };
}

function flowsOf(items: readonly Item[]): string {
  return items.map((chosen) => chosen.flow).join('');
}

test('flows take turns, however much one of them has', () => {
  const waiting = [...Array.from({ length: 50 }, () => item('a')), item('b'), item('c'), item('b')];
  assert.equal(flowsOf(pick(emptyQueue, waiting, limits({ slots: 6 })).chosen), 'abcaba');
});

test('the turn goes on from call to call', () => {
  const waiting = ['a', 'b', 'c'].flatMap((flow) => [item(flow), item(flow), item(flow)]);
  let state = emptyQueue;
  let left = waiting;
  let order = '';
  for (let i = 0; i < 9; i++) {
    const picked = pick(state, left, limits({ slots: 1 }));
    state = picked.state;
    left = left.filter((waits) => !picked.chosen.includes(waits));
    order += flowsOf(picked.chosen);
  }
  assert.equal(order, 'abcabcabc');
});

test('within a flow the oldest goes first', () => {
  const waiting = [item('a'), item('a'), item('a')];
  const { chosen } = pick(emptyQueue, waiting, limits({ slots: 2 }));
  assert.deepEqual(chosen, waiting.slice(0, 2));
});

test('a host at its limit holds up only its own', () => {
  const waiting = [
    ...Array.from({ length: 5 }, () => item('a', { host: 'dead.example' })),
    item('a', { host: 'fine.example' }),
    item('b', { host: 'dead.example' }),
  ];
  const atOnce = (host: string): number => (host === 'dead.example' ? 2 : 10);
  const first = pick(emptyQueue, waiting, limits({ atOnce }));
  assert.deepEqual(
    first.chosen.map((chosen) => `${chosen.flow} ${chosen.host}`),
    ['a dead.example', 'b dead.example', 'a fine.example'],
  );
  const left = waiting.filter((waits) => !first.chosen.includes(waits));
  assert.equal(pick(first.state, left, limits({ atOnce })).chosen.length, 0);
  const freed = finish(first.state, first.chosen.slice(0, 1));
  assert.equal(pick(freed, left, limits({ atOnce })).chosen.length, 1);
});

test('an open circuit is a host with no place', () => {
  const { chosen, nextAtMs } = pick(emptyQueue, [item('a')], limits({ atOnce: () => 0 }));
  assert.deepEqual([chosen, nextAtMs], [[], undefined]);
});

test('a rate lets a burst pass, then one token at a time, and says when', () => {
  const rate = { perSecond: 2, burst: 3 };
  const waiting = Array.from({ length: 10 }, () => item('a', { rate }));
  const first = pick(emptyQueue, waiting, limits());
  assert.equal(first.chosen.length, 3);
  assert.equal(first.nextAtMs, 500);
  const left = waiting.slice(3);
  assert.equal(pick(first.state, left, limits({ nowMs: 499 })).chosen.length, 0);
  const second = pick(first.state, left, limits({ nowMs: 500 }));
  assert.equal(second.chosen.length, 1);
  assert.equal(pick(second.state, left.slice(1), limits({ nowMs: 10_000 })).chosen.length, 3, 'full again, not more');
  const later = pick(second.state, [], limits({ nowMs: 10_000 }));
  assert.equal(later.state.buckets.size, 0, 'a full bucket is forgotten');
});

test('one key goes one after the other, also past a delivery that is not due', () => {
  const ordered = (orderKey: string, availableAtMs = 0): Item => item('a', { orderKey, availableAtMs });
  const waiting = [ordered('x'), ordered('x'), ordered('y', 700), ordered('y'), ordered('z')];
  const first = pick(emptyQueue, waiting, limits());
  assert.deepEqual(first.chosen, [waiting[0], waiting[4]]);
  assert.equal(first.nextAtMs, 700);
  const left = waiting.slice(1, 4);
  assert.deepEqual(pick(first.state, left, limits({ nowMs: 700 })).chosen, [waiting[2]]);
  const freed = finish(first.state, first.chosen);
  assert.deepEqual(pick(freed, left, limits({ nowMs: 700 })).chosen, [waiting[1], waiting[2]]);
});

test('the same key in two webhooks is two keys', () => {
  const waiting = [item('a', { webhook: 'w', orderKey: '1' }), item('a', { webhook: 'v', orderKey: '1' })];
  assert.equal(pick(emptyQueue, waiting, limits()).chosen.length, 2);
});

const rates: (Rate | undefined)[] = [undefined, { perSecond: 1, burst: 1 }, { perSecond: 5, burst: 3 }];
const someItem = fc.record({
  flow: fc.constantFrom('a', 'b', 'c', 'd'),
  hook: fc.nat(2),
  host: fc.constantFrom('h1', 'h2', 'h3'),
  availableAtMs: fc.oneof(fc.constant(0), fc.nat(5_000)),
  orderKey: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
});
const someRound = fc.record({
  arriving: fc.array(someItem, { maxLength: 12 }),
  afterMs: fc.nat(2_000),
  slots: fc.nat(6),
  finishing: fc.nat(10),
});

type Arrival = Omit<Waiting, 'webhook'> & { readonly hook: number };
type Round = {
  readonly arriving: Arrival[];
  readonly afterMs: number;
  readonly slots: number;
  readonly finishing: number;
};
type Seen = {
  readonly before: QueueState;
  readonly waiting: readonly Item[];
  readonly limits: PickLimits;
  readonly chosen: readonly Item[];
  readonly underway: readonly Item[];
};

/** Runs rounds of arriving, choosing and finishing, and lets `look` judge each choice. */
function play(rounds: readonly Round[], look: (seen: Seen) => void): void {
  let state = emptyQueue;
  let nowMs = 0;
  let waiting: Item[] = [];
  let underway: Item[] = [];
  for (const round of rounds) {
    nowMs += round.afterMs;
    waiting = [
      ...waiting,
      ...round.arriving.map(({ hook, ...rest }) =>
        item(rest.flow, { ...rest, webhook: `${rest.flow}${hook}`, rate: rates[hook] }),
      ),
    ];
    const now = limits({ slots: round.slots, nowMs, atOnce: (host) => (host === 'h1' ? 2 : 4) });
    const before = state;
    const picked = pick(state, waiting, now);
    look({ before, waiting, limits: now, chosen: picked.chosen, underway });
    underway = [...underway, ...picked.chosen];
    waiting = waiting.filter((waits) => !picked.chosen.includes(waits));
    const ended = underway.slice(0, round.finishing);
    underway = underway.slice(round.finishing);
    state = finish(picked.state, ended);
  }
}

test('limits hold over any course: slots, due times, hosts, order', () => {
  fc.assert(
    fc.property(fc.array(someRound, { maxLength: 30 }), (rounds) => {
      play(rounds, ({ waiting, limits: now, chosen, underway }) => {
        assert.ok(chosen.length <= now.slots);
        assert.equal(new Set(chosen).size, chosen.length);
        for (const one of chosen) {
          assert.ok(waiting.includes(one));
          assert.ok(one.availableAtMs <= now.nowMs);
          const all = [...underway, ...chosen];
          assert.ok(all.filter((other) => other.host === one.host).length <= now.atOnce(one.host));
          if (one.orderKey === undefined) continue;
          const sameKey = (other: Item): boolean => other.webhook === one.webhook && other.orderKey === one.orderKey;
          assert.equal(all.filter(sameKey).length, 1, 'two of one key at once');
          assert.equal(waiting.find(sameKey), one, 'not the oldest of its key');
        }
      });
    }),
  );
});

test('rates hold over any course', () => {
  fc.assert(
    fc.property(fc.array(someRound, { maxLength: 30 }), (rounds) => {
      const sent: { webhook: string; atMs: number; rate: Rate }[] = [];
      play(rounds, ({ limits: now, chosen }) => {
        for (const { webhook, rate } of chosen) if (rate) sent.push({ webhook, rate, atMs: now.nowMs });
      });
      for (const [i, first] of sent.entries()) {
        for (const last of sent.slice(i)) {
          if (last.webhook !== first.webhook) continue;
          const between = sent.filter(
            (one) => one.webhook === first.webhook && one.atMs >= first.atMs && one.atMs <= last.atMs,
          );
          const allowed = first.rate.burst + ((last.atMs - first.atMs) / 1000) * first.rate.perSecond;
          assert.ok(between.length <= allowed + 1e-6, `${between.length} sent, ${allowed} allowed`);
        }
      }
    }),
  );
});

test('nothing that could go is left behind while there are slots', () => {
  fc.assert(
    fc.property(fc.array(someRound, { maxLength: 20 }), (rounds) => {
      play(rounds, ({ before, waiting, limits: now, chosen }) => {
        if (chosen.length >= now.slots) return;
        const state = pick(before, chosen, { ...now, slots: 1000, atOnce: () => 1000 }).state;
        const left = waiting.filter((waits) => !chosen.includes(waits));
        assert.equal(pick(state, left, { ...now, slots: 1 }).chosen.length, 0);
      });
    }),
  );
});

test('who looks again at the promised times misses nothing', () => {
  fc.assert(
    fc.property(fc.array(someItem, { maxLength: 12 }), (arriving) => {
      const waiting = arriving.map(({ hook, ...rest }) =>
        item(rest.flow, { ...rest, webhook: `${rest.flow}${hook}`, rate: rates[hook] }),
      );
      const first = pick(emptyQueue, waiting, limits());
      const left = waiting.filter((waits) => !first.chosen.includes(waits));
      const at = (nowMs: number) => pick(first.state, left, limits({ nowMs }));
      let promisedMs = first.nextAtMs;
      for (let looks = 0; promisedMs !== undefined && looks < 20; looks++) {
        assert.equal(at(promisedMs - 1).chosen.length, 0, 'something could go before');
        const again = at(promisedMs);
        if (again.chosen.length > 0) return;
        assert.ok(again.nextAtMs === undefined || again.nextAtMs > promisedMs, 'time stands still');
        promisedMs = again.nextAtMs;
      }
      assert.equal(promisedMs, undefined, 'too many looks');
      assert.equal(at(1_000_000).chosen.length, 0);
    }),
    { numRuns: 500 },
  );
});

test('between two flows with enough work the counts differ by one at most', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 30 }), (slots) => {
      const total = slots.reduce((sum, count) => sum + count, 0);
      let waiting = ['a', 'b', 'c'].flatMap((flow) => Array.from({ length: total }, () => item(flow)));
      let state = emptyQueue;
      const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
      for (const count of slots) {
        const picked = pick(state, waiting, limits({ slots: count }));
        state = picked.state;
        waiting = waiting.filter((waits) => !picked.chosen.includes(waits));
        for (const { flow } of picked.chosen) counts[flow] = (counts[flow] ?? 0) + 1;
        assert.ok(Math.max(...Object.values(counts)) - Math.min(...Object.values(counts)) <= 1);
      }
    }),
  );
});
