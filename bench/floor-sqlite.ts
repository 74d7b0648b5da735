// The floor's work on SQLite: prepared statements, one transaction for a batch, synced before it counts.

import { DatabaseSync } from 'node:sqlite';
import type { FloorStore } from './floor.ts';
import { keyOf, orderOf } from './floor.ts';

const SCHEMA = `
  create table workflow (wf integer primary key, id text not null, status text not null, rev integer not null, ended_at integer, input text, output text);
  create table task (wf integer not null, n integer not null, place text not null, status text not null, ended_at integer,
    output_event integer, input text, output text, primary key (wf, n)) without rowid;
  create table rendezvous (match_key blob not null, kind integer not null, ref integer not null, n integer not null,
    primary key (match_key, kind, ref, n)) without rowid;
  create table event (id integer primary key, delivery text not null unique, received_at integer not null, body blob not null);
  create table effect (event integer not null, wf integer not null, n integer not null, at integer not null, primary key (event, wf, n)) without rowid;
`;

export function sqliteFloor(path: string): FloorStore {
  const db = new DatabaseSync(path);
  db.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536; pragma wal_autocheckpoint = 4000',
  );
  db.exec(SCHEMA);
  const insertEvent = db.prepare('insert into event values (?, ?, ?, ?) on conflict do nothing');
  const findWait = db.prepare('select ref, n from rendezvous where match_key = ? and kind = 0');
  findWait.setReturnArrays(true);
  const removeWait = db.prepare('delete from rendezvous where match_key = ? and kind = 0 and ref = ? and n = ?');
  const insertEntry = db.prepare('insert into rendezvous values (?, 1, ?, 0)');
  const endTask = db.prepare(
    "update task set status = 'COMPLETED', ended_at = ?, output_event = ? where wf = ? and n = ?",
  );
  const insertTask = db.prepare(
    "insert into task values (?, ?, 'note', 'COMPLETED', ?, null, '{\"action\":\"paid\"}', '{}')",
  );
  const endWorkflow = db.prepare(
    "update workflow set status = 'COMPLETED', rev = rev + 1, ended_at = ?, output = ? where wf = ?",
  );
  const insertEffect = db.prepare('insert into effect values (?, ?, ?, ?)');
  let lastEvent = 0;

  return {
    async seed(waiting) {
      const insertWorkflow = db.prepare("insert into workflow values (?, ?, 'RUNNING', 1, null, ?, null)");
      const insertWait = db.prepare("insert into task values (?, 1, 'paid', 'IN_PROGRESS', null, null, ?, null)");
      const insertKey = db.prepare('insert into rendezvous values (?, 0, ?, 1)');
      db.exec('begin');
      for (let i = 0; i < waiting; i++) {
        const order = orderOf(i);
        insertWorkflow.run(i + 1, crypto.randomUUID(), `{"order":"${order}"}`);
        insertWait.run(i + 1, `{"matches":{"$.order.id":"${order}"}}`);
        insertKey.run(keyOf(order), i + 1);
      }
      db.exec('commit');
      db.exec('pragma wal_checkpoint(truncate)');
    },

    async commit(batch) {
      let ended = 0;
      db.exec('begin immediate');
      for (const { deliveryId, key, body, receivedAt } of batch) {
        const id = ++lastEvent;
        if (insertEvent.run(id, deliveryId, receivedAt, body).changes === 0) continue;
        insertEntry.run(key, id);
        const wait = findWait.get(key) as unknown as [number, number] | undefined;
        if (!wait) continue;
        const [wf, n] = wait;
        removeWait.run(key, wf, n);
        endTask.run(receivedAt, id, wf, n);
        insertTask.run(wf, n + 1, receivedAt);
        endWorkflow.run(receivedAt, '{"order":"x"}', wf);
        insertEffect.run(id, wf, n, receivedAt);
        ended++;
      }
      db.exec('commit');
      return ended;
    },
  };
}
