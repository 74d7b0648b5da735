// Sweeping in SQL: a step reads some rows in the order of an index, and removes those that nobody needs any more.
// No index is kept for this alone: executions go by their start, what has no index by its key, a page at a time.

import { isTerminal, type WorkflowStatus } from '../../core/model.ts';
import { removal, type Writers } from '../cycle/item.ts';
import { EVENT_ENTRY } from '../cycle/turn.ts';
import type { Cell, Change, Driver, Row } from '../drivers/driver.ts';
import { MAX_PAGE } from '../limits.ts';
import type { Cursor, Retention, SweepResult, SweepStep, Swept } from '../retention.ts';
import { fromStored } from '../rows/text.ts';
import type { Route } from '../store.ts';

export interface SweepWays extends Writers {
  /** Removes an execution and all that hangs on it. */
  readonly removeWorkflow: (id: string) => Promise<boolean>;
  /** Removes those of some events that nothing needs, looked at in the commit itself; answers how many. */
  readonly forgetEvents: (ids: readonly number[]) => Promise<number>;
}

/** How one kind is read, and what becomes of a page of it. */
interface Sweep {
  /** Columns of the cursor first. */
  readonly columns: string;
  readonly from: string;
  /** In the order of which it is read. */
  readonly by: readonly string[];
  /** The beginning. */
  readonly first: Cursor;
  /** What is older than `before`, where the order is that of time. */
  readonly until?: string;
  /** Answers how many were removed. */
  readonly remove: (rows: readonly Row[], step: SweepStep) => Promise<number>;
}

export function retentionVerbs(driver: Driver, ways: SweepWays): Retention {
  const sweeps: Sweeps<Swept> = { ...executionSweeps(ways), ...eventSweeps(ways), ...historySweeps(ways) };
  return {
    async sweep(kind, step) {
      const { columns, from, by, first, until, remove } = sweeps[kind];
      const limit = Math.min(Math.max(1, step.limit), MAX_PAGE);
      const order = by.join(', ');
      const params: Cell[] = [...(step.after ?? first)];
      if (until) params.push(step.before);
      const rows = await driver.query(
        `select ${columns} from ${from} where (${order}) > (${by.map(() => '?').join(', ')})${until ? ` and ${until} < ?` : ''} order by ${order} limit ${limit}`,
        params,
      );
      const removed = await remove(rows, step);
      const last = rows.length < limit ? undefined : rows.at(-1)?.slice(0, by.length);
      const result: SweepResult = { removed, ...(last && { next: last as Cursor }) };
      return result;
    },
    async lease(name, { now, forMs, held }) {
      const key = `lease ${name}`;
      const [rows] = await driver.look('fact', [[key]]);
      const until = rows?.[0]?.[0] as number | undefined;
      if (until === undefined) await ways.write([{ op: 'ignore', table: 'fact', row: [key, 0] }]);
      const there = until ?? 0;
      if (there > now && there !== held) return undefined;
      const mine = Math.max(now + forMs, there + 1);
      const row = [key, mine];
      const guard = { op: 'swap', table: 'fact', row, expected: there } as const;
      return (await ways.dispatch({ guard, changes: [], errands: [], now })) ? mine : undefined;
    },
  };
}

type Rest = Omit<Sweep, 'from' | 'by' | 'first'>;

const plain = (from: string, by: readonly string[], first: Cursor, rest: Rest): Sweep => ({ from, by, first, ...rest });

async function removeRows({ write }: SweepWays, changes: readonly Change[], count = changes.length): Promise<number> {
  if (changes.length) await write(changes);
  return count;
}

type Sweeps<K extends Swept> = Readonly<Pick<Record<Swept, Sweep>, K>>;

function executionSweeps(ways: SweepWays): Sweeps<'executions' | 'logs' | 'deliveries'> {
  return {
    executions: plain('workflow w left join workflow p on p.id = w.parent_id', ['w.started_at', 'w.wf'], [0, 0], {
      columns: 'w.started_at, w.wf, w.id, w.status, w.ended_at, p.status',
      until: 'w.started_at',
      async remove(rows, { before }) {
        const old = rows.filter(([, , , status, endedAt, parent]) => {
          if (!isTerminal(status as WorkflowStatus) || endedAt === null || (endedAt as number) >= before) return false;
          return parent === null || isTerminal(parent as WorkflowStatus);
        });
        const gone = await Promise.all(old.map(([, , id]) => ways.removeWorkflow(fromStored(id as string))));
        return gone.filter(Boolean).length;
      },
    }),
    logs: plain('task_log', ['at', 'workflow_id', 'n', 'id'], [0, '', 0, ''], {
      columns: 'at, workflow_id, n, id',
      until: 'at',
      remove: (rows) =>
        removeRows(
          ways,
          rows.map((row) => removal('task_log', row.slice(1))),
        ),
    }),
    deliveries: plain('delivery', ['id'], [''], {
      columns: 'id, status, updated_at, rev, attempts',
      async remove(rows, { before, now }) {
        const old = rows.filter(([, status, updatedAt]) => status !== 'PENDING' && (updatedAt as number) < before);
        const gone = await Promise.all(
          old.map(([id, , , rev, attempts]) =>
            // One that is resent in this moment has another rev, and stays.
            ways.dispatch({
              guard: { op: 'remove', table: 'delivery', row: [id as Cell], expected: rev as Cell },
              changes: Array.from({ length: attempts as number }, (_, i) => removal('attempt', [id as Cell, i + 1])),
              errands: [],
              now,
            }),
          ),
        );
        return gone.filter(Boolean).length;
      },
    }),
  };
}

function eventSweeps(ways: SweepWays): Sweeps<'entries' | 'names' | 'events'> {
  return {
    entries: plain(
      `rendezvous r left join event e on e.id = r.ref and r.kind = ${EVENT_ENTRY}`,
      ['r.match_key', 'r.kind', 'r.at', 'r.ref', 'r.n'],
      [new Uint8Array(0), 0, 0, 0, 0],
      {
        columns: 'r.match_key, r.kind, r.at, r.ref, r.n, e.id',
        remove: (rows, { before, now }) =>
          removeRows(
            ways,
            rows
              .filter(([, kind, at, , findableMs, event]) => {
                if (kind !== EVENT_ENTRY) return false;
                const window = findableMs as number;
                return event === null || (window > 0 ? (at as number) + window < now : (at as number) < before);
              })
              .map((row) => removal('rendezvous', row.slice(0, 5))),
          ),
      },
    ),
    names: plain('event_key k left join event e on e.id = k.event', ['k.webhook', 'k.name'], ['', ''], {
      columns: 'k.webhook, k.name, k.at, e.id',
      remove: (rows, { before, namedBefore = before }) =>
        removeRows(
          ways,
          rows
            .filter(([, , at, event]) => event === null && (at as number) < namedBefore)
            .map((row) => removal('event_key', row.slice(0, 2))),
        ),
    }),
    events: plain('event', ['received_at', 'id'], [0, 0], {
      columns: 'received_at, id, route, dedupe_key',
      until: 'received_at',
      remove: (rows, { now, before, namedBefore = before }) =>
        ways.forgetEvents(
          rows
            .filter(([receivedAt, , route, name]) => {
              const at = receivedAt as number;
              if (name !== null && at >= namedBefore) return false;
              const { findableMs = 0 } = route === null ? {} : (JSON.parse(route as string) as Route);
              return at + findableMs < now;
            })
            .map(([, id]) => id as number),
        ),
    }),
  };
}

function historySweeps(ways: SweepWays): Sweeps<'runs' | 'handled' | 'messages' | 'outputs'> {
  return {
    outputs: plain('task_cache', ['name', 'key'], ['', ''], {
      columns: 'name, key, expires_at',
      remove: (rows, { now }) =>
        removeRows(
          ways,
          rows
            .filter(([, , expiresAt]) => (expiresAt as number) <= now)
            .map((row) => removal('task_cache', row.slice(0, 2))),
        ),
    }),
    runs: plain('schedule_run r join errand o on o.id = r.id', ['r.executed_at', 'r.id'], [0, ''], {
      columns: 'r.executed_at, r.id',
      until: 'r.executed_at',
      remove: (rows) =>
        removeRows(
          ways,
          rows.flatMap(([, id]) => withErrand('schedule_run', id as Cell)),
          rows.length,
        ),
    }),
    handled: plain('event_execution x left join errand o on o.id = x.id', ['x.created_at', 'x.id'], [0, ''], {
      columns: 'x.created_at, x.id, x.state, o.id',
      until: 'x.created_at',
      remove(rows) {
        const over = rows.filter(([, , state, errand]) => state !== null || errand !== null);
        return removeRows(
          ways,
          over.flatMap(([, id]) => withErrand('event_execution', id as Cell)),
          over.length,
        );
      },
    }),
    messages: plain('message m', ['m.created_at', 'm.id'], [0, ''], {
      columns: 'm.created_at, m.id, m.status, (select count(*) from event_execution x where x.message = m.id)',
      until: 'm.created_at',
      remove: (rows) =>
        removeRows(
          ways,
          rows
            .filter(([, , status, executions]) => status !== 'RECEIVED' && executions === 0)
            .map(([, id]) => removal('message', [id as Cell])),
        ),
    }),
  };
}

const withErrand = (table: 'schedule_run' | 'event_execution', id: Cell): Change[] => [
  removal(table, [id]),
  removal('errand', [id]),
];
