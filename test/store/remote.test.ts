// The store behind a message port and in a thread: the same verbs, the same answers, bytes and errors included.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { assemble } from '../../src/store/assemble.ts';
import { startCheckpoints } from '../../src/store/drivers/checkpointer.ts';
import { openSqlite } from '../../src/store/drivers/sqlite.ts';
import { connectStore, serveStore } from '../../src/store/remote.ts';
import type { Notice, Store } from '../../src/store/store.ts';
import { startStoreThread } from '../../src/store/thread.ts';
import { define, eventFor, register, shortly, T0, task, testEnv, waitForId, wish } from './databases.ts';
import { begin, transition } from './fake-core.ts';

async function connected(t: TestContext): Promise<{ near: Store; messages: () => number; cut: () => void }> {
  const far = await assemble(openSqlite({ path: ':memory:' }), { env: testEnv(), core: { begin, transition } });
  const { port1, port2 } = new MessageChannel();
  let messages = 0;
  serveStore(port1, far);
  port1.on('message', () => {
    messages += 1;
  });
  t.after(() => port1.close());
  return { near: connectStore(port2), messages: () => messages, cut: () => port1.close() };
}

test('verbs, nouns and values go through; what is undefined comes back as undefined', async (t) => {
  const { near } = await connected(t);
  await register(near, define('w', [waitForId()]));
  const a = wish('w', { id: 1, odd: 'a\u0000b \ud800', __proto__x: { $bytes: 0 } });
  assert.deepEqual(await near.workflows.start(a), { type: 'started', id: a.id });
  assert.deepEqual((await near.workflows.get(a.id, { tasks: true }))?.input, a.input);
  assert.equal(await near.workflows.get('nobody', { tasks: true }), undefined);
  assert.equal(await near.workflows.nextAlarm(), undefined);
  assert.equal(await near.healthy(), true);
});

test('an absent argument arrives as absent, not as null', async () => {
  const { port1, port2 } = new MessageChannel();
  const seen: unknown[][] = [];
  const far = { polls: { last: async (...args: unknown[]) => void seen.push(args) } } as unknown as Store;
  serveStore(port1, far);
  const near = connectStore(port2) as unknown as { polls: { last(...args: unknown[]): Promise<void> } };
  await near.polls.last(undefined);
  await near.polls.last('q', null, undefined);
  port1.close();
  assert.deepEqual(seen, [[], ['q', null]]);
});

test('bytes go both ways, also inside of lists', async (t) => {
  const { near } = await connected(t);
  const body = Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256));
  const event = eventFor([], {}, { body });
  assert.deepEqual(await near.events.receive(event), { type: 'stored', eventId: event.eventId });
  await near.events.receive(eventFor([], {}, { body: Buffer.alloc(0) }));
  const bodies = (await near.events.list({ webhookId: 'hook', limit: 9 })).map((record) => Buffer.from(record.body));
  assert.deepEqual(bodies, [Buffer.alloc(0), body]);
});

test('errors come back as errors', async (t) => {
  const { near } = await connected(t);
  await register(near, define('w', [waitForId()]));
  const a = wish('w', { id: 1 });
  await near.workflows.start(a);
  const poison = { type: 'updateVariables', variables: { poison: true } } as const;
  await assert.rejects(near.workflows.transition(a.id, poison, T0), /poisoned by the test/);
  const odd = near as unknown as { nothing: { here(): Promise<unknown> } };
  await assert.rejects(odd.nothing.here(), /no verb nothing\.here/);
});

test('notices arrive, and end when the listener stops', async (t) => {
  const { near } = await connected(t);
  await register(near, define('w', [task('work', 'SIMPLE')]));
  const notices: Notice[] = [];
  const stop = near.subscribe((notice) => notices.push(notice));
  await near.workflows.start(wish('w'));
  await near.healthy();
  assert.deepEqual(
    notices.flatMap(({ queues }) => queues),
    ['work'],
  );
  stop();
  await near.workflows.start(wish('w'));
  await near.healthy();
  assert.equal(notices.length, 1);
});

test('all calls of one turn are one message', async (t) => {
  const { near, messages } = await connected(t);
  await near.healthy();
  const before = messages();
  await Promise.all(Array.from({ length: 100 }, () => near.events.receive(eventFor([], {}))));
  assert.equal(messages() - before, 1);
});

test('when the other end is gone, what waits and what comes is refused', async (t) => {
  const { near, cut } = await connected(t);
  const waiting = near.idle();
  cut();
  await assert.rejects(waiting, /thread of the store is gone/);
  await assert.rejects(near.events.receive(eventFor([], {})), /thread of the store is gone/);
  assert.equal(await near.healthy(), false);
});

test('what one commit has to say, answers and a notice, travels as one message', async (t) => {
  const far = await assemble(openSqlite({ path: ':memory:' }), { env: testEnv(), core: { begin, transition } });
  const { port1, port2 } = new MessageChannel();
  t.after(() => port1.close());
  let messages = 0;
  const counted = {
    on: port1.on.bind(port1),
    postMessage: (message: unknown) => {
      messages += 1;
      port1.postMessage(message);
    },
  };
  serveStore(counted, far);
  const near = connectStore(port2);
  await register(near, define('w', [waitForId()]));
  const noticed = Promise.withResolvers<void>();
  near.subscribe((notice) => notice.workflows.length > 1 && noticed.resolve());
  await near.workflows.nextAlarm();
  messages = 0;
  await Promise.all([wish('w', { id: 1 }), wish('w', { id: 2 })].map((one) => near.workflows.start(one)));
  await noticed.promise;
  assert.equal(messages, 1);
});

test('in a thread with the real rules, checkpoints in another: an event completes, a reopened store has it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-thread-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const entry = new URL('../../src/store-thread.ts', import.meta.url);
  const url = `sqlite:${join(folder, 'data', 'x.db')}`;
  const store = await startStoreThread(entry, { url });
  await register(store, define('w', [waitForId()]));
  const a = wish('w', { id: 1 });
  await store.workflows.start(a);
  await store.events.receive(eventFor(['w'], { id: 1 }));
  await store.idle();
  assert.equal(await shortly(store, a.id), 'COMPLETED wait:COMPLETED');
  await store.close();
  const again = await startStoreThread(entry, { url });
  assert.equal(await shortly(again, a.id), 'COMPLETED wait:COMPLETED');
  await again.close();
});

test('with checkpoints in a thread, nothing stays open of a database that was closed, and its log is gone', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-checkpoints-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'x.db');
  // In this thread: files that another one has left open are closed when it ends.
  const driver = openSqlite({ path, checkpoints: startCheckpoints });
  const store = await assemble(driver, { env: testEnv(), core: { begin, transition } });
  await register(store, define('w', [waitForId()]));
  await store.close();
  assert.deepEqual(readdirSync(folder), ['x.db']);
  assert.deepEqual(
    openFiles().filter((file) => file.startsWith(folder)),
    [],
  );
});

/** Files that this process has open, where the system tells. */
function openFiles(): string[] {
  const folder = '/proc/self/fd';
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(join(folder, name))];
    } catch {
      // That of the listing itself.
      return [];
    }
  });
}

test('a thread that cannot open its database says why', async () => {
  const entry = new URL('../../src/store-thread.ts', import.meta.url);
  await assert.rejects(
    startStoreThread(entry, { url: 'mysql://x' }),
    /must begin with sqlite: or postgres:, not 'mysql'/,
  );
});
