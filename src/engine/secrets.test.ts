// Secrets at rest and at hand-off: seals, keys and their file, what is filled in and what is not, what is masked.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Task, WorkflowTask } from '../core/model.ts';
import { createIds } from '../lib/ids.ts';
import { createLog } from '../lib/log.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { filled, masked, mentionedBy } from './hand-off.ts';
import { createSeal } from './seal.ts';
import { findSecretKey, type SecretKey } from './secret-key.ts';
import { createSecrets } from './secrets.ts';

const newSecret = createIds(() => 0).secret;

test('what was sealed opens with the same key and name only', () => {
  const [seal, other] = [createSeal('a key', newSecret), createSeal('another key', newSecret)];
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, name) => {
      const sealed = seal.seal(text, name);
      assert.equal(seal.open(sealed, name), text.toWellFormed());
      assert.equal(seal.open(sealed, `${name}.`), undefined);
      assert.equal(other.open(sealed, name), undefined);
      const at = sealed.length - 1;
      assert.equal(seal.open(sealed.with(at, (sealed[at] as number) ^ 1), name), undefined);
    }),
  );
  assert.equal(seal.open(new Uint8Array(0), ''), undefined);
  assert.equal(seal.open(new Uint8Array(100), ''), undefined);
});

test('the same text is sealed differently each time', () => {
  const seal = createSeal('a key', newSecret);
  assert.notDeepEqual(seal.seal('text', 'n'), seal.seal('text', 'n'));
});

test('an embedded database gets a key file that only its user can read, and keeps it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-key-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'data', 'fermata.db');
  const first = findSecretKey(undefined, { type: 'sqlite', path }, newSecret);
  assert.deepEqual(findSecretKey(undefined, { type: 'sqlite', path }, newSecret), first);
  assert.equal(statSync(`${path}.key`).mode & 0o777, 0o600);
  assert.ok(first.ok && first.secret.length > 100);
  writeFileSync(`${path}.key`, 'written by hand\n');
  assert.deepEqual(findSecretKey(undefined, { type: 'sqlite', path }, newSecret), {
    ok: true,
    secret: 'written by hand',
  });
  assert.deepEqual(findSecretKey('given', { type: 'sqlite', path }, newSecret), { ok: true, secret: 'given' });
  assert.equal(readFileSync(`${path}.key`, 'utf8'), 'written by hand\n');
});

test('a shared database needs the setting', () => {
  const key = findSecretKey(undefined, { type: 'postgres' }, newSecret);
  assert.match(key.ok ? '' : key.reason, /set FERMATA_SECRET_KEY/);
  assert.equal(findSecretKey('given', { type: 'postgres' }, newSecret).ok, true);
  const [a, b] = [1, 2].map(() => findSecretKey(undefined, { type: 'sqlite', path: ':memory:' }, newSecret));
  assert.notDeepEqual(a, b);
});

const place = (inputParameters: JsonObject, more: Partial<WorkflowTask> = {}): WorkflowTask => ({
  name: 'work',
  taskReferenceName: 'work',
  type: 'SIMPLE',
  inputParameters,
  ...more,
});

function handed(inputParameters: JsonObject, input: JsonObject, more: Partial<WorkflowTask> = {}): JsonObject {
  const task = { place: 'work', input } as unknown as Task;
  const values = {
    secrets: new Map([
      ['db', 'p$ssw0rd'],
      ['other', 'other-secret'],
    ]),
    environment: new Map([['REGION', 'eu']]),
  };
  return filled(task, mentionedBy(place(inputParameters, more)), values).input;
}

test('what the definition names is filled in, wherever it stands', () => {
  const template = {
    whole: '${workflow.secrets.db}',
    text: 'Bearer ${workflow.secrets.db} in ${workflow.env.REGION}',
    deep: { list: ["${workflow['secrets']['db']}"] },
    missing: '${workflow.secrets.nobody}',
    plain: 'text',
  };
  assert.deepEqual(handed(template, template), {
    whole: 'p$ssw0rd',
    text: 'Bearer p$ssw0rd in eu',
    deep: { list: ['p$ssw0rd'] },
    missing: null,
    plain: 'text',
  });
  const byTemplate = { taskDefinition: { name: 'work', inputTemplate: { key: '${workflow.secrets.db}' } } };
  assert.deepEqual(handed({}, { key: '${workflow.secrets.db}' }, byTemplate), { key: 'p$ssw0rd' });
});

test('text that came with data asks for nothing', () => {
  const asked = '${workflow.secrets.other}';
  assert.deepEqual(handed({ a: '${workflow.input.a}' }, { a: asked }), { a: asked });
  assert.deepEqual(handed({ a: '${workflow.secrets.db}' }, { a: asked }), { a: null });
  assert.deepEqual(handed({}, { a: asked }), { a: asked });
  const escaped = { a: '${workflow.secrets.db} $${workflow.secrets.other}' };
  assert.deepEqual(handed(escaped, escaped), { a: 'p$ssw0rd ${workflow.secrets.other}' });
});

test('a secret that is echoed is masked, in keys and values; short ones are no secrets', () => {
  const value = { a: ['x p$ssw0rd y p$ssw0rd'], p$ssw0rd: null, n: 1 };
  assert.deepEqual(masked(value, ['p$ssw0rd', 'a']), { a: ['x *** y ***'], '***': null, n: 1 });
  assert.equal(masked(value, []), value);
});

async function vault(t: TestContext, keys: readonly SecretKey[]) {
  const clock = new FakeClock();
  const ids = createIds(clock.now);
  const store: Store = await openStore({
    url: 'sqlite::memory:',
    env: { newId: ids.next, random: ids.random, evaluate: () => ({ ok: false, reason: 'no scripts here' }) },
  });
  t.after(() => store.close());
  const lines: string[] = [];
  const log = createLog('trace', { write: (line) => void lines.push(line) });
  const nodes = keys.map((key) => createSecrets({ store, clock, log, key, newSecret }));
  return { clock, store, nodes, lines };
}

const KEY: SecretKey = { ok: true, secret: 'the key of this test, long enough' };

test('nothing that is stored shows a value, and another node opens it', async (t) => {
  const { store, nodes, lines } = await vault(t, [KEY, KEY]);
  const [one, other] = nodes;
  assert.ok(one && other);
  assert.equal(await one.put('secret', 'db', 'very secret text', 'ann'), undefined);
  assert.equal(await one.put('environment', 'REGION', 'eu', 'ann'), undefined);
  const row = await store.secrets.get('secret', 'db');
  assert.ok(row && !Buffer.from(row.sealed).includes('very secret'));
  assert.deepEqual(await other.names('secret'), ['db']);
  assert.deepEqual([...(await other.variables())], [['REGION', 'eu']]);
  const at = place({ k: '${workflow.secrets.db}' });
  const task = { place: 'work', input: { k: '${workflow.secrets.db}' } } as unknown as Task;
  assert.deepEqual((await other.fillIn(task, at)).input, { k: 'very secret text' });
  await one.put('secret', 'db', 'changed since then', 'bob');
  assert.deepEqual((await other.fillIn(task, at)).input, { k: 'changed since then' });
  assert.equal((await store.secrets.get('secret', 'db'))?.createdBy, 'ann');
  const report = {
    status: 'COMPLETED',
    output: { said: 'changed since then' },
    reason: 'changed since then!',
  } as const;
  assert.deepEqual(await one.mask(report), { status: 'COMPLETED', output: { said: '***' }, reason: '***!' });
  assert.equal(await one.maskText('it is changed since then'), 'it is ***');
  assert.equal(await one.remove('secret', 'db'), undefined);
  assert.equal((await one.remove('secret', 'db'))?.code, 'notFound');
  assert.deepEqual((await other.fillIn(task, at)).input, { k: null });
  assert.deepEqual(lines, []);
});

test('a wrong key, no key and a changed row are noticed', async (t) => {
  const wrong: SecretKey = { ok: true, secret: 'another key, long enough as well' };
  const { store, nodes, lines } = await vault(t, [KEY, wrong, { ok: false, reason: 'set a key' }]);
  const [right, stranger, keyless] = nodes;
  assert.ok(right && stranger && keyless);
  await right.put('environment', 'A', 'a', 'ann');
  assert.match((await stranger.put('secret', 'x', 'y', 'eve'))?.reason ?? '', /sealed with another key/);
  assert.equal((await keyless.put('secret', 'x', 'y', 'eve'))?.reason, 'set a key');
  assert.deepEqual([...(await stranger.variables())], []);
  const row = await store.secrets.get('environment', 'A');
  assert.ok(row);
  await store.secrets.put({ ...row, name: 'B' });
  assert.deepEqual([...(await right.variables())], [['A', 'a']]);
  assert.match(lines.join(''), /cannot be opened/);
});

test('names and sizes have limits', async (t) => {
  const { nodes } = await vault(t, [KEY]);
  for (const name of ['', 'a b', 'a.b', 'x'.repeat(256)])
    assert.equal((await nodes[0]?.put('secret', name, 'v', 'ann'))?.code, 'invalid');
  assert.equal((await nodes[0]?.put('secret', 'a', 'v'.repeat(65_537), 'ann'))?.code, 'tooLarge');
});
