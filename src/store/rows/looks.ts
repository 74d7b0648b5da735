// The look-ups by key: what is read, from where, by which columns. Both drivers build their statements from this.

import { DELIVERIES_PER_LOOK, EVENTS_PER_LOOK, REPLAYS_PER_LOOK, WAITS_PER_LOOK } from '../limits.ts';
import { type Kind, TABLES, type TableName } from './tables.ts';

type Op = '=' | '>=' | '<=' | 'given';

export interface Look {
  readonly columns: Readonly<Record<string, Kind>>;
  /** SQL after `from`; the key columns must be unambiguous in it. */
  readonly from: string;
  /** `given`: no condition, but a value for `:column` in the columns and in `where`. */
  readonly by: readonly { readonly column: string; readonly kind: Kind; readonly op?: Op }[];
  /** Beside the conditions of `by`. */
  readonly where?: string;
  readonly order?: string;
  readonly limit?: number;
  /** `order` says which rows come under the limit, but they come in any order: to number and sort them costs PostgreSQL a tenth of the look. */
  readonly unsorted?: boolean;
}

const by = (...names: [column: string, kind: Kind, op?: Op][]): Look['by'] =>
  names.map(([column, kind, op]) => ({ column, kind, ...(op && { op }) }));

const whole = (table: TableName, key: Look['by'], order?: string): Look => ({
  columns: TABLES[table].columns,
  from: table,
  by: key,
  ...(order && { order }),
});

/**
 * Open waits under a match key, each with what is needed to end it: whether its execution has had the event already (1),
 * and the execution. In any order.
 */
const waits = (order: string, rest: Pick<Look, 'where'> & { readonly by?: Look['by'] } = {}): Look => ({
  columns: {
    'r.ref': 'int',
    'r.n': 'int',
    'r.at': 'int',
    'case when exists (select 1 from effect x where x.event = :event and x.wf = r.ref) then 1 else 0 end': 'int',
    ...Object.fromEntries(Object.entries(TABLES.workflow.columns).map(([name, kind]) => [`w.${name}`, kind])),
  },
  from: 'rendezvous r left join workflow w on w.wf = r.ref',
  order,
  limit: WAITS_PER_LOOK,
  unsorted: true,
  ...rest,
  by: [...by(['r.match_key', 'bytes'], ['r.kind', 'int'], ['event', 'int', 'given']), ...(rest.by ?? [])],
});

const BY_PLACE = by(['at', 'int', 'given'], ['ref', 'int', 'given'], ['n', 'int', 'given']);

/** Columns of a wait before those of its execution. */
export const WAIT_COLUMNS = 4;

const define = <T extends Record<string, Look>>(looks: T): T => looks;

const LOOKS = define({
  workflowById: whole('workflow', by(['id', 'text'])),
  workflowByKey: whole('workflow', by(['wf', 'int'])),
  rev: { columns: { rev: 'int' }, from: 'workflow', by: by(['wf', 'int']) },
  tasks: whole('task', by(['wf', 'int']), 'n'),
  payload: { columns: { payload: 'text', body: 'bytes' }, from: 'event', by: by(['id', 'int']) },
  snapshot: { columns: { body: 'text' }, from: 'snapshot', by: by(['hash', 'bytes']) },
  waits: waits('r.at, r.ref, r.n'),
  newestWaits: waits('r.at desc, r.ref desc, r.n desc'),
  /** Those behind one (at, ref, n). */
  nextWaits: waits('r.at, r.ref, r.n', { by: BY_PLACE, where: '(r.at, r.ref, r.n) > (:at, :ref, :n)' }),
  nextNewestWaits: waits('r.at desc, r.ref desc, r.n desc', {
    by: BY_PLACE,
    where: '(r.at, r.ref, r.n) < (:at, :ref, :n)',
  }),
  pastEvents: {
    columns: { ref: 'int', at: 'int', n: 'int' },
    from: 'rendezvous',
    by: by(['match_key', 'bytes'], ['kind', 'int'], ['at', 'int', '>=']),
    order: 'at, ref',
    limit: EVENTS_PER_LOOK,
  },
  consumed: { columns: { n: 'int' }, from: 'effect', by: by(['event', 'int'], ['wf', 'int']), limit: 1 },
  effects: whole('effect', by(['event', 'int']), 'wf, n'),
  effectsWithNames: {
    columns: {
      'e.n': 'int',
      'e.type': 'text',
      'e.name': 'text',
      'e.reason': 'text',
      'e.at': 'int',
      'w.id': 'text',
      'e.ref': 'text',
    },
    from: 'effect e left join workflow w on w.wf = e.wf',
    by: by(['e.event', 'int']),
    order: 'e.at, e.wf, e.n',
  },
  inbox: whole('inbox', by(['target', 'text']), 'source, rev, idx'),
  idempotency: {
    columns: { 'i.wf': 'int', 'w.id': 'text', 'w.status': 'text', 'w.started_at': 'int' },
    from: 'idempotency i left join workflow w on w.wf = i.wf',
    by: by(['i.name', 'text'], ['i.key', 'text']),
  },
  eventByKey: whole('event', by(['id', 'int'])),
  eventById: whole('event', by(['event_id', 'text'])),
  eventKeyById: { columns: { id: 'int' }, from: 'event', by: by(['event_id', 'text']) },
  /** One that an execution points at, which is still there. */
  eventUse: {
    columns: { 'x.wf': 'int' },
    from: 'effect x join workflow w on w.wf = x.wf and x.n > 0',
    by: by(['x.event', 'int']),
    limit: 1,
  },
  eventThere: { columns: { id: 'int' }, from: 'event', by: by(['id', 'int']) },
  eventTodo: { columns: { event: 'int' }, from: 'event_todo', by: by(['event', 'int']) },
  eventHeld: {
    columns: { 'h.event': 'int' },
    from: 'event e join event_hold h on h.webhook = e.webhook and h.event = e.id',
    by: by(['e.id', 'int']),
    limit: 1,
  },
  eventContent: {
    columns: { payload: 'text', body: 'bytes', headers: 'text', url: 'text', route: 'text' },
    from: 'event',
    by: by(['id', 'int']),
  },
  eventByName: {
    columns: { 'x.event': 'int', 'x.at': 'int', 'e.event_id': 'text' },
    from: 'event_key x left join event e on e.id = x.event',
    by: by(['x.webhook', 'text'], ['x.name', 'text']),
  },
  eventRepeats: whole('event_repeat', by(['event', 'int'])),
  /** Newest first. */
  eventReplays: {
    columns: { 'e.event_id': 'text', 'e.received_at': 'int', 'e.about': 'text' },
    from: 'event_replay x join event e on e.id = x.event',
    by: by(['x.original', 'text']),
    order: 'x.event desc',
    limit: REPLAYS_PER_LOOK,
  },
  secretUses: whole('secret_use', by(['webhook', 'text']), 'secret'),
  workflowDef: { columns: { body: 'text' }, from: 'workflow_def', by: by(['name', 'text'], ['version', 'int']) },
  latestWorkflowDef: {
    columns: { body: 'text' },
    from: 'workflow_def',
    by: by(['name', 'text']),
    order: 'version desc',
    limit: 1,
  },
  taskDef: { columns: { body: 'text' }, from: 'task_def', by: by(['name', 'text']) },
  webhook: whole('webhook', by(['id', 'text'])),
  schedule: whole('schedule', by(['name', 'text'])),
  eventHandler: whole('event_handler', by(['name', 'text'])),
  message: whole('message', by(['id', 'text'])),
  schema: whole('schema_def', by(['name', 'text'], ['version', 'int'])),
  latestSchema: { ...whole('schema_def', by(['name', 'text']), 'version desc'), limit: 1 },
  secret: whole('secret', by(['kind', 'text'], ['name', 'text'])),
  taskLogKeys: {
    columns: { workflow_id: 'text', n: 'int', id: 'text' },
    from: 'task_log',
    by: by(['workflow_id', 'text']),
  },
  flow: whole('flow', by(['name', 'text'])),
  flowWebhook: whole('flow_webhook', by(['id', 'text'])),
  delivery: whole('delivery', by(['id', 'text'])),
  attempts: whole('attempt', by(['delivery', 'text']), 'n'),
  todoDue: {
    ...whole('delivery_todo', by(['webhook', 'text'], ['lane', 'text'], ['at', 'int', '<=']), 'at, id'),
    limit: DELIVERIES_PER_LOOK,
  },
  todoHead: { ...whole('delivery_todo', by(['webhook', 'text'], ['lane', 'text']), 'at, id'), limit: 1 },
  taskCache: {
    columns: { expires_at: 'int', output: 'text' },
    from: 'task_cache',
    by: by(['name', 'text'], ['key', 'text']),
  },
  /** Epochs of two names, and the newest shape: what others may have changed. */
  latest: {
    columns: {
      '(select value from fact where name = :first)': 'int',
      '(select value from fact where name = :second)': 'int',
      '(select max(id) from shape)': 'int',
    },
    from: '(select 1 as one) o',
    by: by(['first', 'text', 'given'], ['second', 'text', 'given']),
  },
  fact: { columns: { value: 'int' }, from: 'fact', by: by(['name', 'text']) },
  newerShapes: whole('shape', by(['id', 'int', '>=']), 'id'),
});

export type LookName = keyof typeof LOOKS;

export const lookOf = (name: LookName): Look => LOOKS[name];
