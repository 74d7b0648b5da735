// Loaded executions: read from the database, or from memory while it is known that nobody else has changed them.
// An execution with 10,000 tasks is parsed once, not once per command.

import type { JsonObject } from '../../core/json.ts';
import type { Task, Workflow, WorkflowDef } from '../../core/model.ts';
import type { Driver, Row, Session } from '../drivers/driver.ts';
import { CACHED_SNAPSHOTS, CACHED_TASKS, REMEMBERED_ENDS, WORKFLOW_WEIGHT } from '../limits.ts';
import {
  metaOf,
  outputEventOf,
  packedTasks,
  type TaskCells,
  taskOf,
  type WorkflowMeta,
  workflowOf,
} from '../rows/rows.ts';
import { tableOf } from '../rows/tables.ts';
import { bytesText, fromStored, toStored } from '../rows/text.ts';
import { keyText } from './keys.ts';

export interface State extends WorkflowMeta {
  readonly workflow: Workflow;
}

const REV = Object.keys(tableOf('workflow').columns).indexOf('rev');

type Reader = Pick<Session, 'look'>;

/** Text of the payload of an event row's (payload, body). */
const payloadText = (payload: unknown, body: unknown): string =>
  typeof payload === 'string' ? fromStored(payload) : bytesText(body as Uint8Array);

export class States {
  readonly #driver: Pick<Driver, 'serial' | 'changedByOthers'>;
  readonly #states = new Map<number, State>();
  readonly #keys = new Map<string, number>();
  /** Key -> rev of those that ended last. */
  readonly #ended = new Map<number, number>();
  readonly #snapshots = new Map<string, WorkflowDef>();
  #weight = 0;

  constructor(driver: Pick<Driver, 'serial' | 'changedByOthers'>) {
    this.#driver = driver;
  }

  /** Call at the start of each cycle: forgets all when somebody else has written to a database of one writer. */
  check(): void {
    if (this.#driver.serial && this.#driver.changedByOthers()) this.clear();
  }

  clear(): void {
    this.#states.clear();
    this.#keys.clear();
    this.#ended.clear();
    this.#weight = 0;
  }

  /** What was read before a commit of ours and parsed after it stays out. */
  keep(state: State): void {
    if (this.isOutdated(state)) return;
    this.drop(state.wf);
    this.#ended.delete(state.wf);
    this.#states.set(state.wf, state);
    this.#keys.set(state.workflow.id, state.wf);
    this.#weight += weightOf(state);
    for (const oldest of this.#states.keys()) {
      // The newest stays whatever it weighs: to read it anew for each of its tasks would cost the square of their number.
      if (this.#weight <= CACHED_TASKS || oldest === state.wf) break;
      this.drop(oldest);
    }
  }

  /**
   * Whoever has ended is hardly ever asked for again. To hold it for a while would be dear where a thousand end in a second:
   * each collection of young objects copies what has not been let go.
   */
  end(state: State): void {
    this.drop(state.wf);
    // On a shared database nothing is believed before its rev has been read.
    if (!this.#driver.serial) return;
    this.#ended.set(state.wf, state.rev);
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= REMEMBERED_ENDS) break;
      this.#ended.delete(oldest);
    }
  }

  /** With `rev`: unless it has a newer one meanwhile. */
  drop(wf: number, rev = Number.POSITIVE_INFINITY): void {
    const state = this.#states.get(wf);
    if (!state || state.rev > rev) return;
    this.#states.delete(wf);
    this.#keys.delete(state.workflow.id);
    this.#weight -= weightOf(state);
  }

  /** Public id of one in memory. */
  idOf(wf: number): string | undefined {
    return this.#states.get(wf)?.workflow.id;
  }

  /** True when a later one is known here: a commit on this one would not hold. */
  isOutdated({ wf, rev }: State): boolean {
    return (this.#states.get(wf)?.rev ?? this.#ended.get(wf) ?? rev) > rev;
  }

  /**
   * Executions by public id, of those in memory no more than the rev is read. What is read beside them may be older than
   * they are; who must know that it is not asks with `byId`.
   */
  async currentById(reader: Reader, ids: readonly string[]): Promise<(State | undefined)[]> {
    const known = ids.map((id) => this.#keys.get(id));
    const unknown = ids.filter((_, i) => known[i] === undefined);
    const [current, read] = await Promise.all([
      this.currentByKey(
        reader,
        known.filter((wf) => wf !== undefined),
      ),
      unknown.length ? this.byId(reader, unknown) : [],
    ]);
    const [first, second] = [current.values(), read.values()];
    return known.map((wf) => (wf === undefined ? second : first).next().value);
  }

  /** The same by key. */
  async currentByKey(reader: Reader, keys: readonly number[]): Promise<(State | undefined)[]> {
    if (this.#driver.serial) return this.byKey(reader, keys);
    const cached = keys.map((wf) => this.#cached(wf));
    const known = keys.filter((_, i) => cached[i]);
    const revs = known.length
      ? await reader.look(
          'rev',
          known.map((wf): Row => [wf]),
        )
      : [];
    const revOf = new Map(known.map((wf, i) => [wf, revs[i]?.[0]?.[0]]));
    // Asked for once more: a commit of ours may have come in between.
    const current = keys.map((wf) => {
      const state = this.#states.get(wf);
      return state?.rev === revOf.get(wf) ? state : undefined;
    });
    const changed = keys.filter((_, i) => !current[i]);
    const read = (changed.length ? await this.byKey(reader, changed) : []).values();
    return current.map((state) => state ?? read.next().value);
  }

  /** Executions by public id. */
  async byId(reader: Reader, ids: readonly string[]): Promise<(State | undefined)[]> {
    const cached = ids.map((id) => this.#cached(this.#keys.get(id)));
    if (this.#driver.serial && !cached.includes(undefined)) return cached;
    const keys = ids.map((id): Row => [toStored(id)]);
    return this.#load(reader, cached, await reader.look('workflowById', keys));
  }

  /** Executions by key. */
  async byKey(reader: Reader, keys: readonly number[]): Promise<(State | undefined)[]> {
    const cached = keys.map((wf) => this.#cached(wf));
    if (this.#driver.serial && !cached.includes(undefined)) return cached;
    const rows = await reader.look(
      'workflowByKey',
      keys.map((wf): Row => [wf]),
    );
    return this.#load(reader, cached, rows);
  }

  /** Executions by key, with the rows that were just read of them; none for those that are gone. */
  looked(reader: Reader, rows: ReadonlyMap<number, Row | undefined>): Promise<(State | undefined)[]> {
    const keys = [...rows.keys()];
    return this.#load(
      reader,
      keys.map((wf) => this.#cached(wf)),
      [...rows.values()].map((row) => (row ? [row] : [])),
    );
  }

  /** Executions of rows that were read by a list. */
  async ofRows(reader: Reader, rows: readonly Row[]): Promise<Workflow[]> {
    const definitions = await this.#definitionsOf(reader, rows);
    return rows.map((row) => workflowOf(row, definedBy(row, definitions), []));
  }

  #cached(wf: number | undefined): State | undefined {
    const state = wf === undefined ? undefined : this.#states.get(wf);
    if (state) {
      this.#states.delete(state.wf);
      this.#states.set(state.wf, state);
    }
    return state;
  }

  /** Rows were read first, tasks come after: a change in between makes the tasks newer than the rev, and the guard refuses the commit. */
  async #load(
    reader: Reader,
    cached: readonly (State | undefined)[],
    rows: readonly Row[][],
  ): Promise<(State | undefined)[]> {
    const found = rows.map(([row], i) => (row && cached[i]?.rev === metaOf(row).rev ? cached[i] : row));
    // What is no longer there, or older than it was (a database that came back from a copy), must not stand in the way.
    for (const [i, state] of cached.entries())
      if (state && found[i] !== state && !((rows[i]?.[0]?.[REV] as number) > state.rev)) this.drop(state.wf);
    const fresh = found.filter((one): one is Row => Array.isArray(one));
    const tasks = await this.#loadTasks(reader, fresh);
    const [payloads, definitions] = await Promise.all([
      this.#loadPayloads(reader, [...tasks.values()].flat()),
      this.#definitionsOf(reader, fresh),
    ]);
    return found.map((one) =>
      Array.isArray(one)
        ? this.#parse(one, tasks.get(one) ?? [], payloads, definedBy(one, definitions))
        : (one as State),
    );
  }

  /** Cells of the tasks of each row: out of the row itself, or of rows of their own. */
  async #loadTasks(reader: Reader, rows: readonly Row[]): Promise<Map<Row, TaskCells[]>> {
    const tasks = new Map<Row, TaskCells[]>();
    const spilled: Row[] = [];
    for (const row of rows) {
      const packed = packedTasks(row);
      if (packed) tasks.set(row, packed);
      else spilled.push(row);
    }
    if (!spilled.length) return tasks;
    const read = await reader.look(
      'tasks',
      spilled.map((row): Row => [metaOf(row).wf]),
    );
    spilled.forEach((row, i) => {
      tasks.set(row, read[i] ?? []);
    });
    return tasks;
  }

  #parse(
    row: Row,
    cells: readonly TaskCells[],
    payloads: ReadonlyMap<number, JsonObject>,
    definition: WorkflowDef,
  ): State {
    const tasks = cells.map((task): Task => {
      const event = outputEventOf(task);
      return taskOf(task, event === undefined ? undefined : payloads.get(event));
    });
    const state = { ...metaOf(row), workflow: workflowOf(row, definition, tasks) };
    this.keep(state);
    return state;
  }

  async #loadPayloads(reader: Reader, taskRows: readonly TaskCells[]): Promise<ReadonlyMap<number, JsonObject>> {
    const events = [...new Set(taskRows.map(outputEventOf).filter((event) => event !== undefined))];
    if (!events.length) return new Map();
    const rows = await reader.look(
      'payload',
      events.map((event): Row => [event]),
    );
    return new Map(events.map((event, i) => [event, parsePayload(rows[i]?.[0])]));
  }

  /** By the text of their hash. In memory there is no room for all of them at once. */
  async #definitionsOf(reader: Reader, workflowRows: readonly Row[]): Promise<ReadonlyMap<string, WorkflowDef>> {
    const found = new Map<string, WorkflowDef>();
    const missing = new Map<string, Uint8Array>();
    for (const row of workflowRows) {
      const { def: hash } = metaOf(row);
      const known = this.snapshot(hash);
      if (known) found.set(keyText(hash), known);
      else missing.set(keyText(hash), hash);
    }
    if (!missing.size) return found;
    const hashes = [...missing.values()];
    const rows = await reader.look(
      'snapshot',
      hashes.map((hash): Row => [hash]),
    );
    hashes.forEach((hash, i) => {
      const body = rows[i]?.[0]?.[0];
      if (typeof body !== 'string') throw new Error('a definition snapshot is missing');
      const definition = this.snapshot(hash) ?? (JSON.parse(body) as WorkflowDef);
      this.keepSnapshot(hash, definition);
      found.set(keyText(hash), definition);
    });
    return found;
  }

  /** One object per snapshot, so that plans compiled for it are shared. */
  keepSnapshot(hash: Uint8Array, def: WorkflowDef): void {
    this.#snapshots.set(keyText(hash), def);
    for (const oldest of this.#snapshots.keys()) {
      if (this.#snapshots.size <= CACHED_SNAPSHOTS) break;
      this.#snapshots.delete(oldest);
    }
  }

  /** A snapshot that is known to be stored. */
  snapshot(hash: Uint8Array): WorkflowDef | undefined {
    return this.#snapshots.get(keyText(hash));
  }
}

const definedBy = (row: Row, definitions: ReadonlyMap<string, WorkflowDef>): WorkflowDef =>
  definitions.get(keyText(metaOf(row).def)) as WorkflowDef;

const weightOf = (state: State): number => state.workflow.tasks.length + WORKFLOW_WEIGHT;

function parsePayload(row: Row | undefined): JsonObject {
  return row ? JSON.parse(payloadText(row[0], row[1])) : {};
}
