// What must hold after every step, and what must hold in the end. All of it is said in SQL over the committed rows and in
// terms of what the world outside was promised; none of it asks the code under test.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Ledger } from './ledger.ts';

const OPEN = "('SCHEDULED', 'IN_PROGRESS')";
const ENDED = "('COMPLETED', 'FAILED', 'TIMED_OUT', 'TERMINATED')";
const POLLED = "('SIMPLE', 'HTTP')";
const describe = (alias: string) => `${alias}.wf || '.' || ${alias}.n`;

/** Few and small tasks lie in the row of their execution, others in rows of their own: here all are rows. */
const ALL_TASKS = `create temp view task as
  select wf, n, place, scope, type, status, output_event, data from main.task
  union all
  select w.wf, t.value ->> 0, t.value ->> 1, t.value ->> 2, t.value ->> 3, t.value ->> 5, t.value ->> 11, t.value -> 14
  from workflow w, json_each(iif(w.tasks = '', null, w.tasks)) t`;

/** Each statement finds what is wrong; nothing found is right. */
const ALWAYS: Readonly<Record<string, string>> = {
  'a task that may be polled is not in the queue': `select ${describe('t')} from task t left join queue q on q.wf = t.wf and q.n = t.n
    where t.status = 'SCHEDULED' and t.type in ${POLLED} and t.data ->> 'wakeAt' is null and q.wf is null`,
  'the queue holds what cannot be polled': `select ${describe('q')} || ' ' || q.queue from queue q left join task t on t.wf = q.wf and t.n = q.n
    where t.status is not 'SCHEDULED' or t.type not in ${POLLED}`,
  'the queue holds a task twice': 'select wf, n from queue group by wf, n having count(*) > 1',
  'an open wait is not at the rendezvous': `select ${describe('t')} from task t left join rendezvous r on r.kind = 0 and r.ref = t.wf and r.n = t.n
    where t.status = 'IN_PROGRESS' and t.type = 'WAIT_FOR_WEBHOOK' and r.ref is null`,
  'the rendezvous holds a wait that is not open': `select r.ref || '.' || r.n from rendezvous r left join task t on t.wf = r.ref and t.n = r.n
    where r.kind = 0 and (t.status is not 'IN_PROGRESS' or t.type is not 'WAIT_FOR_WEBHOOK')`,
  'an ended execution has an open task': `select ${describe('t')} || ' ' || t.status from workflow w join task t on t.wf = w.wf
    where w.status in ${ENDED} and t.status in ${OPEN}`,
  'an ended execution has an alarm': `select wf from workflow where status in ${ENDED} and wake_at is not null`,
  'a running execution has nothing that could move it': `select w.wf from workflow w
    where w.status = 'RUNNING' and w.wake_at is null and not exists (select 1 from task t where t.wf = w.wf and t.status in ${OPEN})`,
  'a task that a worker holds has no alarm': `select ${describe('t')} from task t join workflow w on w.wf = t.wf
    where t.status = 'IN_PROGRESS' and t.type in ${POLLED} and w.status = 'RUNNING' and w.wake_at is null`,
  'a timer has no alarm': `select ${describe('t')} from task t join workflow w on w.wf = t.wf
    where t.status = 'IN_PROGRESS' and t.type = 'WAIT' and w.status = 'RUNNING' and (w.wake_at is null or w.wake_at > t.data ->> 'wakeAt')`,
  'a wait was ended by no event': `select ${describe('t')} from task t left join effect e on e.event = t.output_event and e.wf = t.wf and e.n = t.n and e.type = 'completed'
    where t.type = 'WAIT_FOR_WEBHOOK' and t.status = 'COMPLETED' and e.wf is null`,
  'an event says that it ended a wait, and the wait does not': `select ${describe('e')} || ' event ' || e.event from effect e left join task t on t.wf = e.wf and t.n = e.n
    where e.type = 'completed' and (t.status is not 'COMPLETED' or t.output_event is not e.event)`,
  'a wait was ended by two events':
    "select wf, n from effect where type = 'completed' group by wf, n having count(*) > 1",
  'an event did two things to one execution at one place':
    "select e.event, e.wf, t.place from effect e join task t on t.wf = e.wf and t.n = e.n where e.type = 'completed' group by e.event, e.wf, t.place having count(*) > 1",
  'a place has two open attempts': `select wf, place, scope from task where status in ${OPEN} group by wf, place, scope having count(*) > 1`,
  'one delivery is stored twice': `select cast(body as text) ->> 'nonce' as nonce from event where verdict = 'verified'
    group by webhook, nonce having count(*) > 1`,
  'one key has two executions': `select idempotency_key, count(*) from workflow where idempotency_key is not null and name not in ('quick')
    group by name, idempotency_key having count(*) > 1`,
  'one key has two running executions': `select idempotency_key, count(*) from workflow where idempotency_key is not null and status not in ${ENDED}
    group by name, idempotency_key having count(*) > 1`,
  'one event has started two executions':
    "select event from (select data ->> 'event' as event, name from workflow where name in ('log')) group by event, name having count(*) > 1",
  'a child has no parent that waits for it or gave it up': `select c.id from workflow c left join workflow p on p.id = c.parent_id
    where c.parent_id is not null and p.wf is null`,
  'two children of one task':
    "select p.wf, t.n from workflow p join task t on t.wf = p.wf and t.type = 'SUB_WORKFLOW' join workflow c on c.parent_id = p.id and c.data ->> '$.parent.n' = t.n group by p.wf, t.n having count(*) > 1",
};

/** When all is quiet. */
const AT_REST: Readonly<Record<string, string>> = {
  'the inbox is not empty': 'select target, command from inbox',
  'an event is not routed': 'select event from event_todo',
  'a wait has not looked back': 'select wf, n from wait_todo',
  'a task waits for a worker': 'select queue, wf, n from queue',
  'an execution still runs': `select w.name || ' ' || w.idempotency_key || ' ' || w.wf || ' ' || w.status || ': ' ||
      coalesce((select group_concat(t.n || ' ' || t.place || t.scope || ' ' || t.status, ', ') from task t where t.wf = w.wf), 'no tasks')
    from workflow w where w.status not in ${ENDED}`,
  'an execution has failed':
    "select name, idempotency_key, wf, status from workflow where status in ('FAILED', 'TIMED_OUT')",
};

export class Invariants {
  readonly #always: readonly (readonly [string, StatementSync])[];
  readonly #atRest: readonly (readonly [string, StatementSync])[];
  readonly #tasks: StatementSync;
  readonly #executions: StatementSync;
  readonly #reader: DatabaseSync;
  readonly #ledger: Ledger;
  /** Ended tasks and completed executions as they were seen first. */
  readonly #ended = new Map<string, string>();

  constructor(reader: DatabaseSync, ledger: Ledger) {
    this.#reader = reader;
    this.#ledger = ledger;
    reader.exec(ALL_TASKS);
    const prepare = (rules: Readonly<Record<string, string>>) =>
      Object.entries(rules).map(([name, sql]) => [name, reader.prepare(sql)] as const);
    this.#always = prepare(ALWAYS);
    this.#atRest = prepare(AT_REST);
    this.#tasks = reader.prepare(
      `select wf || '.' || n as key, status || ' ' || coalesce(output_event, '') as state from task
        where type in ('SIMPLE', 'HTTP', 'WAIT', 'WAIT_FOR_WEBHOOK') and status not in ${OPEN}`,
    );
    this.#executions = reader.prepare(
      "select id as key, status || ' ' || ended_at || ' ' || coalesce(output, '') as state from workflow where status = 'COMPLETED'",
    );
  }

  /** After every step that wrote something. */
  broken(): string[] {
    return [...find(this.#always), ...this.#changed(), ...this.#ledger.problems];
  }

  /** What has ended does not end again, or otherwise. */
  #changed(): string[] {
    const problems: string[] = [];
    for (const statement of [this.#tasks, this.#executions])
      for (const { key, state } of statement.iterate() as Iterable<{ key: string; state: string }>) {
        const before = this.#ended.get(key);
        if (before === undefined) this.#ended.set(key, state);
        else if (before !== state) problems.push(`${key} had ended as '${before}' and is now '${state}'`);
      }
    return problems;
  }

  unrest(): string[] {
    return find(this.#atRest);
  }

  /** What was promised has happened, once. */
  unkept(): string[] {
    return [...this.#unkeptEvents(), ...this.#unkeptOrders()];
  }

  #unkeptEvents(): string[] {
    const problems: string[] = [];
    const stored = this.#reader.prepare(
      "select count(*) as count from event where cast(body as text) ->> 'nonce' = ? and verdict = 'verified'",
    );
    const named = this.#reader.prepare(
      "select count(*) as count from workflow where name = ? and status = 'COMPLETED' and input ->> ? = ?",
    );
    for (const { delivery, webhook, order, nonce } of this.#ledger.events.values()) {
      const { count } = stored.get(nonce) as { count: number };
      if (count !== 1) problems.push(`event ${delivery} is stored ${count} times`);
      if (webhook === 'orders') continue;
      const [name, path, value] = webhook === 'starts' ? ['log', '$.nonce', nonce] : ['once', '$.order.id', order];
      const started = (named.get(name as string, path as string, value as string) as { count: number }).count;
      if (started !== 1) problems.push(`event ${delivery} has started ${started} executions of ${name}`);
    }
    return problems;
  }

  #unkeptOrders(): string[] {
    const problems: string[] = [];
    const all = this.#reader.prepare(
      'select wf, id, status, output from workflow where name = ? and idempotency_key = ? and parent_id is null',
    );
    for (const order of this.#ledger.orders.values()) {
      const found = all.all(order.kind, order.id) as {
        wf: number;
        id: string;
        status: string;
        output: string | null;
      }[];
      if (found.length === 0) problems.push(`order ${order.id} has no execution`);
      for (const id of order.started)
        if (!found.some((one) => one.id === id)) problems.push(`order ${order.id}: execution ${id} is gone`);
      for (const { wf, status, output } of found) {
        if (order.doomed && status === 'TERMINATED') continue;
        if (status !== 'COMPLETED') problems.push(`order ${order.id} (${order.kind}) is ${status}`);
        else problems.push(...this.#wrongOutput(wf, order.id, order.kind, JSON.parse(output ?? '{}')));
      }
    }
    return problems;
  }

  #wrongOutput(wf: number, id: string, kind: string, output: Record<string, unknown>): string[] {
    if (output.order !== id)
      return [`order ${id} (${kind}) ended with the output of another: ${JSON.stringify(output)}`];
    if (kind === 'quick') return [];
    if (kind === 'rounds') {
      const rows = this.#reader
        .prepare("select distinct output_event from task where wf = ? and place = 'tick' and status = 'COMPLETED'")
        .all(wf);
      const wanted = this.#ledger.noncesOf(id, 'tick').size;
      return rows.length === wanted ? [] : [`order ${id}: ${rows.length} of ${wanted} events went through its loop`];
    }
    const nonces = this.#ledger.noncesOf(id, 'paid');
    const shown = kind === 'family' ? [output.nonce, output.childNonce] : [output.nonce];
    return shown.every((nonce) => nonces.has(nonce as string))
      ? []
      : [`order ${id} (${kind}): payload ${JSON.stringify(output)}`];
  }
}

const MOST_SHOWN = 5;

function find(rules: readonly (readonly [string, StatementSync])[]): string[] {
  return rules.flatMap(([name, statement]) => {
    const rows = statement.all();
    const shown = rows.slice(0, MOST_SHOWN).map((row) => Object.values(row).join(' '));
    return rows.length > 0 ? [`${name}: ${shown.join('; ')}${rows.length > MOST_SHOWN ? ' …' : ''}`] : [];
  });
}
