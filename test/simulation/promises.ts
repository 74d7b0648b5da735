// What was promised has happened, once: the database in the end, held against what the world outside knows.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { WINDOW_SECONDS } from './definitions.ts';
import type { Faults, Kind } from './faults.ts';
import type { Ledger, Order, SentEvent } from './ledger.ts';

type Count = (...params: (string | number)[]) => number;

const SEVERAL: readonly Kind[] = ['crowd', 'price', 'carry', 'turns'];

/** How many executions an order has that begins several. */
const severalOf = ({ kind, parts }: Order): number | undefined => (SEVERAL.includes(kind) ? parts : undefined);

export class Promises {
  readonly #reader: DatabaseSync;
  readonly #ledger: Ledger;
  readonly #faults: Faults;

  constructor(reader: DatabaseSync, ledger: Ledger, faults: Faults) {
    this.#reader = reader;
    this.#ledger = ledger;
    this.#faults = faults;
  }

  unkept(): string[] {
    return [...this.#events(), ...this.#orders(), ...this.#deliveries()];
  }

  #counting(sql: string): Count {
    const statement = this.#reader.prepare(`select count(*) as count ${sql}`);
    return (...params) => (statement.get(...params) as { count: number }).count;
  }

  #events(): string[] {
    const stored = this.#counting("from event where cast(body as text) ->> 'nonce' = ? and verdict = 'verified'");
    const started = this.#counting("from workflow where name = ? and status = 'COMPLETED' and input ->> ? = ?");
    const ofSession = this.#counting(
      `from effect x join event e on e.id = x.event where cast(e.body as text) ->> 'nonce' = ?
        and x.name = 'session' and x.type in ('started', 'completed')`,
    );
    const ofPair = this.#counting(
      `from effect x join event e on e.id = x.event where cast(e.body as text) ->> 'nonce' = ?
        and x.name in ('talk', 'echo') and x.type in ('started', 'completed')`,
    );
    const ended = this.#counting(
      `from effect x join event e on e.id = x.event where cast(e.body as text) ->> 'nonce' = ? and x.type = 'completed'`,
    );
    return [...this.#ledger.events.values()].flatMap((event): string[] => {
      const { delivery, webhook, order, nonce } = event;
      const once = (count: number, what: string): string[] =>
        count === 1 ? [] : [`event ${delivery} ${what} ${count} times`];
      if (webhook === 'repeats') return [...this.#repeated(event)];
      const kept = once(stored(nonce), 'is stored');
      if (webhook === 'starts') return [...kept, ...once(started('log', '$.nonce', nonce), 'has started its log')];
      if (webhook === 'lines') return [...kept, ...once(started('step', '$.nonce', nonce), 'has started its step')];
      if (webhook === 'keyed') return [...kept, ...once(started('once', '$.order.id', order), 'has started its once')];
      if (webhook === 'oldest' || webhook === 'newest' || webhook === 'one') {
        const count = ended(nonce);
        const isDoomed = this.#ledger.orders.get(order)?.doomed && count === 0;
        return isDoomed ? kept : [...kept, ...once(count, 'has ended a wait')];
      }
      if (webhook === 'pairs')
        return ofPair(nonce) > 0 ? kept : [...kept, `event ${delivery} has begun and resumed nothing`];
      if (webhook === 'sessions') return [...kept, ...once(ofSession(nonce), 'has started or resumed a session')];
      return kept;
    });
  }

  /** Each answer stands for an event that was stored then, or so shortly before that this one repeats it. */
  *#repeated({ delivery, nonce, acknowledged }: SentEvent): Generator<string> {
    const stored = this.#counting(
      "from event where cast(body as text) ->> 'nonce' = ? and received_at between ? and ?",
    );
    const { clockErrorMs } = this.#faults;
    for (const { sentAt, answeredAt } of acknowledged) {
      const from = sentAt - WINDOW_SECONDS * 1_000 - clockErrorMs;
      if (stored(nonce, from, answeredAt + clockErrorMs) === 0)
        yield `event ${delivery} had a 200 at ${answeredAt}, and there is none since ${from}`;
    }
  }

  #orders(): string[] {
    const all = this.#reader.prepare(
      "select wf, id, status, output from workflow where name = ?1 and (idempotency_key = ?2 or idempotency_key like ?2 || '-%') and parent_id is null",
    );
    return [...this.#ledger.orders.values()].flatMap((order) => this.#order(order, all));
  }

  #order(order: Order, all: StatementSync): string[] {
    const { id, kind, doomed } = order;
    if (kind === 'line' || kind === 'repeat' || kind === 'pair') return [];
    const found = all.all(kind, id) as { wf: number; id: string; status: string; output: string | null }[];
    const wanted = kind === 'session' ? this.#ledger.eventsOf(id, 'sessions').length / 2 : severalOf(order);
    const problems: string[] = [];
    if (found.length === 0 || (wanted !== undefined && found.length !== wanted))
      problems.push(`order ${id} (${kind}) has ${found.length} executions`);
    for (const started of order.started)
      if (!found.some((one) => one.id === started)) problems.push(`order ${id}: execution ${started} is gone`);
    for (const { wf, status, output } of found) {
      if (doomed && status === 'TERMINATED') continue;
      if (status !== 'COMPLETED') problems.push(`order ${id} (${kind}) is ${status}`);
      else problems.push(...this.#wrongOutput(wf, order, JSON.parse(output ?? '{}')));
    }
    return problems;
  }

  #wrongOutput(wf: number, { id, kind }: Order, output: Record<string, unknown>): string[] {
    if (kind !== 'session' && output.order !== id)
      return [`order ${id} (${kind}) ended with the output of another: ${JSON.stringify(output)}`];
    const shown = {
      ...{ order: [output.nonce], late: [output.nonce], brief: [output.nonce] },
      family: [output.nonce, output.childNonce],
      session: [output.first, output.second],
      crowd: [output.nonce],
    } as Readonly<Record<string, unknown[]>>;
    const nonces = kind === 'session' ? this.#ledger.eventsOf(id, 'sessions').map(({ nonce }) => nonce) : undefined;
    const known = new Set<unknown>(nonces ?? this.#ledger.noncesOf(id, kind === 'crowd' ? 'cue' : 'paid'));
    if (!(shown[kind] ?? []).every((nonce) => known.has(nonce)))
      return [`order ${id} (${kind}): payload ${JSON.stringify(output)}`];
    return kind === 'rounds' || kind === 'duet' ? this.#missedRounds(wf, id, kind) : [];
  }

  /** Each event went once through each of its loops. */
  #missedRounds(wf: number, id: string, kind: string): string[] {
    const loops = this.#reader
      .prepare(
        `select w.wf, count(distinct t.output_event) as count from workflow w
          left join task t on t.wf = w.wf and t.place = 'tick' and t.status = 'COMPLETED'
          where w.name = 'rounds' and (w.wf = ?1 or w.parent_id = (select id from workflow where wf = ?1)) and w.status = 'COMPLETED'
          group by w.wf`,
      )
      .all(wf) as { wf: number; count: number }[];
    const wanted = this.#ledger.noncesOf(id, 'tick').size;
    const isRight = loops.length === (kind === 'duet' ? 2 : 1) && loops.every(({ count }) => count === wanted);
    return isRight ? [] : [`order ${id}: of ${wanted} events went through its loops: ${JSON.stringify(loops)}`];
  }

  /** Each delivery has arrived, under its own id alone; those of one line in their order. */
  #deliveries(): string[] {
    const problems: string[] = [];
    const rows = this.#reader
      .prepare(
        "select id, workflow_id as workflowId, data ->> 'jobStatus' as status, lane, created_at as at from delivery order by lane, at, id",
      )
      .all() as { id: string; workflowId: string; status: string; lane: string; at: number }[];
    const { receipts } = this.#ledger;
    const first = new Map<string, number>();
    receipts.forEach(({ delivery }, i) => {
      if (!first.has(delivery)) first.set(delivery, i);
    });
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const { delivery, workflowId, status } of receipts) {
      const row = byId.get(delivery);
      if (row?.workflowId !== workflowId || row.status !== status)
        problems.push(`${status} of ${workflowId} was told under ${delivery}, which is no delivery of it`);
    }
    rows.forEach(({ id, lane, at }, i) => {
      const place = first.get(id);
      const before = rows[i - 1];
      if (place === undefined) problems.push(`delivery ${id} has never arrived`);
      else if (lane && before?.lane === lane && at > before.at + this.#faults.clockErrorMs)
        if (place < (first.get(before.id) ?? 0)) problems.push(`delivery ${id} has overtaken ${before.id}`);
    });
    return problems;
  }
}
