// An execution seen through its definition: which attempt of which iteration stands at each place, loops, dynamic children, failures.
// The picture is drawn from the definition and states are looked up, so a state nobody expected can never blank the page.
import type { WorkflowDef, WorkflowTask } from '../../../src/core/model.ts';
import { eachTask } from '../../../src/core/plan.ts';
import type { WireTask, WireWorkflow } from '../../../src/http/contract/execution.ts';

/** All that happened at one place of the definition, for the chosen iterations. */
export interface PlaceView {
  readonly reference: string;
  /** Oldest first; the last one is the state of the place. */
  readonly attempts: readonly WireTask[];
  readonly latest: WireTask;
}

export interface LoopView {
  readonly reference: string;
  /** How many iterations have begun. */
  readonly count: number;
  /** The one that is shown, from 1. */
  readonly shown: number;
}

export interface ExecutionView {
  readonly places: ReadonlyMap<string, PlaceView>;
  readonly loops: ReadonlyMap<string, LoopView>;
  /** Children of dynamic forks, as definitions, by the reference name of the fork. */
  readonly dynamic: ReadonlyMap<string, readonly WorkflowTask[]>;
  /** The task that one should look at first: the failed one, else the one that is open. */
  readonly focus: WireTask | undefined;
  /** The place of the definition where that task is. */
  readonly focusPlace: string | undefined;
  readonly failed: WireTask | undefined;
  /** Definitions by reference name. */
  readonly placeDefs: ReadonlyMap<string, WorkflowTask>;
}

/** Which iteration of which loop to show, by the loop's reference name. Absent: the latest. */
export type ChosenIterations = Readonly<Record<string, number>>;

/** Loops around each place, outermost first. */
function loopsAround(def: Pick<WorkflowDef, 'tasks'>): Map<string, readonly string[]> {
  const around = new Map<string, readonly string[]>();
  const stack: { reference: string; depth: number; loop: boolean }[] = [];
  eachTask(def.tasks ?? [], (task, depth) => {
    while (stack.length > depth) stack.pop();
    around.set(
      task.taskReferenceName,
      stack.filter(({ loop }) => loop).map(({ reference }) => reference),
    );
    stack.push({ reference: task.taskReferenceName, depth, loop: task.type === 'DO_WHILE' });
  });
  return around;
}

/** `pay__2__1` is `pay` in iteration 2, 1, unless the definition really has a place of that name. */
export function splitReference(
  name: string,
  known: (name: string) => boolean,
): { place: string; iterations: number[] } {
  const iterations: number[] = [];
  let place = name;
  while (!known(place)) {
    const match = /^(.+)__(\d+)$/.exec(place);
    if (!match) return { place: name, iterations: [] };
    place = match[1] as string;
    iterations.unshift(Number(match[2]));
  }
  return { place, iterations };
}

interface Placed {
  readonly task: WireTask;
  readonly iterations: readonly number[];
}

/** Only what the view needs of an execution. */
export type ViewedExecution = Pick<
  WireWorkflow,
  'tasks' | 'status' | 'workflowDefinition' | 'failedReferenceTaskNames'
>;

export function viewExecution(execution: ViewedExecution, chosen: ChosenIterations = {}): ExecutionView {
  const around = loopsAround(execution.workflowDefinition);
  const byPlace = new Map<string, Placed[]>();
  const dynamic = new Map<string, WorkflowTask[]>();
  let fork: string | undefined;
  for (const task of [...execution.tasks].sort((a, b) => a.seq - b.seq)) {
    const { place, iterations } = splitReference(task.referenceTaskName, (name) => around.has(name));
    if (task.workflowTask?.type === 'FORK_JOIN_DYNAMIC' && around.has(place)) fork = place;
    if (!around.has(place) && fork !== undefined) addChild(dynamic, fork, task);
    const list = byPlace.get(place);
    if (list) list.push({ task, iterations });
    else byPlace.set(place, [{ task, iterations }]);
  }
  const loops = viewLoops(byPlace, around, chosen);
  const places = new Map<string, PlaceView>();
  for (const [reference, placed] of byPlace) {
    const wanted = (around.get(reference) ?? []).map((loop) => loops.get(loop)?.shown);
    const shown = placed.filter(({ iterations }) => wanted.every((n, i) => n === undefined || iterations[i] === n));
    const attempts = shown.map(({ task }) => task);
    const latest = attempts.at(-1);
    if (latest) places.set(reference, { reference, attempts, latest });
  }
  const failed = failedTask(execution);
  const focus = failed ?? openTask(execution.tasks);
  const focusPlace = focus && splitReference(focus.referenceTaskName, (name) => around.has(name)).place;
  const placeDefs = new Map<string, WorkflowTask>();
  eachTask(execution.workflowDefinition.tasks ?? [], (task) => placeDefs.set(task.taskReferenceName, task));
  return { places, loops, dynamic, failed, focus, focusPlace, placeDefs };
}

function addChild(dynamic: Map<string, WorkflowTask[]>, fork: string, task: WireTask): void {
  const children = dynamic.get(fork) ?? [];
  if (children.some((child) => child.taskReferenceName === task.referenceTaskName)) return;
  const known = task.workflowTask ?? { name: task.taskDefName, type: task.taskType };
  children.push({ ...known, taskReferenceName: task.referenceTaskName } as WorkflowTask);
  dynamic.set(fork, children);
}

/** Counts iterations, outer loops first, so that an inner loop is counted within the outer iteration that is shown. */
function viewLoops(
  byPlace: ReadonlyMap<string, readonly Placed[]>,
  around: ReadonlyMap<string, readonly string[]>,
  chosen: ChosenIterations,
): Map<string, LoopView> {
  const loops = new Map<string, LoopView>();
  const inside = new Map<string, { place: string; depth: number }[]>();
  for (const [place, outer] of around)
    for (const [depth, loop] of outer.entries()) inside.set(loop, [...(inside.get(loop) ?? []), { place, depth }]);
  const outermostFirst = [...inside].sort(([, a], [, b]) => (a[0]?.depth ?? 0) - (b[0]?.depth ?? 0));
  for (const [reference, places] of outermostFirst) {
    const wanted = (around.get(reference) ?? []).map((loop) => loops.get(loop)?.shown);
    let count = 0;
    for (const { place, depth } of places)
      for (const { iterations } of byPlace.get(place) ?? [])
        if (wanted.every((n, i) => n === undefined || iterations[i] === n))
          count = Math.max(count, iterations[depth] ?? 0);
    if (count === 0) continue;
    const wish = chosen[reference];
    loops.set(reference, { reference, count, shown: wish && wish <= count ? wish : count });
  }
  return loops;
}

const FAILED: ReadonlySet<string> = new Set(['FAILED', 'FAILED_WITH_TERMINAL_ERROR', 'TIMED_OUT']);

/** The failure that ended the execution: the last failed attempt that nobody took over. */
function failedTask(execution: ViewedExecution): WireTask | undefined {
  if (execution.status !== 'FAILED' && execution.status !== 'TIMED_OUT' && execution.status !== 'TERMINATED')
    return undefined;
  const named = new Set(execution.failedReferenceTaskNames ?? []);
  const failed = execution.tasks.filter((task) => FAILED.has(task.status) && !task.retried);
  // A loop, a join or a sub-workflow fails because something in it failed: that one is the cause, if it is here.
  const causes = failed.filter((task) => !['DO_WHILE', 'JOIN'].includes(task.taskType));
  const pool = causes.length > 0 ? causes : failed;
  return pool.findLast((task) => named.has(task.referenceTaskName)) ?? pool.at(-1);
}

const CONTAINERS: ReadonlySet<string> = new Set(['DO_WHILE', 'JOIN', 'EXCLUSIVE_JOIN', 'FORK']);

/** The open task that something is expected of: no container, since those only wait for others. */
function openTask(tasks: readonly WireTask[]): WireTask | undefined {
  const open = tasks.filter((task) => task.status === 'IN_PROGRESS' || task.status === 'SCHEDULED');
  return open.find((task) => !CONTAINERS.has(task.taskType)) ?? open[0];
}

/** When a postponed attempt becomes available, epoch ms; undefined when it is not postponed. */
export function nextAttemptAt(task: WireTask): number | undefined {
  const delay = Math.max(task.startDelayInSeconds ?? 0, task.callbackAfterSeconds ?? 0);
  return task.status === 'SCHEDULED' && delay > 0 ? task.scheduledTime + delay * 1_000 : undefined;
}

/** How long a task ran so far or in all, ms; undefined before it began. */
export function runTime(task: WireTask, now: number): number | undefined {
  if (!task.startTime) return undefined;
  return Math.max(0, (task.endTime || now) - task.startTime);
}
