// What goes in comes out: any text, any bytes, any size; definitions, webhooks, pages of executions; two that open at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromStored, toStored } from '../../src/store/rows/text.ts';
import type { WorkflowQuery } from '../../src/store/store.ts';
import { define, eventFor, onEach, register, shortly, T0, task, waitForId, wish } from './databases.ts';

/** NUL, half of a pair, the escape itself, quotes, backslashes, other planes, and names that objects have anyway. */
const ODD = 'a\u0000b \ud800 \udc00x \u001b \u001bu0000 "\'\\ \\u0000 {},()%_ 😀 \u2028 __proto__';
const odd = { [ODD]: ODD, __proto__x: { constructor: ODD }, list: [null, true, -0.5, 1e300, [], {}] };
const query = (more: Partial<WorkflowQuery>): WorkflowQuery => ({
  sort: { by: 'startedAt', descending: false },
  offset: 0,
  limit: 100,
  ...more,
});

test('stored text: nothing is lost, equal stays equal, no NUL and no half pair remains', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom('\u0000', '\u001b', 'u0000', '\ud83d', '\ude00', 'x')).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (given) => {
      const stored = toStored(given);
      assert.equal(fromStored(stored), given);
      assert.ok(stored.isWellFormed() && !stored.includes('\u0000'));
    }),
  );
});

onEach('data', (database, kind) => {
  test('odd texts everywhere', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await register(store, define(ODD, [waitForId(ODD)]));
    const a = wish(ODD, { id: ODD, odd }, { correlationId: ODD, idempotencyKey: ODD, id: `${ODD}-id` });
    assert.equal((await store.workflows.start(a)).type, 'started');
    const event = eventFor(
      [ODD],
      { id: ODD, odd },
      {
        dedupeKey: ODD,
        url: ODD,
        headers: JSON.stringify({ x: [ODD] }),
        traceId: ODD,
        webhookId: ODD,
        payload: JSON.stringify({ id: ODD, odd }),
      },
    );
    await store.events.receive(event);
    await store.idle();
    const again = await db.open();
    const workflow = await again.workflows.get(a.id, { tasks: true });
    assert.equal(workflow?.status, 'COMPLETED');
    assert.deepEqual(
      [workflow?.name, workflow?.id, workflow?.correlationId, workflow?.idempotencyKey],
      [ODD, a.id, ODD, ODD],
    );
    assert.deepEqual(workflow?.input, a.input);
    assert.deepEqual(workflow?.tasks[0]?.output, { id: ODD, odd });
    const record = (await again.events.list({ webhookId: ODD, limit: 1 }))[0]!;
    const { matched, effects } = record;
    for (const name of ['eventId', 'webhookId', 'dedupeKey', 'traceId', 'url', 'headers', 'payload', 'method'] as const)
      assert.equal(record[name], event[name], name);
    assert.deepEqual(Buffer.from(record.body), event.body);
    assert.deepEqual([matched, effects[0]?.taskRef, effects[0]?.workflowName], [true, ODD, ODD]);
    for (const found of [{ names: [ODD] }, { correlationIds: [ODD] }, { idempotencyKeys: [ODD] }, { ids: [a.id] }])
      assert.equal((await again.workflows.search(query(found))).total, 1);
  });

  test('bodies are kept byte by byte, numbers beyond 2^53 included', async (t) => {
    const store = await (await database(t)).open();
    const body = Buffer.from('{ "big": 12345678901234567890.000, "big2":9007199254740993 }\n');
    const bytes = Buffer.from(Array.from({ length: 1_024 }, (_, i) => i % 256));
    const events = [
      eventFor([], {}, { body }),
      eventFor([], {}, { body: bytes }),
      eventFor([], {}, { body: Buffer.alloc(0) }),
    ];
    await Promise.all(events.map((event) => store.events.receive(event)));
    for (const event of events)
      assert.deepEqual(Buffer.from((await store.events.get(event.eventId))?.body ?? []), event.body);
  });

  test('huge inputs and outputs, and an execution of many tasks', async (t) => {
    const db = await database(t);
    const store = await db.open();
    const huge = { text: 'ä"\\'.repeat(1_000_000) };
    await register(
      store,
      define(
        'w',
        Array.from({ length: 400 }, (_, i) => task(`t${i}`, i === 399 ? 'SIMPLE' : 'NOOP')),
      ),
    );
    const a = wish('w', huge);
    await store.workflows.start(a);
    await store.workflows.transition(
      a.id,
      { type: 'updateTask', task: { ref: 't399' }, status: 'COMPLETED', output: huge },
      T0,
    );
    const workflow = await (await db.open()).workflows.get(a.id, { tasks: true });
    assert.equal(workflow?.tasks.length, 400);
    assert.deepEqual(workflow?.input, huge);
    assert.deepEqual(workflow?.output, huge);
  });

  test('tasks move from the row of their execution to rows of their own when they become many, and nothing is lost', async (t) => {
    const db = await database(t);
    const store = await db.open();
    const tasks = Array.from({ length: 40 }, (_, i) => (i === 2 ? waitForId() : task(`t${i}`, 'SIMPLE')));
    await register(store, define('w', tasks));
    const a = wish('w', { id: 1 });
    await store.workflows.start(a);
    await store.events.receive(eventFor(['w'], { id: 1, found: 'needle in the body' }));
    for (let i = 0; i < 40; i++) {
      if (i === 2) await store.idle();
      else
        await store.workflows.transition(
          a.id,
          { type: 'updateTask', task: { ref: `t${i}` }, status: 'COMPLETED', output: { i, odd: ODD } },
          T0 + i,
        );
      if (i % 9 !== 0) continue;
      const fresh = await (await db.open()).workflows.get(a.id, { tasks: true });
      assert.deepEqual(
        fresh?.tasks.map(({ n }) => n),
        Array.from({ length: i + 2 }, (_, n) => n + 1),
      );
      assert.deepEqual(fresh?.tasks[i]?.output, { i, odd: ODD });
      if (i > 2) assert.equal(fresh?.tasks[2]?.output.found, 'needle in the body');
      for (const text of ['NEEDLE in', ODD])
        assert.equal((await store.workflows.search(query({ text }))).total, text === ODD || i > 2 ? 1 : 0);
    }
    assert.equal((await store.workflows.get(a.id, { tasks: false }))?.status, 'COMPLETED');
    assert.equal(await store.workflows.remove(a.id), true);
  });

  test('what was written and what memory holds are the same', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await register(
      store,
      define('w', [waitForId(), task('work', 'SIMPLE'), task('sleep', 'WAIT', { inputParameters: { ms: 9 } })]),
    );
    const a = wish('w', { id: 1 }, { priority: 3, correlationId: 'c' });
    await store.workflows.start(a);
    await store.events.receive(eventFor(['w'], { id: 1, x: {} }));
    await store.idle();
    await store.tasks.poll({ queue: 'work', workerId: 'me', count: 1, now: T0 + 5_000 });
    await store.workflows.transition(a.id, { type: 'updateVariables', variables: { i: 1, v: {} } }, T0 + 6_000);
    await store.workflows.transition(
      a.id,
      { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED', output: {} },
      T0 + 7_000,
    );
    const fresh = await (await db.open()).workflows.get(a.id, { tasks: true });
    assert.deepEqual(
      JSON.parse(JSON.stringify(fresh)),
      JSON.parse(JSON.stringify(await store.workflows.get(a.id, { tasks: true }))),
    );
  });

  test('definitions: create, replace, list, delete', async (t) => {
    const { definitions } = await (await database(t)).open();
    const put = (version: number, overwrite: boolean, description = '') =>
      definitions.putWorkflow({ ...define('w', [waitForId()], version), description }, { overwrite, now: T0 });
    assert.deepEqual(
      [await put(1, false), await put(1, false), await put(2, true), await put(2, true, 'new')],
      ['created', 'exists', 'created', 'replaced'],
    );
    assert.equal((await definitions.getWorkflow('w'))?.description, 'new');
    assert.equal((await definitions.getWorkflow('w', 1))?.version, 1);
    assert.equal(await definitions.getWorkflow('w', 3), undefined);
    assert.deepEqual(
      (await definitions.listWorkflows()).map(({ version }) => version),
      [1, 2],
    );
    assert.deepEqual(
      [await definitions.deleteWorkflow('w', 2), await definitions.deleteWorkflow('w', 2)],
      [true, false],
    );
    assert.equal((await definitions.getWorkflow('w'))?.version, 1);
    await definitions.putTask({ name: 'b' }, T0);
    await definitions.putTask({ name: 'a', retryCount: 1 }, T0);
    await definitions.putTask({ name: 'a', retryCount: 2 }, T0);
    assert.deepEqual(await definitions.listTasks(), [{ name: 'a', retryCount: 2 }, { name: 'b' }]);
    assert.deepEqual([await definitions.deleteTask('a'), await definitions.deleteTask('a')], [true, false]);
    assert.equal(await definitions.getTask('a'), undefined);
  });

  test('webhooks: put, verify once, list, remove', async (t) => {
    const { webhooks } = await (await database(t)).open();
    const row = { id: 'h', config: { name: ODD, secretValue: 's' }, createdBy: ODD, createdAt: T0, updatedAt: T0 };
    await webhooks.put(row);
    assert.deepEqual(await webhooks.get('h'), row);
    await webhooks.markVerified('h', T0 + 1);
    await webhooks.markVerified('h', T0 + 2);
    await webhooks.markVerified('nobody', T0);
    assert.deepEqual(await webhooks.list(), [{ ...row, verifiedAt: T0 + 1 }]);
    assert.deepEqual(
      [await webhooks.remove('h'), await webhooks.remove('h'), await webhooks.get('h')],
      [true, false, undefined],
    );
  });

  test('search: filters, order, pages, text', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]), define('v', [waitForId()], 2));
    const wishes = Array.from({ length: 9 }, (_, i) =>
      wish(
        i % 3 ? 'w' : 'v',
        { id: i, text: i === 4 ? 'Find 100% of "this"' : 'nothing' },
        { now: T0 + i, ...(i === 2 && { correlationId: 'c' }) },
      ),
    );
    for (const w of wishes) await store.workflows.start(w);
    await store.workflows.transition(wishes[8]!.id, { type: 'terminate' }, T0 + 100);
    await store.events.receive(eventFor(['w'], { id: 7, deep: 'Ünique in the body' }));
    await store.idle();
    const found = async (more: Partial<WorkflowQuery>) => {
      const { total, rows } = await store.workflows.search(query(more));
      return [total, rows.map(({ input }) => input.id)];
    };
    assert.deepEqual(await found({}), [9, [0, 1, 2, 3, 4, 5, 6, 7, 8]]);
    assert.deepEqual(await found({ sort: { by: 'startedAt', descending: true }, offset: 2, limit: 3 }), [9, [6, 5, 4]]);
    assert.deepEqual(await found({ names: ['v'], startedFrom: T0 + 1, startedTo: T0 + 5 }), [1, [3]]);
    assert.deepEqual(await found({ versions: [2] }), [3, [0, 3, 6]]);
    const { widthMs, counts } = await store.workflows.histogram(query({ names: ['w'] }), 10, T0 + 86_400_000);
    const perStatus = counts.map(({ status, count }) => [status, count]);
    assert.deepEqual(
      [widthMs, counts[0]?.at, perStatus],
      [
        1_000,
        Math.floor(T0 / 1_000) * 1_000,
        [
          ['COMPLETED', 1],
          ['RUNNING', 4],
          ['TERMINATED', 1],
        ],
      ],
    );
    assert.deepEqual(await store.workflows.histogram(query({ names: ['nobody'] }), 10, T0), {
      widthMs: 0,
      counts: [],
    });
    const width = async (more: Partial<WorkflowQuery>) =>
      (await store.workflows.histogram(query(more), 24, T0 + 86_400_000)).widthMs;
    assert.equal(
      await width({ startedFrom: T0 }),
      3_600_000,
      'the last day has a bar for each hour, whatever ran in it',
    );
    assert.equal(await width({ startedFrom: T0, startedTo: T0 + 5_000 }), 1_000);
    assert.deepEqual(await found({ statuses: ['TERMINATED', 'COMPLETED'] }), [2, [7, 8]]);
    assert.deepEqual(await found({ endedFrom: T0 + 50, endedTo: T0 + 150 }), [1, [8]]);
    assert.deepEqual(await found({ correlationIds: ['c', 'd'] }), [1, [2]]);
    assert.deepEqual(await found({ ids: [] }), [0, []]);
    assert.deepEqual(await found({ text: 'find 100% of "THIS"' }), [1, [4]]);
    assert.deepEqual(await found({ text: 'find 100_ of' }), [0, []]);
    assert.deepEqual(await found({ text: 'nique in the body' }), [1, [7]]);
    assert.deepEqual(await found({ text: 'Ünique' }), [1, [7]]);
    assert.equal(await shortly(store, wishes[7]!.id), 'COMPLETED wait:COMPLETED');
  });

  test('two that open a new database at once', async (t) => {
    const db = await database(t);
    const stores = await Promise.all([db.open(), db.open(), db.open()]);
    await register(stores[0]!, define('w', [waitForId()]));
    assert.equal((await stores[2]!.workflows.start(wish('w'))).type, 'started');
    for (const store of stores) assert.equal(await store.healthy(), true);
  });

  test('nodes on a shared database can ask it what time it is', async (t) => {
    const store = await (await database(t)).open();
    const shown = await store.now();
    if (kind === 'sqlite') assert.equal(shown, undefined);
    else assert.ok(Number.isSafeInteger(shown) && (shown ?? 0) > Date.UTC(2025, 0), String(shown));
  });
});
