// Starting executions: definitions, idempotency keys under races, children, and what is told to whoever asked.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { define, eventFor, onEach, register, shortly, T0, task, waitForId, wish } from './databases.ts';

const sub = (name: string, more = {}) =>
  task('sub', 'SUB_WORKFLOW', { subWorkflowParam: { name, ...more }, inputParameters: { id: '${workflow.input.id}' } });

onEach('starts', (database) => {
  test('an unknown definition or version is refused', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    assert.equal((await store.workflows.start(wish('other'))).type, 'noDefinition');
    assert.equal((await store.workflows.start(wish('w', {}, { version: 2 }))).type, 'noDefinition');
    assert.equal((await store.workflows.start(wish('w', {}, { version: 1 }))).type, 'started');
  });

  test('without a version the latest is taken, and running work keeps its own', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId('first')], 1));
    const a = wish('w', { id: 1 });
    await store.workflows.start(a);
    await register(store, define('w', [waitForId('second')], 2), define('w', [waitForId('edited')], 1));
    const b = wish('w', { id: 1 });
    await store.workflows.start(b);
    assert.equal(await shortly(store, a.id), 'RUNNING first:IN_PROGRESS');
    assert.equal(await shortly(store, b.id), 'RUNNING second:IN_PROGRESS');
    assert.equal((await store.workflows.get(a.id, { tasks: false }))?.def.tasks[0]?.taskReferenceName, 'first');
  });

  test('registered task definitions are embedded as they are at the start', async (t) => {
    const store = await (await database(t)).open();
    await store.definitions.putTask({ name: 'work', retryCount: 7 }, T0);
    await register(store, define('w', [task('work', 'SIMPLE')]));
    const a = wish('w');
    await store.workflows.start(a);
    await store.definitions.putTask({ name: 'work', retryCount: 8 }, T0);
    const b = wish('w');
    await store.workflows.start(b);
    const countOf = async (id: string) =>
      (await store.workflows.get(id, { tasks: true }))?.def.tasks[0]?.taskDefinition?.retryCount;
    assert.deepEqual([await countOf(a.id), await countOf(b.id)], [7, 8]);
  });

  test('an upgraded execution points at its new definition, task definitions embedded, and waits by its new version', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await store.definitions.putTask({ name: 'wait', retryCount: 5 }, T0);
    await register(store, define('w', [waitForId()]));
    const a = wish('w', { id: 1 });
    await store.workflows.start(a);
    await store.events.receive({
      ...eventFor([], { id: 1 }),
      route: { receivers: [{ name: 'w', version: 2 }], starts: [], event: 'e', createdBy: 'c' },
    });
    await store.idle();
    await store.workflows.transition(a.id, { type: 'upgrade', def: define('w', [waitForId()], 2) }, T0 + 5_000);
    await store.idle();
    const workflow = await (await db.open()).workflows.get(a.id, { tasks: true });
    assert.equal(workflow?.version, 2);
    assert.equal(workflow?.def.tasks[0]?.taskDefinition?.retryCount, 5);
    assert.equal(workflow?.status, 'COMPLETED', 'the event of the past that waited for version 2 was found');
  });

  test('an inline definition needs no registration', async (t) => {
    const store = await (await database(t)).open();
    const a = wish('inline', { id: 1 }, { def: define('inline', [waitForId()]) });
    assert.deepEqual(await store.workflows.start(a), { type: 'started', id: a.id });
    assert.equal(await shortly(store, a.id), 'RUNNING wait:IN_PROGRESS');
  });

  test('of 64 concurrent starts with one key on two nodes one begins', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    await register(nodes[0]!, define('w', [waitForId()]));
    const results = await Promise.all(
      Array.from({ length: 64 }, (_, i) =>
        nodes[i % 2]!.workflows.start(
          wish('w', { id: i }, { idempotencyKey: 'k', idempotencyStrategy: i % 3 ? 'RETURN_EXISTING' : 'FAIL' }),
        ),
      ),
    );
    const started = results.filter(({ type }) => type === 'started');
    assert.equal(started.length, 1);
    const ids = new Set(results.map((result) => ('id' in result ? result.id : result.type)));
    assert.equal(ids.size, 1, 'all were told of the same execution');
    const page = await nodes[1]!.workflows.search({
      names: ['w'],
      sort: { by: 'startedAt', descending: true },
      offset: 0,
      limit: 10,
    });
    assert.equal(page.total, 1);
  });

  test('the three strategies', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]), define('v', [waitForId()]));
    const keyed = (idempotencyStrategy?: 'FAIL' | 'RETURN_EXISTING' | 'FAIL_ON_RUNNING', name = 'w') =>
      store.workflows.start(
        wish(name, { id: 1 }, { idempotencyKey: 'k', ...(idempotencyStrategy && { idempotencyStrategy }) }),
      );
    const first = await keyed();
    assert.equal(first.type, 'started');
    const id = 'id' in first ? first.id : '';
    assert.equal((await keyed()).type, 'conflict');
    assert.equal((await keyed('FAIL')).type, 'conflict');
    assert.equal((await keyed('FAIL_ON_RUNNING')).type, 'conflict');
    assert.deepEqual(await keyed('RETURN_EXISTING'), { type: 'existing', id });
    assert.equal((await keyed('FAIL', 'v')).type, 'started', 'the key belongs to one workflow name');
    await store.workflows.transition(id, { type: 'terminate' }, T0);
    assert.equal((await keyed('FAIL')).type, 'conflict');
    assert.deepEqual(await keyed('RETURN_EXISTING'), { type: 'existing', id });
    const anew = await Promise.all([1, 2, 3].map(() => keyed('FAIL_ON_RUNNING')));
    assert.deepEqual(anew.map(({ type }) => type).sort(), ['conflict', 'conflict', 'started']);
  });

  test('removing an execution frees its key', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const a = wish('w', {}, { idempotencyKey: 'k' });
    await store.workflows.start(a);
    assert.equal(await store.workflows.remove(a.id), true);
    assert.equal(await store.workflows.remove(a.id), false);
    assert.equal((await store.workflows.start(wish('w', {}, { idempotencyKey: 'k' }))).type, 'started');
  });

  test('the same start sent again with its id begins nothing new', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const a = wish('w');
    assert.deepEqual(await Promise.all([store.workflows.start(a), store.workflows.start(a)]), [
      { type: 'started', id: a.id },
      { type: 'started', id: a.id },
    ]);
  });

  test('rules that throw at the start: the start is refused, others in the same commit are not harmed', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('bad', [task('t', 'THROW')]), define('w', [waitForId()]));
    const [bad, good] = await Promise.all([store.workflows.start(wish('bad')), store.workflows.start(wish('w'))]);
    assert.deepEqual([bad.type, good.type], ['invalid', 'started']);
  });

  test('a child runs, and its end moves the parent', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('parent', [sub('child')]), define('child', [task('work', 'SIMPLE')]));
    const parent = wish('parent', { id: 'x' });
    await store.workflows.start(parent);
    await store.idle();
    const childId = (await store.workflows.get(parent.id, { tasks: true }))?.tasks[0]?.subWorkflowId as string;
    const child = await store.workflows.get(childId, { tasks: true });
    assert.deepEqual(child?.parent, { workflowId: parent.id, n: 1 });
    assert.equal(child?.depth, 1);
    await store.workflows.transition(
      childId,
      { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED', output: { y: 1 } },
      T0,
    );
    await store.idle();
    assert.equal(await shortly(store, parent.id), 'COMPLETED sub:COMPLETED');
    assert.deepEqual((await store.workflows.get(parent.id, { tasks: false }))?.output, { y: 1 });
  });

  test('a child that cannot be started fails its task with the reason', async (t) => {
    const store = await (await database(t)).open();
    await register(
      store,
      define('a', [sub('nowhere')]),
      define('b', [sub('bad')]),
      define('bad', [task('t', 'THROW')]),
    );
    const [a, b] = [wish('a'), wish('b')];
    await Promise.all([store.workflows.start(a), store.workflows.start(b)]);
    await store.idle();
    assert.equal(await shortly(store, a.id), 'FAILED sub:FAILED');
    const reasonOf = async (id: string) => (await store.workflows.get(id, { tasks: true }))?.tasks[0]?.reason;
    assert.match((await reasonOf(a.id)) ?? '', /^404 .*nowhere/);
    assert.equal(await reasonOf(b.id), '400 cannot begin');
  });

  test('a child with a taken key: the parent is told which one is there', async (t) => {
    const store = await (await database(t)).open();
    await register(
      store,
      define('parent', [sub('child', { idempotencyKey: 'k', idempotencyStrategy: 'RETURN_EXISTING' })]),
      define('child', [task('work', 'SIMPLE')]),
    );
    const first = wish('child', {}, { idempotencyKey: 'k' });
    await store.workflows.start(first);
    const parent = wish('parent', { id: 1 });
    await store.workflows.start(parent);
    await store.idle();
    assert.equal((await store.workflows.get(parent.id, { tasks: true }))?.tasks[0]?.subWorkflowId, first.id);
  });

  test('extra rows that follow from messages are in the same commit', async (t) => {
    const db = await database(t);
    const store = await db.open({
      onMessages: (workflow, messages) =>
        messages.some(({ type }) => type === 'workflowChanged')
          ? [{ op: 'put', table: 'fact', row: [`ended ${workflow.id}`, 1] }]
          : [],
    });
    await register(store, define('w', [waitForId()]));
    const a = wish('w', {}, { id: randomUUID() });
    await store.workflows.start(a);
    await store.workflows.transition(a.id, { type: 'terminate' }, T0);
    const driver = db.driver();
    assert.deepEqual(await driver.look('fact', [[`ended ${a.id}`]]), [[[1]]]);
    await driver.close();
  });
});
