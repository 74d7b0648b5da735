// How the cost of decisions grows with the size of an execution: dynamic forks and loops of growing length on the bare core,
// each task completed by a decision of its own. Prints milliseconds in all and microseconds per decision. Asserts nothing.

import type { Command } from '../src/core/command.ts';
import type { Env } from '../src/core/decision.ts';
import { wakeAtOf } from '../src/core/derive.ts';
import { isRecord } from '../src/core/json.ts';
import type { Workflow, WorkflowDef, WorkflowTask } from '../src/core/model.ts';
import { hasEnded } from '../src/core/model.ts';
import { begin, transition } from '../src/core/transition.ts';

const place = (taskReferenceName: string, type: string, fields: Partial<WorkflowTask> = {}): WorkflowTask => ({
  name: taskReferenceName,
  taskReferenceName,
  type,
  ...fields,
});

const FORK: readonly WorkflowTask[] = [
  place('fork', 'FORK_JOIN_DYNAMIC', {
    inputParameters: { forkTaskName: 'work', forkTaskInputs: '${workflow.input.items}' },
  }),
  place('join', 'JOIN'),
];
const loop = (body: WorkflowTask): readonly WorkflowTask[] => [
  place('loop', 'DO_WHILE', { items: '${workflow.input.items}', loopOver: [body] }),
];
const item = { inputParameters: { item: '${loop.output.loopItem}' } };

const SHAPES: Readonly<Record<string, readonly WorkflowTask[]>> = {
  'dynamic fork, worker tasks': FORK,
  'loop, worker tasks': loop(place('work', 'SIMPLE', item)),
  'loop, tasks that end at once': loop(place('set', 'SET_VARIABLE', item)),
};

const SIZES = [100, 1_000, 5_000, 10_000];

let ids = 0;
const env: Env = {
  now: 1_767_225_600_000,
  newId: () => `id-${++ids}`,
  random: () => 0,
  evaluate: (_, bindings) => ({ ok: true, value: isRecord(bindings) }),
  taskDef: () => undefined,
};

/** Plays an execution to its end; every decision is followed by what a store asks of the result. */
function play(tasks: readonly WorkflowTask[], size: number): { decisions: number; ms: number; status: string } {
  const def: WorkflowDef = { name: 'growth', version: 1, tasks };
  const items = Array.from({ length: size }, (_, i) => i);
  const startedAt = performance.now();
  let decisions = 1;
  let workflow: Workflow = begin({ id: 'w', def, input: { items } }, env).after;
  const decide = (command: Command): void => {
    workflow = transition(workflow, [command], env).after;
    wakeAtOf(workflow);
    decisions++;
  };
  let from = 0;
  while (workflow.status === 'RUNNING') {
    if (workflow.unfinished) decide({ type: 'decide' });
    else {
      while (hasEnded(workflow.tasks[from]!) || workflow.tasks[from]!.type !== 'SIMPLE') from++;
      decide({ type: 'updateTask', task: { n: workflow.tasks[from]!.n }, status: 'COMPLETED', output: { i: from } });
    }
  }
  return { decisions, ms: performance.now() - startedAt, status: workflow.status };
}

for (const [name, tasks] of Object.entries(SHAPES))
  for (const size of SIZES) {
    const { decisions, ms, status } = play(tasks, size);
    const perDecision = (ms * 1_000) / decisions;
    console.log(
      `${name.padEnd(30)} ${String(size).padStart(6)}  ${ms.toFixed(0).padStart(7)} ms  ${decisions} decisions, ${perDecision.toFixed(1)} us each  ${status}`,
    );
  }
