// Polls that wait: they are given what becomes ready in the commit that makes it so, no more of them wake than there are
// tasks, and whatever goes wrong, a task is given once and nobody who waits is forgotten.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolledTask, PollRequest } from '../../src/store/poll.ts';
import type { Store } from '../../src/store/store.ts';
import { define, onEach, register, shortly, T0, task, wish } from './databases.ts';
import { begin, transition } from './fake-core.ts';
import { type Watch, watched } from './watched-driver.ts';

const ask = (waits: string, more: Partial<PollRequest> = {}): PollRequest => ({
  queue: 'work',
  workerId: `worker of ${waits}`,
  count: 1,
  now: T0,
  waits,
  ...more,
});

/** Polls, and waits until the polls stand and wait. */
async function waiting(store: Store, ...requests: PollRequest[]): Promise<Promise<readonly PolledTask[]>[]> {
  const polls = requests.map((request) => store.tasks.poll(request));
  await store.idle();
  return polls;
}

const placesOf = (polled: readonly PolledTask[]): string[] => polled.map(({ task: { place } }) => place);

const complete = (store: Store, id: string, n: number, now = T0) =>
  store.workflows.transition(id, { type: 'updateTask', task: { n }, status: 'COMPLETED' }, now);

const twoSteps = define('w', [task('first', 'SIMPLE', { name: 'work' }), task('second', 'SIMPLE', { name: 'work' })]);

onEach('polls that wait', (database, kind) => {
  test('a task that becomes ready is taken by the commit that makes it so', async (t) => {
    const counts = { commits: 0, failing: 0 };
    const store = await (await database(t)).open({ wrap: watched(counts) });
    await register(store, twoSteps);
    const [first] = await waiting(store, ask('a'));
    const a = wish('w');
    counts.commits = 0;
    await store.workflows.start(a);
    assert.equal(counts.commits, 1);
    assert.equal(await shortly(store, a.id), 'RUNNING first:IN_PROGRESS');
    const [polled] = (await first) as [PolledTask];
    assert.deepEqual([polled.workflow.id, polled.task.workerId, polled.place?.name], [a.id, 'worker of a', 'work']);
    const [second] = await waiting(store, ask('b'));
    counts.commits = 0;
    await complete(store, a.id, 1, T0 + 5);
    assert.equal(counts.commits, 1);
    assert.deepEqual(placesOf((await second) ?? []), ['second']);
    assert.equal((await second)?.[0]?.task.startedAt, T0 + 5);
    assert.deepEqual(await store.tasks.queueSizes(), []);
    await complete(store, a.id, 2);
    assert.equal(await shortly(store, a.id), 'COMPLETED first:COMPLETED second:COMPLETED');
  });

  test('who came first is served first, each task once, and the others wait on', async (t) => {
    const store = await (await database(t)).open();
    await register(store, twoSteps);
    const names = Array.from({ length: 20 }, (_, i) => `p${i}`);
    const polls = await waiting(store, ...names.map((name) => ask(name)));
    const wishes = Array.from({ length: 7 }, () => wish('w'));
    await Promise.all(wishes.map((one) => store.workflows.start(one)));
    const given = await Promise.all(polls.slice(0, 7));
    assert.equal(new Set(given.flat().map(({ workflow }) => workflow.id)).size, 7);
    await store.idle();
    await store.tasks.letGo(names);
    assert.deepEqual((await Promise.all(polls.slice(7))).flat(), []);
  });

  test('a poll for several takes what one decision makes ready, and only its own domain', async (t) => {
    const domainOf = (n: number): string | undefined => (n === 2 ? 'blue' : undefined);
    const store = await (await database(t)).open({
      core: {
        transition,
        begin: (request, env) => {
          const decision = begin(request, env);
          const [first] = decision.after.tasks;
          const tasks = [1, 2, 3, 4].map((n) => ({ ...first!, n, domain: domainOf(n), place: `t${n}` }));
          return { ...decision, changed: [1, 2, 3, 4], after: { ...decision.after, nextN: 5, tasks } };
        },
      },
    });
    await register(store, define('w', [task('work', 'SIMPLE')]));
    const [many, blue, last] = await waiting(
      store,
      ask('many', { count: 2 }),
      ask('blue', { domain: 'blue', count: 9 }),
      ask('last'),
    );
    await store.workflows.start(wish('w'));
    assert.deepEqual(placesOf((await many)!), ['t1', 't3']);
    assert.deepEqual(placesOf((await blue)!), ['t2']);
    assert.deepEqual(placesOf((await last)!), ['t4']);
  });

  test('what is not yet due, and what came on another node, is found by looking again', async (t) => {
    const db = await database(t);
    const [store, other] = [await db.open(), await db.open()];
    await register(store, define('w', [task('work', 'SIMPLE')]));
    const [a, b] = [wish('w', {}, { now: T0 + 500 }), wish('w')];
    const [poll] = await waiting(store, ask('a'));
    await other.workflows.start(a);
    await store.tasks.lookAgain(T0 + 499);
    await store.idle();
    assert.equal(await shortly(store, a.id), 'RUNNING work:SCHEDULED');
    await store.tasks.lookAgain(T0 + 500);
    assert.equal((await poll)?.[0]?.workflow.id, a.id);
    const [next] = await waiting(store, ask('b', { now: T0 + 500 }));
    await other.workflows.start(b);
    await store.tasks.lookAgain(T0 + 500);
    assert.equal((await next)?.[0]?.workflow.id, b.id);
  });

  test('who is let go is answered with nothing, wherever it is; so is everybody when the store closes', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [task('work', 'SIMPLE')]));
    const [stands, stays] = await waiting(store, ask('a'), ask('b'));
    const looks = store.tasks.poll(ask('c'));
    await store.tasks.letGo(['a', 'c', 'nobody']);
    assert.deepEqual([await stands, await looks], [[], []]);
    await store.tasks.letGo(['a']);
    await store.close();
    assert.deepEqual(await stays, []);
  });

  test('a limit on tasks in progress holds for those who wait, and room that comes wakes one', async (t) => {
    const store = await (await database(t)).open();
    const taskDefinition = { name: 'work', concurrentExecLimit: 1 };
    await register(store, define('w', [task('work', 'SIMPLE', { taskDefinition })]));
    const polls = await waiting(store, ask('a'), ask('b'));
    const [a, b] = [wish('w'), wish('w')];
    await Promise.all([store.workflows.start(a), store.workflows.start(b)]);
    await store.idle();
    const taken = (await Promise.race(polls)) as readonly PolledTask[];
    const [one] = taken as [PolledTask];
    const left = a.id === one.workflow.id ? b.id : a.id;
    assert.equal(await shortly(store, left), 'RUNNING work:SCHEDULED');
    await complete(store, one.workflow.id, 1, T0 + 1);
    const both = (await Promise.all(polls)).flat();
    assert.deepEqual(new Set(both.map(({ workflow }) => workflow.id)), new Set([a.id, b.id]));
  });

  test('a commit that fails gives nothing away: all of it is done again', async (t) => {
    const counts: Watch = { commits: 0, failing: 0 };
    const store = await (await database(t)).open({ wrap: watched(counts) });
    await register(store, twoSteps);
    const [poll, other] = await waiting(store, ask('a'), ask('b'));
    const a = wish('w');
    counts.failing = 1;
    await store.workflows.start(a);
    const [polled] = (await Promise.race([poll!, other!])) as [PolledTask];
    assert.equal(polled.workflow.id, a.id);
    assert.equal(await shortly(store, a.id), 'RUNNING first:IN_PROGRESS');
    await complete(store, a.id, 1);
    const both = (await Promise.all([poll!, other!])).flat();
    assert.deepEqual(placesOf(both).toSorted(), ['first', 'second']);
  });

  test('a commit that another node was quicker than gives nothing away', async (t) => {
    if (kind === 'sqlite') return t.skip('with one writer nobody can be quicker');
    const counts: Watch = { commits: 0, failing: 0 };
    const db = await database(t);
    const [store, other] = [await db.open({ wrap: watched(counts) }), await db.open()];
    await register(store, twoSteps);
    const one = wish('w');
    await store.workflows.start(one);
    await store.tasks.poll(ask('first', { waits: undefined }));
    const polls = await waiting(store, ask('a'), ask('b'));
    const change = { type: 'updateVariables', variables: { seen: 1 } } as const;
    counts.before = () => other.workflows.transition(one.id, change, T0);
    await complete(store, one.id, 1);
    await store.idle();
    await store.tasks.letGo(['a', 'b']);
    const given = (await Promise.all(polls)).flat();
    assert.deepEqual(placesOf(given), ['second']);
    assert.equal(await shortly(store, one.id), 'RUNNING first:COMPLETED second:IN_PROGRESS');
  });

  test('rules that throw when a task is taken keep nobody from starting, and who waits waits on', async (t) => {
    let poisoned = true;
    const store = await (await database(t)).open({
      core: {
        begin,
        transition: (workflow, commands, env) => {
          if (poisoned && commands.some(({ type }) => type === 'pollTask')) throw new Error('poisoned by the test');
          return transition(workflow, commands, env);
        },
      },
    });
    await register(store, twoSteps);
    const [poll] = await waiting(store, ask('a'));
    const heard = assert.rejects(poll!, /poisoned/, 'whoever polls for it hears of the fault');
    const a = wish('w');
    assert.equal((await store.workflows.start(a)).type, 'started');
    assert.equal(await shortly(store, a.id), 'RUNNING first:SCHEDULED');
    await heard;
    poisoned = false;
    assert.equal((await store.tasks.poll(ask('b', { now: T0 + 60_000 }))).length, 1);
  });

  test('two nodes report and poll at once: nothing is given twice or lost', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    await register(nodes[0]!, twoSteps);
    const wishes = Array.from({ length: 40 }, () => wish('w'));
    await Promise.all(wishes.map((one, i) => nodes[i % 2]!.workflows.start(one)));
    const taken = new Set<string>();
    const worker = async (store: Store, name: string): Promise<void> => {
      for (let i = 0; taken.size < 2 * wishes.length; i++) {
        const waits = `${name} ${i}`;
        const poll = store.tasks.poll(ask(waits, { now: T0 + i }));
        await store.idle();
        await store.tasks.lookAgain(T0 + i);
        await store.idle();
        await store.tasks.letGo([waits]);
        for (const { workflow, task: given } of await poll) {
          const id = `${workflow.id}.${given.n}`;
          assert.ok(!taken.has(id), 'given twice');
          taken.add(id);
          await complete(store, workflow.id, given.n, T0 + i);
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, i) => worker(nodes[i % 2]!, `w${i}`)));
    for (const { id } of wishes)
      assert.equal(await shortly(nodes[0]!, id), 'COMPLETED first:COMPLETED second:COMPLETED');
  });
});
