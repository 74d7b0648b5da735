// The floor's work on PostgreSQL: one statement for a batch, one commit, arrays in.

import pg from 'pg';
import type { FloorStore } from './floor.ts';
import { keyOf, orderOf } from './floor.ts';

const SCHEMA = `
  create table workflow (wf bigint primary key, id text not null, status text not null, rev bigint not null, ended_at bigint, input text, output text) with (fillfactor = 70);
  create table task (wf bigint not null, n bigint not null, place text not null, status text not null, ended_at bigint,
    output_event bigint, input text, output text, primary key (wf, n)) with (fillfactor = 70);
  create table rendezvous (match_key bytea not null, kind bigint not null, ref bigint not null, n bigint not null, primary key (match_key, kind, ref, n));
  create table event (id bigint primary key, delivery text not null unique, received_at bigint not null, body bytea not null);
  create table effect (event bigint not null, wf bigint not null, n bigint not null, at bigint not null, primary key (event, wf, n));
`;

const COMMIT = `
  with given as (select * from unnest($1::bigint[], $2::text[], $3::bytea[], $4::bytea[], $5::bigint[]) as g(id, delivery, key, body, at)),
  stored as (insert into event select id, delivery, at, body from given on conflict do nothing returning id),
  entry as (insert into rendezvous select key, 1, id, 0 from given where id in (select id from stored)),
  wait as (delete from rendezvous r using given g where r.match_key = g.key and r.kind = 0 and g.id in (select id from stored)
    returning r.ref as wf, r.n, g.id, g.at),
  ended as (update task t set status = 'COMPLETED', ended_at = w.at, output_event = w.id from wait w where t.wf = w.wf and t.n = w.n),
  next as (insert into task select wf, n + 1, 'note', 'COMPLETED', at, null, '{"action":"paid"}', '{}' from wait),
  done as (update workflow f set status = 'COMPLETED', rev = rev + 1, ended_at = w.at, output = '{"order":"x"}' from wait w where f.wf = w.wf)
  insert into effect select id, wf, n, at from wait`;

export async function postgresFloor(url: string): Promise<FloorStore> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('set plan_cache_mode = force_generic_plan; set jit = off');
  await client.query(SCHEMA);
  let lastEvent = 0;

  return {
    async seed(waiting) {
      for (let from = 0; from < waiting; from += 5_000) {
        const orders = Array.from({ length: Math.min(5_000, waiting - from) }, (_, i) => orderOf(from + i));
        const numbers = orders.map((_, i) => from + i + 1);
        await client.query(
          "insert into workflow select wf, gen_random_uuid()::text, 'RUNNING', 1, null, json_build_object('order', o)::text, null from unnest($1::bigint[], $2::text[]) as g(wf, o)",
          [numbers, orders],
        );
        await client.query(
          "insert into task select wf, 1, 'paid', 'IN_PROGRESS', null, null, json_build_object('$.order.id', o)::text, null from unnest($1::bigint[], $2::text[]) as g(wf, o)",
          [numbers, orders],
        );
        await client.query(
          'insert into rendezvous select k, 0, wf, 1 from unnest($1::bigint[], $2::bytea[]) as g(wf, k)',
          [numbers, orders.map(keyOf)],
        );
      }
      await client.query('analyze');
    },

    async commit(batch) {
      const ids = batch.map(() => ++lastEvent);
      const { rowCount } = await client.query({
        name: 'commit',
        text: COMMIT,
        values: [
          ids,
          batch.map((e) => e.deliveryId),
          batch.map((e) => e.key),
          batch.map((e) => e.body),
          batch.map((e) => e.receivedAt),
        ],
      });
      return rowCount ?? 0;
    },
  };
}
