// Fills a database with executions that wait: one of each workflow is started by the rules, all others are copies of its
// rows under keys and values of their own. A million is there in a minute instead of ten.

import { randomUUID } from 'node:crypto';
import { keyFor } from '../src/store/cycle/shapes.ts';
import type { Change, Driver, Row } from '../src/store/drivers/driver.ts';
import { openPostgres } from '../src/store/drivers/postgres.ts';
import { openSqlite } from '../src/store/drivers/sqlite.ts';
import { openStore } from '../src/store/open.ts';
import { TABLES, type TableName } from '../src/store/rows/tables.ts';
import type { Store } from '../src/store/store.ts';

const AT_ONCE = 1_000;
/** Texts of rows are copied with one number in place of another, so all have as many digits. */
const FIRST = 100_000_000;
const MODEL = FIRST - 1_000;

export const nameOf = (shape: number): string => `hold_${shape}`;
/** The value that execution `i` waits for. */
export const awaitedBy = (i: number): number => FIRST + i;

export const open = (url: string): Promise<Store> => {
  const env = { newId: randomUUID, random: () => 0.5, evaluate: () => ({ ok: false as const, reason: 'not here' }) };
  return openStore({ url, env, checkpointThread: true });
};

export const driverOf = (url: string): Driver =>
  url.startsWith('sqlite:') ? openSqlite({ path: url.slice('sqlite:'.length) }) : openPostgres(url);

/** Waits of shape `s` look at the id and at a member of their own that every event has. Answers ids by number. */
export async function fill(url: string, waiting: number, shapes: number): Promise<readonly string[]> {
  const store = await open(url);
  for (let s = 0; s < shapes; s += 1) {
    const matches = { '$.order.id': '${workflow.input.id}', [`$.kind${s}`]: 'x' };
    const tasks = [{ name: 'wait', taskReferenceName: 'wait', type: 'WAIT_FOR_WEBHOOK', inputParameters: { matches } }];
    await store.definitions.putWorkflow({ name: nameOf(s), version: 1, tasks }, { overwrite: true, now: Date.now() });
    const result = await store.workflows.start({
      id: randomUUID(),
      name: nameOf(s),
      input: { id: MODEL + s },
      now: Date.now(),
    });
    if (result.type !== 'started') throw new Error(`could not start ${nameOf(s)}: ${result.type}`);
  }
  await store.idle();
  await store.close();
  const driver = driverOf(url);
  try {
    return await copyAll(driver, waiting, shapes);
  } finally {
    await driver.close();
  }
}

interface Model {
  readonly id: string;
  readonly mark: string;
  readonly workflow: Row;
  readonly tasks: readonly Row[];
  readonly wait: Row;
}

async function copyAll(driver: Driver, waiting: number, shapes: number): Promise<readonly string[]> {
  const models = await Promise.all(Array.from({ length: shapes }, (_, s) => modelOf(driver, s)));
  const ids: string[] = [];
  for (let from = 0; from < waiting; from += AT_ONCE) {
    const count = Math.min(AT_ONCE, waiting - from);
    const session = await driver.begin();
    const first = await session.newKeys(count);
    const changes: Change[] = [];
    for (let k = 0; k < count; k += 1) {
      const id = randomUUID();
      ids.push(id);
      changes.push(...copyOf(models[(from + k) % shapes] as Model, (from + k) % shapes, first + k, id, from + k));
    }
    await session.commit([{ key: 0, changes }]);
  }
  return ids;
}

async function modelOf(driver: Driver, shape: number): Promise<Model> {
  const read = (table: TableName, by: string, value: string | number): Promise<Row[]> =>
    driver.query(`select ${Object.keys(TABLES[table].columns).join(', ')} from ${table} where ${by} = ?`, [value]);
  const [workflow] = await read('workflow', 'name', nameOf(shape));
  if (!workflow) throw new Error(`no execution of ${nameOf(shape)}`);
  const wf = workflow[0] as number;
  const [tasks, [wait]] = await Promise.all([read('task', 'wf', wf), read('rendezvous', 'ref', wf)]);
  if (!wait) throw new Error(`no wait of ${nameOf(shape)}`);
  return { id: String(workflow[1]), mark: String(MODEL + shape), workflow, tasks, wait };
}

/** The match key of execution `i`. */
export function keyOf(shape: number, i: number): Uint8Array {
  const paths = [`$.kind${shape}`, '$.order.id'];
  const payload = { order: { id: awaitedBy(i) }, [`kind${shape}`]: 'x' };
  const key = keyFor({ workflowName: nameOf(shape), version: 1, place: 'wait', paths }, payload);
  if (!key) throw new Error('the payload does not fit the shape');
  return key;
}

function copyOf(model: Model, shape: number, wf: number, id: string, i: number): Change[] {
  const value = awaitedBy(i);
  const own = (cell: Row[number]): Row[number] =>
    typeof cell === 'string' ? cell.replaceAll(model.mark, String(value)).replaceAll(model.id, id) : cell;
  const withKey = (row: Row): Row => [wf, ...row.slice(1).map(own)];
  const key = keyOf(shape, i);
  const [, kind = null, at = null, , n = null] = model.wait;
  return [
    { op: 'insert', table: 'workflow', row: withKey(model.workflow) },
    ...model.tasks.map((row): Change => ({ op: 'insert', table: 'task', row: withKey(row) })),
    { op: 'insert', table: 'rendezvous', row: [key, kind, at, wf, n] },
  ];
}
