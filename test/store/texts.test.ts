// Free text finds the same on both databases: what stands in the words of an execution, whatever they are.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../src/core/json.ts';
import { wantedWords, wordsOf } from '../../src/core/words.ts';
import type { State, States } from '../../src/store/cycle/states.ts';
import type { Driver, Row } from '../../src/store/drivers/driver.ts';
import { toStored } from '../../src/store/rows/text.ts';
import type { Store, WorkflowQuery } from '../../src/store/store.ts';
import { Texts } from '../../src/store/verbs/texts.ts';
import { define, eventFor, onEach, register, T0, task, waitForId, wish } from './databases.ts';

const search = (store: Store, text: string, more: Partial<WorkflowQuery> = {}) =>
  store.workflows.search({ text, sort: { by: 'startedAt', descending: false }, offset: 0, limit: 1_000, ...more });
const idsOf = async (store: Store, text: string, more: Partial<WorkflowQuery> = {}): Promise<string[]> =>
  (await search(store, text, more)).rows.map(({ id }) => id);

async function gatherAll(store: Store): Promise<void> {
  while ((await store.workflows.gatherTexts()) > 0);
}

const start = async (store: Store, input: JsonObject, now = T0): Promise<string> => {
  const id = randomUUID();
  await store.workflows.start(wish('w', input, { id, now }));
  return id;
};

onEach('free text', (database) => {
  test('finds random values, by the same rule everywhere', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await register(store, define('w', [task('a', 'SIMPLE')]));
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({
        unit: fc.constantFrom('a', 'B', 'ß', 'İ', '%', '_', '\\', "'", '"', ' ', '\n', '*', '\u0000'),
        maxLength: 8,
      }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const inputs = fc.sample(fc.dictionary(fc.string({ maxLength: 4 }), value, { maxKeys: 5 }), {
      seed: 11,
      numRuns: 60,
    });
    const ids: string[] = [];
    for (const [i, input] of inputs.entries()) ids.push(await start(store, input as JsonObject, T0 + i));
    await gatherAll(store);
    const words = new Map<string, string>();
    for (const id of ids) words.set(id, wordsOf((await store.workflows.get(id, { tasks: true }))!));
    const texts = inputs.flatMap((input) => Object.values(input).map(String)).filter((text) => text.trim() !== '');
    const parts = texts.flatMap((text) => [text, text.slice(1), `${text} a`, text.toUpperCase()]).slice(0, 120);
    // Half of a pair is no text that anybody could look for.
    for (const text of new Set(parts.filter((part) => part !== '' && part.isWellFormed()))) {
      const wanted = wantedWords(text);
      const expected = ids.filter((id) => wanted.every((word) => words.get(id)?.includes(word)));
      assert.deepEqual(await idsOf(store, text), expected, JSON.stringify(text));
    }
  });

  test('finds names, ids, payloads of events, in pages and with other conditions', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await register(store, define('w', [waitForId()]));
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(await start(store, { id: i, city: `City-${i % 2}` }, T0 + i));
    const payload = Buffer.from(JSON.stringify({ id: 3, note: 'grüße aus Köln' }));
    await store.events.receive({ ...eventFor(['w'], {}), body: payload });
    await store.idle();
    assert.deepEqual(
      await idsOf(store, 'GRÜSSE aus köln'.replace('SS', 'ß')),
      [ids[3]],
      'the payload that a wait took',
    );
    assert.deepEqual(await idsOf(store, 'city-1'), [ids[1], ids[3]]);
    assert.deepEqual(await idsOf(store, 'city-1', { statuses: ['RUNNING'] }), [ids[1]]);
    assert.deepEqual(await idsOf(store, `wait "city: city-0"`), [ids[0], ids[2], ids[4]]);
    assert.deepEqual(await idsOf(store, ids[2] as string), [ids[2]]);
    const page = await search(store, 'city-0', { offset: 1, limit: 1, sort: { by: 'startedAt', descending: true } });
    assert.deepEqual([page.total, page.rows.map(({ id }) => id)], [3, [ids[2]]]);
    await store.workflows.remove(ids[0] as string);
    assert.deepEqual(await idsOf(store, 'city-0'), [ids[2], ids[4]]);
  });

  test('finds what another process left ungathered, and what was changed meanwhile', async (t) => {
    const db = await database(t);
    const dying = await db.open();
    await register(dying, define('w', [waitForId()]));
    const one = await start(dying, { id: 1, city: 'first' });
    await gatherAll(dying);
    await dying.workflows.transition(one, { type: 'updateVariables', variables: { city: 'second' } }, T0 + 1);
    const two = await start(dying, { id: 2, city: 'second' }, T0 + 2);
    await dying.close();
    const store = await db.open();
    assert.deepEqual(await idsOf(store, 'second'), [], 'nobody has gathered it yet');
    await gatherAll(store);
    assert.deepEqual(await idsOf(store, 'second'), [one, two]);
    assert.equal(await store.workflows.gatherTexts(), 0);
  });

  test('open executions are gone through when they stand still, ended ones at once', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await gatherAll(store);
    await register(store, define('w', [waitForId()]));
    const [one, two] = [await start(store, { id: 1 }), await start(store, { id: 2 })];
    await store.workflows.transition(two, { type: 'terminate' }, T0);
    await store.idle();
    assert.equal(await store.workflows.gatherTexts(T0 + 900), 1);
    assert.equal(await store.workflows.gatherTexts(T0 + 2_000), 1);
    assert.equal(await store.workflows.gatherTexts(T0 + 9_000), 0);
    assert.deepEqual(await idsOf(store, 'id:'), [one, two]);
  });

  test('what another process left does not make room for itself when this one starts', async (t) => {
    const db = await database(t);
    const dying = await db.open();
    await register(dying, define('w', [waitForId()]));
    await start(dying, { id: 1 });
    await dying.idle();
    await dying.close();
    const store = await db.open();
    while ((await store.workflows.gatherTexts(T0)) === 0);
    const [, early] = await Promise.all([start(store, { id: 2 }), store.workflows.gatherTexts(T0 + 29_000)]);
    assert.equal(early, 0);
    const [, late] = await Promise.all([start(store, { id: 3 }), store.workflows.gatherTexts(T0 + 30_000)]);
    assert.equal(late, 2);
  });

  test('words wait while there is other work, but not for ever, and not for a search', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await gatherAll(store);
    await register(store, define('w', [task('a', 'NOOP')]));
    const one = await start(store, { id: 1 });
    await store.idle();
    const [two, whileBusy] = await Promise.all([start(store, { id: 2 }), store.workflows.gatherTexts(T0 + 29_000)]);
    assert.equal(whileBusy, 0);
    const [three, late] = await Promise.all([start(store, { id: 3 }), store.workflows.gatherTexts(T0 + 30_000)]);
    assert.equal(late, 2);
    const four = start(store, { id: 4 });
    assert.deepEqual(await idsOf(store, 'id:'), [one, two, three]);
    await four;
  });

  test('finds letters beyond ASCII in the bytes of events', async (t) => {
    const db = await database(t);
    const store = await db.open();
    const raw = (body: string | Uint8Array) => ({ ...eventFor([], {}), body: Buffer.from(body as string) });
    const events = [
      raw('Größe: 5 ☃'),
      raw(Buffer.concat([Buffer.from([0xff, 0x00]), Buffer.from('QZXW')])),
      raw('a\\303\\266b'),
      raw('nichts'),
    ];
    for (const event of events) await store.events.receive(event);
    const found = async (text: string) =>
      (await store.events.search({ text, limit: 10 })).map(({ eventId }) =>
        events.findIndex((e) => e.eventId === eventId),
      );
    assert.deepEqual(await found('Größe'), [0]);
    assert.deepEqual(await found('☃'), [0]);
    assert.deepEqual(await found('\\303'), [2]);
    assert.deepEqual(await found('ö'), [0]);
    assert.deepEqual(await found('QZXW'), [1]);
  });
});

test('what has ended is not read again for its words, up to a number', async () => {
  const read: number[] = [];
  const byKey: States['byKey'] = async (_, keys) => {
    read.push(...keys);
    return keys.map(() => undefined);
  };
  const texts = new Texts({ serial: true } as Driver, { byKey } as States);
  for (let wf = 1; wf <= 502; wf++) {
    const own = { id: `id-${wf}`, status: 'COMPLETED', input: { wf }, output: {}, variables: {} };
    const workflow = { ...own, updatedAt: T0, tasks: [], def: { name: 'w', version: 1, tasks: [] } };
    texts.note({ wf, rev: 1, workflow } as unknown as State);
  }
  const written: Row[] = [];
  await texts.gather(1_000, async (changes) => void written.push(...changes.map(({ row }) => row)));
  assert.deepEqual(read, [501, 502]);
  assert.deepEqual(written.at(-1), [500, 1, toStored('id-500\nwf: 500')]);
});

test('rounds grow with what is late, up to a bound, and do not while nothing is', () => {
  const texts = new Texts({ serial: true } as Driver, {} as States);
  const rounds: number[] = [];
  for (const many of [0, 500, 5_000, 100_000]) {
    for (let wf = texts.pending + 1; wf <= many; wf++)
      texts.note({ wf, workflow: { status: 'RUNNING', updatedAt: T0 } } as State);
    rounds.push(texts.round(true));
    assert.equal(texts.round(false), 10);
  }
  assert.deepEqual(rounds, [10, 11, 20, 50]);
});
