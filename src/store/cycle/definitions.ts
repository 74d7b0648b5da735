// Definitions of workflows and tasks: stored as given, kept in memory, and made ready to be started:
// with the task definitions embedded, under the hash that executions point at.

import type { JsonObject } from '../../core/json.ts';
import type { TaskDef, WorkflowDef, WorkflowTask } from '../../core/model.ts';
import { withSchemas } from '../../core/schema/enforce.ts';
import type { Change, Driver, Row, Session } from '../drivers/driver.ts';
import type { FlowWebhookRow } from '../flow.ts';
import { fromStored, toStored } from '../rows/text.ts';
import type { Store } from '../store.ts';
import { readEnabled } from '../verbs/flow-webhooks.ts';
import { removal } from './item.ts';
import { hashKey } from './keys.ts';

/** A definition ready to be started. */
export interface Snapshot {
  readonly def: WorkflowDef;
  readonly hash: Uint8Array;
  readonly body: string;
}

export function hashed(def: WorkflowDef): Snapshot {
  const body = JSON.stringify(def);
  return { def, hash: hashKey(body), body };
}

/** Changes with every change of a definition, so that other nodes notice. */
export const EPOCH = 'definitions';

/** A row that makes every node read definitions and webhooks of flows again before its next cycle. */
export const newEpoch = (random: () => number): Change => ({
  op: 'put',
  table: 'fact',
  row: [EPOCH, Math.floor(random() * Number.MAX_SAFE_INTEGER)],
});

/** Changes with every change of a schema. */
export const SCHEMA_EPOCH = 'schemas';

const schemaKey = (name: string, version: number | undefined): string => JSON.stringify([name, version ?? null]);

async function readSchemas(driver: Driver): Promise<Map<string, JsonObject | boolean>> {
  const rows = await driver.query('select name, version, body from schema_def order by name, version', []);
  const found = new Map<string, JsonObject | boolean>();
  for (const [stored, version, body] of rows) {
    const { data } = JSON.parse(body as string) as { data?: JsonObject | boolean };
    if (data === undefined) continue;
    const name = fromStored(stored as string);
    found.set(schemaKey(name, version as number), data).set(schemaKey(name, undefined), data);
  }
  return found;
}

type Reader = Pick<Session, 'look'>;

export class Definitions {
  readonly #driver: Driver;
  readonly #snapshots = new Map<string, Snapshot>();
  #taskDefs = new Map<string, TaskDef>();
  /** Registered schemas by name and version; under the bare name the latest. */
  #schemas = new Map<string, JsonObject | boolean>();
  #flowWebhooks: ReadonlyMap<string, readonly FlowWebhookRow[]> = new Map();
  #epoch: string | undefined;
  #loads = 0;
  #applied = 0;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  readonly taskDef = (name: string): TaskDef | undefined => this.#taskDefs.get(name);

  /** Webhooks that are switched on, by flow. */
  get flowWebhooks(): ReadonlyMap<string, readonly FlowWebhookRow[]> {
    return this.#flowWebhooks;
  }

  /** Forgets what others have changed, when the epoch is another one. Once per cycle. */
  async refresh(epoch: string): Promise<void> {
    if (epoch === this.#epoch) return;
    const load = ++this.#loads;
    const [taskRows, schemas, webhooks] = await Promise.all([
      this.#driver.query('select body from task_def', []),
      readSchemas(this.#driver),
      readEnabled(this.#driver),
    ]);
    // Of two cycles that load at once, the later one may have read newer rows: the earlier must not put back old ones.
    if (load < this.#applied) return;
    this.#applied = load;
    this.#flowWebhooks = webhooks;
    this.#snapshots.clear();
    this.#schemas = schemas;
    this.#taskDefs = new Map(
      taskRows
        .map(([body]) => withSchemas(JSON.parse(body as string) as TaskDef, this.#schema))
        .map((def) => [def.name, def]),
    );
    this.#epoch = epoch;
  }

  /** The definition by name, latest when no version is given. Only after `refresh`. */
  async find(reader: Reader, name: string, version: number | undefined): Promise<Snapshot | undefined> {
    const key = `${version ?? ''}:${name}`;
    const known = this.#snapshots.get(key);
    if (known) return known;
    const def = await readWorkflowDef(reader, name, version);
    if (!def) return undefined;
    const snapshot = this.snapshotOf(def);
    this.#snapshots.set(key, snapshot);
    return snapshot;
  }

  /** Embeds the registered task definitions where a place brings none of its own. */
  snapshotOf(given: WorkflowDef): Snapshot {
    const def = withSchemas({ ...given, tasks: given.tasks.map((task) => this.#embed(task)) }, this.#schema);
    return hashed(def);
  }

  readonly #schema = (name: string, version: number | undefined): JsonObject | boolean | undefined =>
    this.#schemas.get(schemaKey(name, version));

  #embed(task: WorkflowTask): WorkflowTask {
    const list = (tasks: readonly WorkflowTask[]): WorkflowTask[] => tasks.map((inner) => this.#embed(inner));
    const taskDefinition = task.taskDefinition
      ? withSchemas(task.taskDefinition, this.#schema)
      : this.#taskDefs.get(task.name);
    return {
      ...task,
      ...(taskDefinition && { taskDefinition }),
      ...(task.decisionCases && {
        decisionCases: Object.fromEntries(
          Object.entries(task.decisionCases).map(([name, tasks]) => [name, list(tasks)]),
        ),
      }),
      ...(task.defaultCase && { defaultCase: list(task.defaultCase) }),
      ...(task.forkTasks && { forkTasks: task.forkTasks.map(list) }),
      ...(task.loopOver && { loopOver: list(task.loopOver) }),
    };
  }
}

async function readWorkflowDef(
  reader: Reader,
  name: string,
  version: number | undefined,
): Promise<WorkflowDef | undefined> {
  const stored = toStored(name);
  const [rows] =
    version === undefined
      ? await reader.look('latestWorkflowDef', [[stored]])
      : await reader.look('workflowDef', [[stored, version]]);
  const body = rows?.[0]?.[0];
  return typeof body === 'string' ? JSON.parse(body) : undefined;
}

/** The verbs for callers. `write` runs changes in the next commit. */
export function definitionVerbs(
  driver: Driver,
  random: () => number,
  write: (changes: readonly Change[]) => Promise<void>,
): Store['definitions'] {
  const changed = (...changes: Change[]): Promise<void> => write([...changes, newEpoch(random)]);
  const bodies = (rows: readonly Row[]): unknown[] => rows.map(([body]) => JSON.parse(body as string));
  const exists = async (look: 'workflowDef' | 'taskDef', key: Row): Promise<boolean> =>
    ((await driver.look(look, [key]))[0]?.length ?? 0) > 0;

  return {
    async putWorkflow(def, { overwrite }) {
      const key = [toStored(def.name), def.version];
      const there = await exists('workflowDef', key);
      if (there && !overwrite) return 'exists';
      const row = [...key, JSON.stringify(def)];
      await changed({ op: overwrite ? 'put' : 'ignore', table: 'workflow_def', row });
      if (overwrite) return there ? 'replaced' : 'created';
      // Of two that create the same at once, the one whose text is there has won.
      const [rows] = await driver.look('workflowDef', [key]);
      return rows?.[0]?.[0] === row[2] ? 'created' : 'exists';
    },
    getWorkflow: (name, version) => readWorkflowDef(driver, name, version),
    async listWorkflows() {
      return bodies(await driver.query('select body from workflow_def order by name, version', [])) as WorkflowDef[];
    },
    async deleteWorkflow(name, version) {
      const key = [toStored(name), version];
      if (!(await exists('workflowDef', key))) return false;
      await changed(removal('workflow_def', key));
      return true;
    },
    async putTask(def) {
      await changed({ op: 'put', table: 'task_def', row: [toStored(def.name), JSON.stringify(def)] });
    },
    async getTask(name) {
      const [rows = []] = await driver.look('taskDef', [[toStored(name)]]);
      return bodies(rows)[0] as TaskDef | undefined;
    },
    async listTasks() {
      return bodies(await driver.query('select body from task_def order by name', [])) as TaskDef[];
    },
    async deleteTask(name) {
      if (!(await exists('taskDef', [toStored(name)]))) return false;
      await changed(removal('task_def', [toStored(name)]));
      return true;
    },
  };
}
