// Trying out a workflow with pretended answers (contract 5.14): finds all that it may need, then runs it in the sandbox.

import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import type { JsonObject } from '../core/json.ts';
import type { Mocks } from '../core/mock-run.ts';
import type { TaskDef, Workflow, WorkflowDef, WorkflowTask } from '../core/model.ts';
import { whyNotBegun } from '../core/transition.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/store.ts';
import type { Definitions } from './definitions.ts';
import type { MockOrder } from './sandbox/mock-job.ts';

export interface MockWish {
  readonly name: string;
  /** Absent or 0: the latest. */
  readonly version?: number;
  /** Inline definition, as it was written. */
  readonly def?: unknown;
  readonly input: JsonObject;
  readonly mocks: Mocks;
  readonly correlationId?: string;
  readonly priority?: number;
  readonly taskToDomain?: Readonly<Record<string, string>>;
  readonly createdBy?: string;
}

export type RunMock = (
  order: MockOrder,
) => Promise<{ readonly ok: true; readonly workflow: Workflow } | { readonly ok: false; readonly reason: string }>;

export interface MockRuns {
  /** The execution as it ended, or as far as it came. Nothing of it is stored. */
  run(wish: MockWish): Promise<Workflow | Refusal>;
}

/** Definitions that sub-workflows of one another may bring in. */
const MAX_DEFINITIONS = 100;

export function createMockRuns(store: Store, definitions: Definitions, clock: Clock, runMock: RunMock): MockRuns {
  return {
    async run({ name, version = 0, def: inline, ...wish }) {
      const checked = inline === undefined ? undefined : definitions.checkWorkflow(inline);
      if (checked?.type === 'refused') return checked;
      const def = checked?.def ?? (await store.definitions.getWorkflow(name, version || undefined));
      if (!def) {
        const which = version > 0 ? `workflow ${name} version ${version}` : `workflow ${name}`;
        return refused('notFound', `${which} is not registered`);
      }
      const taskDefs = await store.definitions.listTasks();
      const embedded = await definitions.embedder();
      const whole = embedded(def);
      const broken = whyNotBegun({ def: whole, input: wish.input });
      if (broken) return refused(broken.tooLarge ? 'tooLarge' : 'invalid', broken.reason);
      const others = await calledBy(def, store);
      const ran = await runMock({
        ...wish,
        def: whole,
        now: clock.now(),
        definitions: others.map(embedded),
        taskDefs: taskDefs as TaskDef[],
      });
      return ran.ok ? ran.workflow : refused('invalid', `the workflow could not be tried out: ${ran.reason}`);
    },
  };
}

interface Called {
  readonly name: string;
  readonly version?: number;
}

/** Registered definitions that a workflow names as sub-workflows, theirs included. */
async function calledBy(def: WorkflowDef, store: Store): Promise<readonly WorkflowDef[]> {
  const found = new Map<string, WorkflowDef>();
  const asked = new Set<string>();
  const open = callsOf(def.tasks);
  for (let call = open.shift(); call && found.size < MAX_DEFINITIONS; call = open.shift()) {
    const key = `${call.version ?? ''}:${call.name}`;
    if (asked.has(key)) continue;
    asked.add(key);
    const called = await store.definitions.getWorkflow(call.name, call.version);
    if (!called) continue;
    found.set(`${called.version}:${called.name}`, called);
    open.push(...callsOf(called.tasks));
  }
  return [...found.values()];
}

/** Names that are made at run time cannot be known here. */
function callsOf(tasks: readonly WorkflowTask[]): Called[] {
  return tasks.flatMap((task): Called[] => {
    const { name, version = 0, workflowDefinition: inline } = task.subWorkflowParam ?? {};
    const isNamed = typeof name === 'string' && inline === undefined;
    const inner = typeof inline === 'object' && inline !== null ? (inline as Partial<WorkflowDef>).tasks : undefined;
    const lists = [
      task.loopOver ?? [],
      task.defaultCase ?? [],
      ...Object.values(task.decisionCases ?? {}),
      ...(task.forkTasks ?? []),
      inner ?? [],
    ];
    return [
      ...(isNamed ? [{ name, ...(Number(version) > 0 && { version: Number(version) }) }] : []),
      ...lists.flatMap(callsOf),
    ];
  });
}
