// What a scenario file holds, and how the files are found. `README.md` explains the format to those who write them.

import { readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from '../../src/core/json.ts';
import type { TaskDef, WorkflowDef, WorkflowTask } from '../../src/core/model.ts';

export interface Scenario {
  readonly title: string;
  /** `core`: takes tasks that a whole server would do by itself. `server`: needs workers that only a whole server has. */
  readonly only?: 'core' | 'server';
  /** Why it is played in one world only. */
  readonly because?: string;
  /** Task definitions that are registered. */
  readonly taskDefs?: readonly TaskDef[];
  /** Workflow definitions that are registered; `version` may be left out (1), and a task's `name` (its reference name). */
  readonly workflows: readonly Draftlike[];
  /** What addresses answer that HTTP tasks call: `GET /path` -> answer. */
  readonly http?: Readonly<Record<string, Answer>>;
  readonly steps: readonly Step[];
}

/** A definition as scenarios write it. */
interface Draftlike {
  readonly name: string;
  readonly version?: number;
  readonly tasks: readonly object[];
  readonly [other: string]: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** What the world said to a wish. */
export type Said = 'done' | 'ignored' | 'notFound' | 'conflict' | 'invalid' | 'tooLarge';

export type Step =
  | ({ readonly start: string; readonly as?: string; readonly said?: 'started' | 'existing' | Said } & StartOptions)
  /** Takes tasks from a queue. `got`: reference names, in order. */
  | {
      readonly poll: string;
      readonly worker?: string;
      readonly domain?: string;
      readonly count?: number;
      readonly got: readonly string[];
    }
  /** Takes one task from a queue and reports. */
  | ({ readonly work: string; readonly worker?: string; readonly domain?: string; readonly ref?: string } & Report)
  /** Reports about a task without taking it. */
  | ({ readonly update: string; readonly of?: string; readonly said?: Said } & Report)
  /** A payload that a webhook has received. `matched`: how many waits it ended. */
  | { readonly event: JsonObject; readonly matched?: number }
  /** The clock goes on, and alarms ring on time. */
  | { readonly advance: string }
  /** The clock jumps, and what should have rung in between rings now. */
  | { readonly jump: string }
  | ({ readonly control: ControlVerb; readonly of?: string; readonly said?: Said } & ControlOptions)
  /** Registers another version, or the same one changed. */
  | { readonly define: Draftlike }
  | { readonly expect: Expectation };

export interface StartOptions {
  readonly input?: JsonObject;
  readonly version?: number;
  readonly correlationId?: string;
  readonly priority?: number;
  readonly taskToDomain?: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
  readonly idempotencyStrategy?: string;
}

export interface Report {
  readonly status?: string;
  readonly output?: JsonObject;
  readonly reason?: string;
  readonly callbackAfterSeconds?: number;
  readonly extendLease?: boolean;
  readonly worker?: string;
}

export type ControlVerb =
  | 'pause'
  | 'resume'
  | 'terminate'
  | 'restart'
  | 'retry'
  | 'rerun'
  | 'skip'
  | 'jump'
  | 'variables'
  | 'resetCallbacks'
  | 'decide'
  | 'signal';

export interface ControlOptions {
  readonly reason?: string;
  /** Reference name: for skip and jump the place, for rerun the task to begin from. */
  readonly ref?: string;
  readonly input?: JsonObject;
  readonly output?: JsonObject;
  readonly workflowInput?: JsonObject;
  readonly variables?: JsonObject;
  readonly status?: string;
  readonly useLatestDefinitions?: boolean;
  readonly resumeSubworkflowTasks?: boolean;
}

/** What must be so now. Fields that are left out are not looked at; `"<any>"` stands for any value. */
export interface Expectation {
  /** Name of an execution (`as`), and, behind a slash, of a task whose sub-workflow is meant: `main/child_ref`. */
  readonly of?: string;
  readonly status?: string;
  readonly input?: JsonObject;
  readonly output?: JsonObject;
  readonly variables?: JsonObject;
  /** Text that the reason contains. */
  readonly reason?: string;
  readonly failedRefs?: readonly string[];
  readonly correlationId?: string;
  readonly priority?: number;
  readonly version?: number;
  /** All tasks, in order: `ref STATUS`. */
  readonly course?: readonly string[];
  /** Chosen tasks by reference name, the latest attempt: their status, or several of their fields. */
  readonly tasks?: Readonly<Record<string, string | ExpectedTask>>;
  /** Tasks that can be taken from a queue now. */
  readonly queues?: Readonly<Record<string, number>>;
  /** Names of the events that the execution has sent, in order. */
  readonly events?: readonly string[];
}

export interface ExpectedTask {
  readonly status?: string;
  readonly type?: string;
  readonly input?: JsonObject;
  readonly output?: JsonObject;
  readonly reason?: string;
  readonly retryCount?: number;
  readonly iteration?: number;
  readonly pollCount?: number;
  readonly workerId?: string;
  readonly domain?: string;
}

export interface LoadedScenario extends Scenario {
  /** Path of the file below this folder, without its ending: `tasks/switch`. */
  readonly group: string;
}

/** All scenarios of all files below this folder, in the order of the files. */
export function loadScenarios(): readonly LoadedScenario[] {
  const root = new URL('./', import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  return files.sort().flatMap((file) => {
    const text = readFileSync(new URL(file, root), 'utf8');
    const { scenarios } = JSON.parse(text, (_, value) => repeated(value)) as { scenarios: Scenario[] };
    const group = file.replaceAll('\\', '/').replace(/\.json$/, '');
    return scenarios.map((scenario) => ({ ...scenario, group }));
  });
}

/** `{ "<times>": 5000, "<of>": 1 }` stands for a list of so many, with a text for a text of so many. */
function repeated(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('<times>' in value) || !('<of>' in value)) return value;
  const times = Number(value['<times>']);
  const one = value['<of>'];
  return typeof one === 'string' ? one.repeat(times) : Array<unknown>(times).fill(one);
}

/** A definition of a scenario in full: names and version filled in, at every depth. */
export const completed = (def: Draftlike): WorkflowDef => ({
  ...def,
  version: def.version ?? 1,
  tasks: def.tasks.map(completedTask),
});

type Loose = Readonly<Record<string, unknown>>;

function completedTask(task: object): WorkflowTask {
  const { taskReferenceName, name = taskReferenceName, type = 'SIMPLE', ...rest } = task as Loose;
  const lists = (value: unknown): unknown => (Array.isArray(value) ? value.map(completedTask) : value);
  const full: Record<string, unknown> = { name, taskReferenceName, type, ...rest };
  if (rest.loopOver) full.loopOver = lists(rest.loopOver);
  if (rest.defaultCase) full.defaultCase = lists(rest.defaultCase);
  if (Array.isArray(rest.forkTasks)) full.forkTasks = rest.forkTasks.map(lists);
  if (rest.decisionCases)
    full.decisionCases = Object.fromEntries(
      Object.entries(rest.decisionCases).map(([key, list]) => [key, lists(list)]),
    );
  const param = rest.subWorkflowParam as Loose | undefined;
  if (param && typeof param.workflowDefinition === 'object')
    full.subWorkflowParam = { ...param, workflowDefinition: completed(param.workflowDefinition as Draftlike) };
  return full as unknown as WorkflowTask;
}
