// Event handlers, schemas, secrets, tags, log lines and last polls: what is written comes back, on any node.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { HandlerRow, SecretRow } from '../../src/store/registries.ts';
import { define, onEach, register, T0, task, wish } from './databases.ts';

const ODD = 'na\u0000me \ud800"\'%_\\ ☃';

const handler = (name: string, more: Partial<HandlerRow> = {}): HandlerRow => ({
  name,
  event: 'conductor:x',
  active: true,
  config: { actions: [{ action: 'start_workflow' }] },
  createdBy: 'ann',
  createdAt: T0,
  updatedBy: 'bob',
  updatedAt: T0 + 1,
  ...more,
});

const secret = (name: string, more: Partial<SecretRow> = {}): SecretRow => ({
  kind: 'secret',
  name,
  sealed: Buffer.from([0, 1, 255]),
  createdBy: 'ann',
  createdAt: T0,
  updatedAt: T0,
  ...more,
});

/** Bytes compared by what is in them, whatever class holds them. */
const plain = (row: SecretRow | undefined) => row && { ...row, sealed: [...row.sealed] };

onEach('registries', (database) => {
  test('event handlers are created once, listed by event, replaced and removed', async (t) => {
    const db = await database(t);
    const [store, other] = [await db.open(), await db.open()];
    const full = handler(ODD, { event: `odd ${ODD}` });
    assert.equal(await store.handlers.create(full), true);
    assert.deepEqual(await other.handlers.get(ODD), full);
    assert.equal(await other.handlers.create(handler(ODD, { createdBy: 'eve' })), false);
    assert.deepEqual(await store.handlers.get(ODD), full);
    await store.handlers.create(handler('b'));
    await store.handlers.create(handler('a', { active: false }));
    assert.deepEqual(
      (await other.handlers.listeningTo('conductor:x')).map(({ name, active }) => [name, active]),
      [
        ['a', false],
        ['b', true],
      ],
    );
    await store.handlers.put(handler('b', { event: 'other' }));
    assert.deepEqual(
      (await other.handlers.listeningTo('conductor:x')).map(({ name }) => name),
      ['a'],
    );
    assert.equal((await other.handlers.list()).length, 3);
    assert.equal(await store.handlers.remove('b'), true);
    assert.equal(await store.handlers.remove('b'), false);
    assert.equal(await other.handlers.get('b'), undefined);
  });

  test('schemas are kept by version, and the latest is found', async (t) => {
    const db = await database(t);
    const [store, other] = [await db.open(), await db.open()];
    const before = await other.schemas.epoch();
    const rows = [1, 2, 10].map((version) => ({ name: ODD, version, body: { data: { n: version, deep: [null] } } }));
    await store.schemas.put(rows);
    const after = await other.schemas.epoch();
    assert.notEqual(after, before);
    assert.deepEqual(await other.schemas.get(ODD), rows[2]);
    assert.deepEqual(await other.schemas.get(ODD, 2), rows[1]);
    assert.equal(await other.schemas.get(ODD, 3), undefined);
    assert.equal(await other.schemas.get('other'), undefined);
    assert.deepEqual(await other.schemas.list(), rows);
    await store.schemas.put([{ name: ODD, version: 2, body: { data: 'new' } }]);
    assert.deepEqual((await other.schemas.get(ODD, 2))?.body, { data: 'new' });
    assert.equal(await store.schemas.remove(ODD, 10), 1);
    assert.equal(await store.schemas.remove(ODD, 10), 0);
    assert.equal((await other.schemas.get(ODD))?.version, 2);
    assert.equal(await store.schemas.remove(ODD), 2);
    assert.deepEqual(await other.schemas.list(), []);
    assert.notEqual(await other.schemas.epoch(), after);
  });

  test('secrets and variables are apart, and every change shows', async (t) => {
    const db = await database(t);
    const [store, other] = [await db.open(), await db.open()];
    await store.secrets.put(secret(ODD));
    await store.secrets.put(secret(ODD, { kind: 'environment', sealed: Buffer.from('other') }));
    assert.deepEqual(plain(await other.secrets.get('secret', ODD)), plain(secret(ODD)));
    const before = await other.secrets.epoch();
    await store.secrets.put(secret('a', { sealed: Buffer.alloc(0) }));
    assert.notEqual(await other.secrets.epoch(), before);
    assert.deepEqual(
      (await other.secrets.list('secret')).map(({ name }) => name),
      ['a', ODD],
    );
    assert.equal((await other.secrets.list('environment')).length, 1);
    const changed = await other.secrets.epoch();
    assert.equal(await store.secrets.remove('secret', ODD), true);
    assert.equal(await store.secrets.remove('secret', ODD), false);
    assert.notEqual(await other.secrets.epoch(), changed);
    assert.equal(await other.secrets.get('secret', ODD), undefined);
    assert.ok(await other.secrets.get('environment', ODD));
  });

  test('of many that write a secret first, all learn of the one that is there', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    const rows = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        nodes[i % 2]!.secrets.putFirst(secret('key', { kind: 'check', sealed: Buffer.from([i]) })),
      ),
    );
    assert.equal(new Set(rows.map(({ sealed }) => sealed[0])).size, 1);
  });

  test('tags are pairs: added, set, removed, listed', async (t) => {
    const store = await (await database(t)).open();
    const [a1, a2, b] = [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
      { key: 'b', value: ODD, type: 'METADATA' },
    ];
    await store.tags.add('workflow', ODD, [a2, b]);
    await store.tags.add('workflow', ODD, [a1, a2]);
    assert.deepEqual(await store.tags.of('workflow', ODD), [a1, a2, b]);
    assert.deepEqual(await store.tags.of('task', ODD), []);
    await store.tags.add('task', 't', [a1]);
    assert.deepEqual(await store.tags.list('task'), [{ kind: 'task', name: 't', ...a1 }]);
    assert.equal((await store.tags.list()).length, 4);
    await store.tags.remove('workflow', ODD, [a1, { key: 'b', value: 'not this' }]);
    assert.deepEqual(await store.tags.of('workflow', ODD), [a2, b]);
    await store.tags.set('workflow', ODD, [a1, b]);
    assert.deepEqual(await store.tags.of('workflow', ODD), [a1, b]);
    await store.tags.set('workflow', ODD, []);
    assert.deepEqual(await store.tags.of('workflow', ODD), []);
  });

  test('log lines keep their order and go with their execution', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [task('work', 'SIMPLE')]));
    const { id } = wish('w');
    await store.workflows.start(wish('w', {}, { id }));
    const lines = ['one', ODD, ''].map((text, i) => ({ id: `${i}`, at: T0 + i, text }));
    await store.logs.add(id, 1, lines.slice(1));
    await store.logs.add(id, 1, lines.slice(0, 1));
    await store.logs.add(id, 2, [{ id: 'other', at: T0, text: 'other' }]);
    await store.logs.add('another', 1, [{ id: 'x', at: T0, text: 'another' }]);
    assert.deepEqual(await store.logs.list(id, 1, 10), lines);
    assert.deepEqual(await store.logs.list(id, 1, 2), lines.slice(0, 2));
    await store.workflows.remove(id);
    assert.deepEqual(await store.logs.list(id, 1, 10), []);
    assert.deepEqual(await store.logs.list(id, 2, 10), []);
    assert.equal((await store.logs.list('another', 1, 10)).length, 1);
  });

  test('the last poll of each queue and domain is known to all nodes', async (t) => {
    const db = await database(t);
    const [store, other] = [await db.open(), await db.open()];
    const poll = (queue: string, at: number, domain?: string) => ({
      queue,
      workerId: randomUUID(),
      at,
      ...(domain !== undefined && { domain }),
    });
    const last = [poll('a', T0 + 2), poll('a', T0 + 3, ODD), poll('b', T0)];
    await store.lastPolls.put([poll('a', T0), ...last.slice(1)]);
    await store.lastPolls.put(last.slice(0, 1));
    await store.lastPolls.put([]);
    assert.deepEqual(await other.lastPolls.list(), last);
    assert.deepEqual(await other.lastPolls.list('a'), last.slice(0, 2));
    assert.deepEqual(await other.lastPolls.list('c'), []);
  });
});
