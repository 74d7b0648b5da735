// The rate of a webhook over several nodes: all of them together let in as many calls as one alone would.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowancesOf } from '../../src/store/allowance.ts';
import { define, onEach, register, T0, task } from '../store/databases.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { openNode } from './node.ts';

type Node = Awaited<ReturnType<typeof openNode>>;

const FLOW = define('flow', [task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.never': 1 } } })]);

onEach('the rate of a webhook', (database, kind) => {
  const nodeCount = kind === 'sqlite' ? 1 : 3;

  async function open(t: Parameters<typeof database>[0], limits: object) {
    const db = await database(t);
    const clock = new FakeClock(T0);
    const nodes = await Promise.all(Array.from({ length: nodeCount }, () => openNode(db, clock)));
    const first = nodes[0] as Node;
    await register(first.store, FLOW);
    const config = { name: 'limited', verifier: 'NONE', receiverWorkflowNamesToVersions: { flow: 1 }, limits } as const;
    const made = await first.webhooks.create(config, { createdBy: 'tester' });
    assert.ok('id' in made);
    let last = 0;
    /** Calls at once, given to the nodes in turn; answers how many were let in, and all that was said of the others. */
    const send = async (count: number) => {
      const answers = await Promise.all(
        Array.from({ length: count }, () => (nodes[last++ % nodeCount] as Node).send(made.id, { n: last })),
      );
      const refused = answers.filter(({ status }) => status === 429).map(({ headers }) => headers['Retry-After']);
      return { taken: answers.filter(({ status }) => status === 200).length, refused: [...new Set(refused)] };
    };
    return { clock, nodes, first, id: made.id, send };
  }

  test('a slow one: each call is counted, whoever it comes to', async (t) => {
    const { clock, send } = await open(t, { perSecond: 0.5, burst: 3 });
    assert.deepEqual(await send(9), { taken: 3, refused: ['2'] });
    await clock.advance(1_999);
    assert.deepEqual(await send(3), { taken: 0, refused: ['1'] });
    await clock.advance(1);
    assert.deepEqual(await send(6), { taken: 1, refused: ['2'] });
    await clock.advance(60_000);
    assert.equal((await send(9)).taken, 3);
  });

  test('a fast one: nodes take many calls at once, and let in no more together', async (t) => {
    const { clock, send } = await open(t, { perSecond: 200, burst: 120 });
    // Calls that last 50 ms: what each of several nodes may have put aside for calls that went to the others.
    const aside = nodeCount === 1 ? 0 : nodeCount * 10;
    const isAbout = (taken: number, allowed: number): void =>
      assert.ok(taken <= allowed && taken >= allowed - aside, `${taken} of ${allowed}`);
    const first = await send(300);
    assert.deepEqual(first.refused, ['1']);
    isAbout(first.taken, 120);
    let { taken } = first;
    for (let i = 0; i < 20; i += 1) {
      await clock.advance(50);
      taken += (await send(60)).taken;
    }
    isAbout(taken, 120 + 200);
  });

  test('a quiet webhook takes all that its rate allows, although nodes put calls aside', async (t) => {
    const { clock, send } = await open(t, { perSecond: 100, burst: 10 });
    for (let i = 0; i < 60; i += 1) {
      assert.equal((await send(1)).taken, 1, `call ${i}`);
      await clock.advance(100);
    }
  });

  test('another rate counts from the next call on, and what was counted goes with the webhook', async (t) => {
    const { clock, nodes, first, id, send } = await open(t, { perSecond: 1, burst: 1 });
    assert.equal((await send(6)).taken, 1);
    const { config } = (await first.webhooks.get(id)) as { config: Parameters<typeof first.webhooks.replace>[1] };
    await first.webhooks.replace(id, { ...config, limits: { perSecond: 1_000, burst: 500 } });
    await clock.advance(1_000);
    assert.equal((await send(6)).taken, 6);
    await first.webhooks.remove(id);
    const wish = { perSecond: 0.001, burst: 1, count: 1, now: clock.now() };
    for (const { store } of nodes) await store.idle();
    const again = await first.store.allowances.take(allowancesOf(id).calls, wish);
    assert.equal(again?.taken, kind === 'sqlite' ? undefined : 1);
  });

  test('held events are let go at one rate by all nodes', async (t) => {
    const { clock, nodes, first, id, send } = await open(t, { perSecond: 1_000 });
    await first.webhooks.pause(id);
    await clock.advance(1_000);
    await send(12);
    assert.equal(await first.store.events.countHeld(id), 12);
    await first.webhooks.resume(id, 2);
    await clock.advance(1_000);
    for (let second = 0; second < 3; second += 1) {
      await Promise.all(nodes.map((node) => node.turn()));
      await clock.advance(1_000);
    }
    assert.equal(await first.store.events.countHeld(id), 9, 'one at each moment, whoever looks');
  });
});
