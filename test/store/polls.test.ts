// Queues: many pollers never get the same task, order by priority, domains, delays, and what is not given is not lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolledTask, PollRequest } from '../../src/store/poll.ts';
import { define, onEach, register, shortly, T0, task, wish } from './databases.ts';
import { begin, transition } from './fake-core.ts';
import { type Watch, watched, withSessions } from './watched-driver.ts';

const ask = (more: Partial<PollRequest> = {}): PollRequest => ({
  queue: 'work',
  workerId: 'me',
  count: 1,
  now: T0,
  ...more,
});

onEach('polls', (database, kind) => {
  test('many pollers on two nodes: each task is given once', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    await register(nodes[0]!, define('w', [task('work', 'SIMPLE')]));
    const wishes = Array.from({ length: 150 }, () => wish('w'));
    await Promise.all(wishes.map((w) => nodes[0]!.workflows.start(w)));
    const given: string[] = [];
    for (let round = 0; given.length < wishes.length && round < 20; round++) {
      // Leases of tasks that another node was about to give run out.
      const now = T0 + round * 10_000;
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, i) =>
          nodes[i % 2]!.tasks.poll(ask({ workerId: `w${i}`, count: 1 + (i % 4), now })),
        ),
      );
      for (const [i, tasks] of answers.entries()) {
        assert.ok(tasks.length <= 1 + (i % 4));
        for (const { task, workflow } of tasks) {
          assert.equal(task.workerId, `w${i}`);
          given.push(workflow.id);
        }
      }
    }
    assert.equal(given.length, wishes.length);
    assert.equal(new Set(given).size, wishes.length);
    assert.deepEqual(await nodes[1]!.tasks.poll(ask({ count: 10, now: T0 + 1e9 })), []);
    assert.deepEqual(await nodes[1]!.tasks.queueSizes(), []);
  });

  test('higher priority first, then the one that waits longest', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [task('work', 'SIMPLE')]));
    const order = [
      wish('w', { i: 3 }, { now: T0 }),
      wish('w', { i: 1 }, { now: T0 + 2, priority: 9 }),
      wish('w', { i: 0 }, { now: T0 + 1, priority: 9 }),
      wish('w', { i: 2 }, { now: T0 + 1, priority: 5 }),
    ];
    for (const w of order) await store.workflows.start(w);
    assert.deepEqual(await store.tasks.queueSizes(), [{ queue: 'work', size: 4 }]);
    const first = await store.tasks.poll(ask({ count: 3, now: T0 + 5 }));
    const rest = await store.tasks.poll(ask({ count: 3, now: T0 + 5 }));
    assert.deepEqual(
      [...first, ...rest].map(({ workflow }) => order.findIndex(({ id }) => id === workflow.id)),
      [2, 1, 3, 0],
    );
    const [{ place, workflow }] = first as [PolledTask];
    assert.equal(place?.taskReferenceName, 'work');
    for (const name of ['def', 'input', 'output', 'variables', 'tasks'])
      assert.ok(!(name in workflow), `${name} does not travel with a task: it may be that of thousands`);
  });

  test('a task that is not yet available is not given, whatever its priority', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [task('work', 'SIMPLE')]));
    await store.workflows.start(wish('w', {}, { now: T0 + 500, priority: 99 }));
    const now = wish('w', {}, { now: T0 });
    await store.workflows.start(now);
    const given = await store.tasks.poll(ask({ count: 5, now: T0 }));
    assert.deepEqual(
      given.map(({ workflow }) => workflow.id),
      [now.id],
    );
    assert.equal((await store.tasks.poll(ask({ count: 5, now: T0 + 500 }))).length, 1);
  });

  test('queues and domains are apart', async (t) => {
    const db = await database(t);
    const store = await db.open({
      core: {
        transition,
        begin: (request, env) => {
          const decision = begin(request, env);
          const tasks = decision.after.tasks.map((one) => ({ ...one, domain: 'blue' }));
          return { ...decision, after: { ...decision.after, tasks } };
        },
      },
    });
    await register(store, define('w', [task('work', 'SIMPLE')]));
    await store.workflows.start(wish('w'));
    assert.deepEqual(await store.tasks.poll(ask()), []);
    assert.deepEqual(await store.tasks.poll(ask({ domain: 'red' })), []);
    assert.deepEqual(await store.tasks.poll(ask({ queue: 'other', domain: 'blue' })), []);
    assert.deepEqual(await store.tasks.queueSizes(), [{ queue: 'work', domain: 'blue', size: 1 }]);
    assert.equal((await store.tasks.poll(ask({ domain: 'blue' }))).length, 1);
  });

  test('a task that the rules do not give is offered again later', async (t) => {
    const db = await database(t);
    let give = false;
    const store = await db.open({
      core: {
        begin,
        transition: (workflow, commands, env) =>
          give
            ? transition(workflow, commands, env)
            : {
                after: workflow,
                changed: [],
                removed: [],
                messages: [],
                outcomes: commands.map(() => ({ type: 'ignored', reason: 'not now' })),
              },
      },
    });
    await register(store, define('w', [task('work', 'SIMPLE')]));
    const a = wish('w');
    await store.workflows.start(a);
    assert.deepEqual(await store.tasks.poll(ask()), []);
    give = true;
    assert.deepEqual(await store.tasks.poll(ask()), [], 'not at once: others would wait behind it');
    assert.equal((await store.tasks.poll(ask({ now: T0 + 60_000 }))).length, 1);
    assert.equal(await shortly(store, a.id), 'RUNNING work:IN_PROGRESS');
  });

  test('a task that there was no room for is given as soon as there is some, on every node', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    const taskDefinition = { name: 'work', concurrentExecLimit: 1 };
    await register(nodes[0]!, define('w', [task('work', 'SIMPLE', { taskDefinition })]));
    const wishes = Array.from({ length: 4 }, () => wish('w'));
    for (const one of wishes) await nodes[0]!.workflows.start(one);
    for (const [i, { id }] of wishes.entries()) {
      const given = await nodes[i % 2]!.tasks.poll(ask({ count: 3, now: T0 + i }));
      assert.deepEqual(
        given.map(({ workflow }) => workflow.id),
        [id],
      );
      for (const node of nodes) assert.deepEqual(await node.tasks.poll(ask({ count: 3, now: T0 + i })), [], 'no room');
      await nodes[1]!.workflows.transition(id, { type: 'updateTask', task: { n: 1 }, status: 'COMPLETED' }, T0 + i);
    }
  });

  test('a poll that another node was quicker than gets its task when it looks again', async (t) => {
    if (kind === 'sqlite') return t.skip('with one writer nobody can be quicker');
    const counts: Watch = { commits: 0, failing: 0 };
    const db = await database(t);
    const [store, other] = [await db.open({ wrap: watched(counts) }), await db.open()];
    await register(store, define('w', [task('work', 'SIMPLE')]));
    const a = wish('w');
    await store.workflows.start(a);
    const change = { type: 'updateVariables', variables: { seen: 1 } } as const;
    counts.before = () => other.workflows.transition(a.id, change, T0);
    assert.equal((await store.tasks.poll(ask())).length, 1);
    assert.equal(await shortly(store, a.id), 'RUNNING work:IN_PROGRESS');
  });

  test('a poll that comes while a queue with a limit is counted gets what there is room for', async (t) => {
    if (kind === 'sqlite') return t.skip('with one writer nobody comes in between');
    let [beforeCommit, atEnd]: ((() => unknown) | undefined)[] = [];
    const wrap = withSessions((inner) => ({
      async commit(units) {
        const before = beforeCommit;
        beforeCommit = undefined;
        await before?.();
        return inner.commit(units);
      },
      async end() {
        atEnd?.();
        return inner.end();
      },
    }));
    const store = await (await database(t)).open({ wrap });
    const taskDefinition = { name: 'work', concurrentExecLimit: 2 };
    await register(store, define('w', [task('work', 'SIMPLE', { taskDefinition })]));
    const wishes = [wish('w'), wish('w'), wish('w')];
    for (const one of wishes) await store.workflows.start(one);
    await store.idle();
    let second: Promise<readonly PolledTask[]> | undefined;
    beforeCommit = () => {
      second = store.tasks.poll(ask({ workerId: 'other', count: 5 }));
      return new Promise<void>((resolve) => {
        atEnd = resolve;
      });
    };
    const first = await store.tasks.poll(ask());
    const given = [...first, ...((await second) ?? [])].map(({ workflow }) => workflow.id);
    assert.deepEqual(given, [wishes[0]?.id, wishes[1]?.id]);
  });

  test('the queue empties when executions end or are removed', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [task('work', 'SIMPLE')]));
    const [a, b] = [wish('w'), wish('w')];
    await Promise.all([store.workflows.start(a), store.workflows.start(b)]);
    await store.workflows.transition(a.id, { type: 'terminate' }, T0);
    await store.workflows.remove(b.id);
    assert.deepEqual(await store.tasks.poll(ask({ count: 5 })), []);
    assert.deepEqual(await store.tasks.queueSizes(), []);
  });
});
