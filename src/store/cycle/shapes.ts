// Which sets of paths are waited for, per workflow and place. An event is looked up once per shape, never once per
// waiting execution. Shapes are few, never deleted, and kept in memory; the database tells when there are newer ones.

import type { Json } from '../../core/json.ts';
import { isRecord } from '../../core/json.ts';
import { matchesOf, matchText, valuesFor, type WaitShape } from '../../core/match.ts';
import type { WorkflowDef } from '../../core/model.ts';
import { eachTask } from '../../core/plan.ts';
import type { Row, Session } from '../drivers/driver.ts';
import { SHAPE_MARGIN_MS } from '../limits.ts';
import { fromStored, toStored } from '../rows/text.ts';
import type { Route } from '../store.ts';
import { matchKey } from './keys.ts';

export interface Shape extends WaitShape {
  readonly id: number;
  /** Events received from this moment on have entries for it (epoch ms). */
  since: number;
}

type Receiver = Route['receivers'][number];

const groupOf = (name: string, version: number | 'any'): string => `${version}:${name}`;
const identityOf = (shape: WaitShape): string =>
  JSON.stringify([shape.workflowName, shape.version, shape.place, shape.paths]);

export class Shapes {
  readonly #known = new Map<string, Shape>();
  readonly #byId = new Map<number, Shape>();
  readonly #groups = new Map<string, Shape[]>();
  #newest = 0;

  /** Reads those that others, or we, have added since; `newest`: the id of the newest one, where it is known. Answers whether there were any. */
  async refresh(session: Pick<Session, 'look'>, newest = Number.POSITIVE_INFINITY): Promise<boolean> {
    if (newest <= this.#newest) return false;
    const [rows = []] = await session.look('newerShapes', [[this.#newest + 1]]);
    for (const row of rows) this.#add(row);
    return rows.length > 0;
  }

  #add([id, name, version, place, paths, since]: Row): void {
    const shape: Shape = {
      id: id as number,
      workflowName: fromStored(name as string),
      version: version as number,
      place: fromStored(place as string),
      paths: JSON.parse(paths as string),
      since: since as number,
    };
    this.#newest = Math.max(this.#newest, shape.id);
    if (this.#byId.has(shape.id)) return;
    this.#known.set(identityOf(shape), shape);
    this.#byId.set(shape.id, shape);
    for (const version of [shape.version, 'any'] as const) {
      const group = groupOf(shape.workflowName, version);
      const list = this.#groups.get(group);
      if (list) list.push(shape);
      else this.#groups.set(group, [shape]);
    }
  }

  /** Id of the newest one known here. */
  get newest(): number {
    return this.#newest;
  }

  /** Notes that events from this moment on have entries for it. */
  covers(id: number, since: number): void {
    const shape = this.#byId.get(id);
    if (shape && since < shape.since) shape.since = since;
  }

  /** Forgets what a failed commit may have taken back. */
  reset(): void {
    this.#known.clear();
    this.#byId.clear();
    this.#groups.clear();
    this.#newest = 0;
  }

  find(shape: WaitShape): Shape | undefined {
    return this.#known.get(identityOf(shape));
  }

  byId(id: number): Shape | undefined {
    return this.#byId.get(id);
  }

  /** Makes sure that these are stored, before the waits that need them are. */
  async ensure(session: Session, shapes: readonly WaitShape[], now: number): Promise<void> {
    const missing = shapes.filter((shape) => !this.find(shape));
    if (!missing.length) return;
    await session.addShapes(
      missing.map(
        (shape): Row => [
          toStored(shape.workflowName),
          shape.version,
          toStored(shape.place),
          JSON.stringify(shape.paths),
          now + SHAPE_MARGIN_MS,
        ],
      ),
    );
    await this.refresh(session);
  }

  /** Match keys that an event offers to these workflows, each once. */
  keysFor(receivers: readonly Receiver[], payload: Json): Uint8Array[] {
    const offered = new Set<Shape>();
    for (const { name, version } of receivers)
      for (const shape of this.#groups.get(groupOf(name, version)) ?? []) offered.add(shape);
    const keys: Uint8Array[] = [];
    for (const shape of offered) {
      const key = keyFor(shape, payload);
      if (key) keys.push(key);
    }
    return keys;
  }
}

/** The match key that an event offers to a shape, if all its paths yield something. */
export function keyFor(shape: WaitShape, payload: Json): Uint8Array | undefined {
  const values = valuesFor(shape, payload);
  return values && matchKey(matchText(shape, values), values);
}

/** The shapes that can be read off a definition; those of dynamic tasks are met when they open. */
export function shapesOf(def: WorkflowDef): WaitShape[] {
  const shapes: WaitShape[] = [];
  eachTask(def.tasks, (task) => {
    const input = task.inputParameters ?? {};
    const waits = task.type === 'WAIT_FOR_WEBHOOK' || (task.type === 'WAIT' && isRecord(input.matches));
    if (!waits || (input.matches !== undefined && !isRecord(input.matches))) return;
    const paths = Object.keys(matchesOf(input)).sort();
    shapes.push({ workflowName: def.name, version: def.version, place: task.taskReferenceName, paths });
  });
  return shapes;
}
