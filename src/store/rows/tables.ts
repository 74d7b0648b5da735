// The tables as data: columns with their kinds and keys. Both drivers build their statements from this.

export type Kind = 'int' | 'text' | 'bytes';

export interface Table {
  readonly columns: Readonly<Record<string, Kind>>;
  readonly key: readonly string[];
  /** Column that carries the key of the unit, where an insert or a swap can guard one. */
  readonly unit?: string;
  /** Column whose old value guards a swap. */
  readonly expect?: string;
  /** Columns that a swap leaves alone. */
  readonly fixed?: readonly string[];
  /** Columns that only a `swapAll` writes: SQLite writes index entries again for a column that is set, even to what it was. */
  readonly rare?: readonly string[];
  /** SQLite: bytes kept free behind an open row for its first change, since a full page that must be split costs three (PostgreSQL: fillfactor). */
  readonly reserve?: number;
  /** Columns where null means "as it was" in a put or a swap. */
  readonly keep?: readonly string[];
  /** Columns of numbers to which a put adds: nobody need know what is there. */
  readonly adds?: readonly string[];
}

const define = <T extends Record<string, Table>>(tables: T): T => tables;

export const TABLES = define({
  workflow: {
    columns: {
      wf: 'int',
      id: 'text',
      name: 'text',
      version: 'int',
      def: 'bytes',
      status: 'text',
      rev: 'int',
      priority: 'int',
      next_n: 'int',
      wake_at: 'int',
      parent_id: 'text',
      correlation_id: 'text',
      idempotency_key: 'text',
      created_at: 'int',
      started_at: 'int',
      updated_at: 'int',
      ended_at: 'int',
      fault: 'text',
      input: 'text',
      output: 'text',
      data: 'text',
      tasks: 'text',
    },
    key: ['wf'],
    unit: 'wf',
    expect: 'rev',
    fixed: ['id', 'name', 'parent_id', 'idempotency_key', 'created_at'],
    rare: ['version', 'def', 'priority', 'correlation_id', 'started_at'],
    keep: ['input', 'output', 'data', 'tasks'],
    reserve: 192,
  },
  task: {
    columns: {
      wf: 'int',
      n: 'int',
      place: 'text',
      scope: 'text',
      type: 'text',
      name: 'text',
      status: 'text',
      flags: 'int',
      scheduled_at: 'int',
      started_at: 'int',
      updated_at: 'int',
      ended_at: 'int',
      output_event: 'int',
      input: 'text',
      output: 'text',
      data: 'text',
    },
    key: ['wf', 'n'],
    keep: ['input', 'output', 'data'],
  },
  queue: {
    columns: {
      queue: 'text',
      domain: 'text',
      rank: 'int',
      available_at: 'int',
      wf: 'int',
      n: 'int',
      leased_until: 'int',
    },
    key: ['queue', 'domain', 'rank', 'available_at', 'wf', 'n'],
  },
  rendezvous: {
    columns: { match_key: 'bytes', kind: 'int', at: 'int', ref: 'int', n: 'int' },
    key: ['match_key', 'kind', 'at', 'ref', 'n'],
  },
  wait_todo: {
    columns: { wf: 'int', n: 'int', match_key: 'bytes', since: 'int', shape: 'int', at: 'int' },
    key: ['wf', 'n'],
  },
  inbox: {
    columns: {
      target: 'text',
      source: 'int',
      rev: 'int',
      idx: 'int',
      at: 'int',
      tries: 'int',
      fault: 'text',
      command: 'text',
    },
    key: ['target', 'source', 'rev', 'idx'],
  },
  event: {
    columns: {
      id: 'int',
      event_id: 'text',
      webhook: 'text',
      received_at: 'int',
      verdict: 'text',
      dedupe_key: 'text',
      reason: 'text',
      trace_id: 'text',
      method: 'text',
      url: 'text',
      headers: 'text',
      route: 'text',
      payload: 'text',
      body: 'bytes',
      about: 'text',
    },
    key: ['id'],
    unit: 'id',
  },
  event_key: {
    columns: { webhook: 'text', name: 'text', event: 'int', at: 'int' },
    key: ['webhook', 'name'],
    unit: 'event',
    expect: 'event',
  },
  event_hold: {
    columns: { webhook: 'text', line: 'text', at: 'int', event: 'int' },
    key: ['webhook', 'line', 'at', 'event'],
  },
  secret_use: { columns: { webhook: 'text', secret: 'text', at: 'int' }, key: ['webhook', 'secret'] },
  event_todo: { columns: { event: 'int', at: 'int', tries: 'int' }, key: ['event'] },
  effect: {
    columns: { event: 'int', wf: 'int', n: 'int', type: 'text', name: 'text', ref: 'text', reason: 'text', at: 'int' },
    key: ['event', 'wf', 'n'],
  },
  event_repeat: { columns: { event: 'int', times: 'int', last_at: 'int' }, key: ['event'], adds: ['times'] },
  event_replay: { columns: { event: 'int', original: 'text' }, key: ['event'] },
  event_claim: { columns: { event: 'int', wf: 'int' }, key: ['event'] },
  idempotency: { columns: { name: 'text', key: 'text', wf: 'int' }, key: ['name', 'key'], unit: 'wf', expect: 'wf' },
  snapshot: { columns: { hash: 'bytes', body: 'text' }, key: ['hash'] },
  workflow_def: { columns: { name: 'text', version: 'int', body: 'text' }, key: ['name', 'version'] },
  task_def: { columns: { name: 'text', body: 'text' }, key: ['name'] },
  webhook: {
    columns: {
      id: 'text',
      config: 'text',
      created_by: 'text',
      created_at: 'int',
      updated_at: 'int',
      verified_at: 'int',
      state: 'text',
    },
    key: ['id'],
  },
  shape: {
    columns: { id: 'int', name: 'text', version: 'int', place: 'text', paths: 'text', since: 'int' },
    key: ['id'],
  },
  fact: { columns: { name: 'text', value: 'int' }, key: ['name'], expect: 'value' },
  schedule: {
    columns: { name: 'text', workflow: 'text', paused: 'int', next_at: 'int', rev: 'int', body: 'text' },
    key: ['name'],
    expect: 'rev',
  },
  schedule_run: {
    columns: {
      id: 'text',
      schedule: 'text',
      workflow: 'text',
      workflow_id: 'text',
      scheduled_at: 'int',
      executed_at: 'int',
      request: 'text',
      zone: 'text',
    },
    key: ['id'],
  },
  flow: {
    columns: { name: 'text', owner: 'text', rev: 'int', created_at: 'int', updated_at: 'int' },
    key: ['name'],
    expect: 'rev',
  },
  flow_webhook: {
    columns: {
      id: 'text',
      flow: 'text',
      enabled: 'int',
      rev: 'int',
      config: 'text',
      created_by: 'text',
      created_at: 'int',
      updated_at: 'int',
    },
    key: ['id'],
  },
  delivery: {
    columns: {
      id: 'text',
      flow: 'text',
      webhook: 'text',
      workflow_id: 'text',
      cause: 'text',
      status: 'text',
      rev: 'int',
      attempts: 'int',
      tries: 'int',
      created_at: 'int',
      updated_at: 'int',
      next_at: 'int',
      lane: 'text',
      outcome: 'text',
      data: 'text',
    },
    key: ['id'],
    expect: 'rev',
    fixed: ['flow', 'webhook', 'workflow_id', 'cause', 'created_at', 'lane', 'data'],
  },
  delivery_todo: {
    columns: { webhook: 'text', lane: 'text', at: 'int', id: 'text', due: 'int', leased_until: 'int' },
    key: ['webhook', 'lane', 'at', 'id'],
    expect: 'leased_until',
  },
  attempt: { columns: { delivery: 'text', n: 'int', at: 'int', data: 'text' }, key: ['delivery', 'n'] },
  event_handler: { columns: { name: 'text', event: 'text', active: 'int', body: 'text' }, key: ['name'] },
  message: {
    columns: {
      id: 'text',
      event: 'text',
      kind: 'text',
      created_at: 'int',
      status: 'text',
      note: 'text',
      payload: 'text',
      trace_id: 'text',
      masked: 'text',
    },
    key: ['id'],
    expect: 'status',
    fixed: ['event', 'kind', 'created_at', 'payload', 'trace_id', 'masked'],
  },
  event_execution: {
    columns: {
      id: 'text',
      handler: 'text',
      event: 'text',
      message: 'text',
      action: 'text',
      created_at: 'int',
      state: 'text',
      reason: 'text',
      details: 'text',
    },
    key: ['id'],
  },
  schema_def: { columns: { name: 'text', version: 'int', body: 'text' }, key: ['name', 'version'] },
  secret: {
    columns: {
      kind: 'text',
      name: 'text',
      sealed: 'bytes',
      created_by: 'text',
      created_at: 'int',
      updated_at: 'int',
    },
    key: ['kind', 'name'],
  },
  tag: {
    columns: { kind: 'text', name: 'text', key: 'text', value: 'text', type: 'text' },
    key: ['kind', 'name', 'key', 'value'],
  },
  task_log: {
    columns: { workflow_id: 'text', n: 'int', id: 'text', at: 'int', text: 'text' },
    key: ['workflow_id', 'n', 'id'],
  },
  last_poll: { columns: { queue: 'text', domain: 'text', worker: 'text', at: 'int' }, key: ['queue', 'domain'] },
  running: { columns: { queue: 'text', wf: 'int', n: 'int' }, key: ['queue', 'wf', 'n'] },
  handed: { columns: { queue: 'text', at: 'int', wf: 'int', n: 'int' }, key: ['queue', 'at', 'wf', 'n'] },
  turn: {
    columns: { name: 'text', key: 'text', held: 'int', at: 'int', wf: 'int' },
    key: ['name', 'key', 'held', 'at', 'wf'],
  },
  task_cache: { columns: { name: 'text', key: 'text', expires_at: 'int', output: 'text' }, key: ['name', 'key'] },
  execution_text: { columns: { wf: 'int', rev: 'int', body: 'text' }, key: ['wf'] },
  errand: { columns: { id: 'text', ok: 'int', at: 'int', workflow_id: 'text', reason: 'text' }, key: ['id'] },
});

export type TableName = keyof typeof TABLES;

export const tableOf = (name: TableName): Table => TABLES[name];
