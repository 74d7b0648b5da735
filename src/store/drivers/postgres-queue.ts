// Leases of tasks in the queues of PostgreSQL: the statements that take and give them back, with their parameters.

import type { Candidate, Cell, QueueWish } from './driver.ts';
import { arrayOf } from './postgres-arrays.ts';

const RANKS = `with recursive ranks(rank) as (
    (select q.rank from queue q where q.queue = r.queue and q.domain = r.domain order by q.rank limit 1)
    union all
    select (select q.rank from queue q where q.queue = r.queue and q.domain = r.domain and q.rank > ranks.rank order by q.rank limit 1)
    from ranks where ranks.rank is not null)`;
const READY = `select q.* from queue q where q.queue = r.queue and q.domain = r.domain and q.rank = ranks.rank
    and q.available_at <= $4 and q.leased_until <= $4
    order by q.available_at, q.wf, q.n limit r.count for update skip locked`;
/** A lease need not survive a crash, so its commit does not wait for the disk. */
export const CLAIM = `with picked as (
    select r.u, q.* from unnest($1::text[], $2::text[], $3::int8[]) with ordinality as r(queue, domain, count, u)
    cross join lateral (
      ${RANKS}
      select x.* from ranks cross join lateral (${READY}) x where ranks.rank is not null
      order by x.rank, x.available_at, x.wf, x.n limit r.count) q),
  leased as (
    update queue t set leased_until = $5 from picked p
    where t.queue = p.queue and t.domain = p.domain and t.rank = p.rank and t.available_at = p.available_at and t.wf = p.wf and t.n = p.n
    returning p.u, t.queue, t.domain, t.rank, t.available_at, t.wf, t.n, p.leased_until,
      (select set_config('synchronous_commit', 'off', true)))
  select * from leased order by u, rank, available_at, wf, n`;
/** Gives leases back, where nobody else has them by now. */
export const RELEASE = `update queue t set leased_until = 0
  from unnest($1::text[], $2::text[], $3::int8[], $4::int8[], $5::int8[], $6::int8[]) as r(queue, domain, rank, available_at, wf, n)
  where t.queue = r.queue and t.domain = r.domain and t.rank = r.rank and t.available_at = r.available_at and t.wf = r.wf and t.n = r.n
    and t.leased_until = $7
  returning (select set_config('synchronous_commit', 'off', true))`;

export const claimed = (wishes: readonly QueueWish[], now: number, leaseMs: number): unknown[] => [
  arrayOf(
    'text',
    wishes.map(({ queue }) => queue),
  ),
  arrayOf(
    'text',
    wishes.map(({ domain }) => domain),
  ),
  arrayOf(
    'int',
    wishes.map(({ count }) => count),
  ),
  now,
  now + leaseMs,
];

/** The key columns of `queue`. */
const KEY = ['text', 'text', 'int', 'int', 'int', 'int'] as const;

export const released = (candidates: readonly Candidate[], leasedUntil: number): unknown[] => [
  ...KEY.map((kind, i) =>
    arrayOf(
      kind,
      candidates.map(({ row }) => row[i] as Cell),
    ),
  ),
  leasedUntil,
];
