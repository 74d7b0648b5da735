// Executions that begin: wished by a caller, by another execution (through the inbox of the id that is to be), or by an event.
// The idempotency key is kept unique by the database: the row of (name, key) guards the unit.

import type { Decision } from '../../core/decision.ts';
import type { WorkflowDef, WorkflowStatus } from '../../core/model.ts';
import { isTerminal } from '../../core/model.ts';
import type { Cell, Change, Row, Unit } from '../drivers/driver.ts';
import { fromStored, toStored } from '../rows/text.ts';
import type { StartResult, StartWish } from '../store.ts';
import type { Cycle } from './cycle.ts';
import type { Snapshot } from './definitions.ts';
import type { Item, ItemOf } from './item.ts';
import { hasChoice } from './live-domains.ts';
import { written } from './turn.ts';

export interface StartJob {
  readonly item: Item;
  readonly wish: StartWish;
  /** Asked when it is known that the execution which had its key has ended: true, and it does not begin. */
  readonly isVoid?: () => Promise<boolean>;
  /** Asked right before it begins: false, and it does so in the next cycle. */
  readonly mayBegin?: () => boolean;
  /** Rows that follow, in the same commit. `wf` is the key of the execution, 0 when there is none. */
  readonly rows?: (result: StartResult, wf: number) => readonly Change[];
  /** After the commit. */
  readonly settle?: (result: StartResult) => void;
}

interface Taken {
  readonly wf: number;
  readonly id: string;
  readonly status: WorkflowStatus;
  readonly startedAt: number;
}

export async function gatherStarts(cycle: Cycle, items: readonly ItemOf<'start'>[]): Promise<void> {
  await planStarts(
    cycle,
    items.map((item) => ({ item, wish: item.wish, settle: item.resolve })),
  );
}

/** Plans starts for the commit of this cycle. */
export async function planStarts(cycle: Cycle, jobs: readonly StartJob[]): Promise<void> {
  if (!jobs.length) return;
  const { session, context } = cycle;
  const keyed = jobs.filter(({ wish }) => wish.idempotencyKey);
  const [takenRows, again, snapshots] = await Promise.all([
    keyed.length
      ? session.look(
          'idempotency',
          keyed.map(({ wish }) => idempotencyKeyOf(wish)),
        )
      : [],
    findAgain(cycle, jobs),
    Promise.all(jobs.map(({ wish }) => snapshotFor(cycle, wish))),
  ]);
  const taken = new Map(keyed.map((job, i) => [job, takenRows[i]?.[0]]));
  const voids = new Set(await Promise.all(keyed.map(async (job) => taken.get(job) && (await job.isVoid?.()) && job)));
  for (const { wish } of jobs) if (hasChoice(wish.taskToDomain)) await context.domains.refresh(wish.now);
  let key = await session.newKeys(jobs.length);
  jobs.forEach((job, i) => {
    if (voids.has(job)) return;
    const snapshot = snapshots[i];
    const done = again.get(job.wish.id);
    if (done !== undefined) plan(cycle, job, { type: 'started', id: job.wish.id }, done);
    else if (!snapshot) plan(cycle, job, { type: 'noDefinition', reason: noDefinition(job.wish) }, 0);
    else
      planStart(
        cycle,
        job,
        { ...snapshot, def: context.states.snapshot(snapshot.hash) ?? snapshot.def },
        taken.get(job),
        key++,
      );
  });
}

/** A start that is done again may have taken place: the answer to its commit was lost, or an event is routed again. */
async function findAgain(cycle: Cycle, jobs: readonly StartJob[]): Promise<Map<string, number>> {
  const ids = jobs.filter(({ item }) => item.tries > 0 || item.kind !== 'start').map(({ wish }) => wish.id);
  if (!ids.length) return new Map();
  const rows = await cycle.session.look(
    'workflowById',
    ids.map((id): Row => [toStored(id)]),
  );
  return new Map(ids.flatMap((id, i) => (rows[i]?.[0] ? [[id, rows[i]?.[0]?.[0] as number]] : [])));
}

async function snapshotFor(
  { session, context, definitionsReady }: Cycle,
  wish: StartWish,
): Promise<Snapshot | undefined> {
  await definitionsReady;
  if (wish.def) return context.definitions.snapshotOf(wish.def);
  return context.definitions.find(session, wish.name, wish.version);
}

const noDefinition = ({ name, version }: StartWish): string =>
  `no workflow definition named '${name}'${version === undefined ? '' : ` with version ${version}`}`;

const idempotencyKeyOf = ({ name, def, idempotencyKey = '' }: StartWish): Row => [
  toStored(def?.name ?? name),
  toStored(idempotencyKey),
];

/** A result that begins nothing. */
function plan(cycle: Cycle, job: StartJob, result: StartResult, wf: number): void {
  cycle.plan({ key: 0, changes: [...(job.rows?.(result, wf) ?? [])] }, [job.item], {
    passed: () => job.settle?.(result),
  });
}

function planStart(cycle: Cycle, job: StartJob, snapshot: Snapshot, takenRow: Row | undefined, wf: number): void {
  const { wish } = job;
  const taken = takenOf(takenRow);
  const refusal = taken && refusalFor(wish, taken);
  if (taken && refusal) {
    plan(cycle, job, refusal, taken.wf);
    return;
  }
  if (job.mayBegin?.() === false || (wish.idempotencyKey && !takesKey(cycle, job))) {
    cycle.deferred.add(job.item);
    return;
  }
  const broken = cycle.context.rules.whyNotBegun?.({ def: snapshot.def, input: wish.input });
  if (broken) {
    plan(cycle, job, { type: 'invalid', ...broken }, 0);
    return;
  }
  let own: Decision;
  try {
    own = cycle.context.rules.begin(
      { ...wish, def: snapshot.def, ...(hasTurns(snapshot.def) && { held: true }) },
      cycle.env(wish.now),
    );
  } catch (error) {
    const reason = (error as Error).message;
    cycle.news.faults.push({ workflowId: wish.id, reason });
    plan(cycle, job, { type: 'invalid', reason }, 0);
    return;
  }
  const { decision, polls, give } = cycle.handOver(own, wish.now, [job.item]);
  const result = written(undefined, decision, {
    wf,
    def: snapshot.hash,
    rev: 1,
    now: wish.now,
    onMessages: cycle.context.onMessages,
  });
  const started: StartResult = { type: 'started', id: wish.id };
  const rows = [...cycle.storeSnapshot(snapshot), ...(job.rows?.(started, wf) ?? [])];
  cycle.startedAt = Math.max(cycle.startedAt, wish.now);
  cycle.planWritten(undefined, result, [job.item, ...polls], rows, () => {
    give();
    cycle.context.states.keepSnapshot(snapshot.hash, snapshot.def);
    job.settle?.(started);
  });
  if (wish.idempotencyKey) guardByKey(cycle, wish, wf, takenRow?.[0] ?? null);
}

/** False: another one begins under its key in this cycle. In the next one it is known what became of that. */
function takesKey({ keys }: Cycle, { item, wish }: StartJob): boolean {
  const key = JSON.stringify(idempotencyKeyOf(wish));
  if (!keys.has(key)) keys.set(key, item);
  return keys.get(key) === item;
}

/** Under a rateLimitConfig an execution begins when its turn has come (turns.ts). */
const hasTurns = ({ rateLimitConfig }: WorkflowDef): boolean =>
  rateLimitConfig?.rateLimitKey !== undefined && (rateLimitConfig.concurrentExecLimit ?? 0) > 0;

/** Makes the row of the idempotency key the guard of the unit just planned; the execution's own row becomes one of its rows. */
function guardByKey(cycle: Cycle, wish: StartWish, wf: number, takenBy: Cell): void {
  const planned = cycle.planned.pop();
  if (!planned?.unit.guard) return;
  const row = [...idempotencyKeyOf(wish), wf];
  // The rows are changed in place: waits that open are still to be noted there.
  planned.unit.changes.unshift({ op: 'insert', table: 'workflow', row: planned.unit.guard.row });
  const unit: Unit = {
    ...planned.unit,
    guard:
      takenBy === null
        ? { op: 'insert', table: 'idempotency', row }
        : { op: 'swap', table: 'idempotency', row, expected: takenBy },
  };
  cycle.planned.push({ ...planned, unit });
}

/** The execution that has the key; undefined when it is free, or its execution was removed. */
function takenOf(row: Row | undefined): Taken | undefined {
  return row && typeof row[1] === 'string'
    ? {
        wf: row[0] as number,
        id: fromStored(row[1]),
        status: row[2] as WorkflowStatus,
        startedAt: row[3] as number,
      }
    : undefined;
}

/** What a taken key means (contract 3.6); undefined: start anew. */
function refusalFor(
  { idempotencyStrategy = 'FAIL', idempotencyKey }: StartWish,
  { id, status, startedAt }: Taken,
): StartResult | undefined {
  if (idempotencyStrategy === 'RETURN_EXISTING') return { type: 'existing', id };
  if (idempotencyStrategy === 'FAIL_ON_RUNNING' && isTerminal(status)) return undefined;
  const state = idempotencyStrategy === 'FAIL_ON_RUNNING' ? `is still ${status}` : 'has it already';
  return { type: 'conflict', id, startedAt, reason: `idempotency key '${idempotencyKey}': execution ${id} ${state}` };
}
