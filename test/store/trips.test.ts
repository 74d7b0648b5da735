// What an event asks the database: each question is a trip to PostgreSQL, and trips are what an event costs there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { define, eventFor, onEach, register, shortly, waitForId, wish } from './databases.ts';
import { withSessions } from './watched-driver.ts';

/** For each commit the looks before it. */
const ASKED = {
  // One commit stores the event and ends its wait. Nothing is asked for its id: it has none that could be taken.
  sqlite: [['latest', 'eventKeyById', 'waits']],
  // One stores it; the next one ends its wait, and needs nothing that it would have to wait for a second time.
  postgres: [[], ['latest', 'waits']],
};

onEach('trips', (database, dialect) => {
  test('an event that ends a waiting execution asks for what others changed, and for its waits with all that belongs to them', async (t) => {
    const asked: string[][] = [];
    let looks: string[] = [];
    const store = await (await database(t)).open({
      wrap: withSessions((inner) => ({
        look(name, keys) {
          looks.push(name);
          return inner.look(name, keys);
        },
        commit(units) {
          asked.push(looks);
          looks = [];
          return inner.commit(units);
        },
      })),
    });
    await register(store, define('w', [waitForId()]));
    const [a, b] = [wish('w', { id: 'A' }), wish('w', { id: 'B' })];
    await Promise.all([store.workflows.start(a), store.workflows.start(b)]);
    await store.events.receive(eventFor(['w'], { id: 'A' }));
    await store.idle();
    asked.length = 0;
    looks = [];
    await store.events.receive(eventFor(['w'], { id: 'B' }));
    await store.idle();
    assert.equal(await shortly(store, b.id), 'COMPLETED wait:COMPLETED');
    assert.deepEqual(
      asked.map((names) => names.toSorted()),
      ASKED[dialect].map((names) => names.toSorted()),
    );
  });
});
