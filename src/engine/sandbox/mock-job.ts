// Tries out an execution on the thread that calls it, with scripts and jq programs beside it: what a definition may make
// it compute has no bound, so this runs only in threads that can be ended.

import type { ScriptResult } from '../../core/decision.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { type MockOutput, type Mocks, mockRun } from '../../core/mock-run.ts';
import type { Task, TaskDef, WorkflowDef } from '../../core/model.ts';
import { createIds } from '../../lib/ids.ts';
import { jsonText, TOO_DEEP } from './channel.ts';
import type { JqEngine } from './jq.ts';
import type { Reply, ScriptEngine } from './script-engine.ts';

/** All that a tried execution may know of. Definitions carry their task definitions. */
export interface MockOrder {
  readonly def: WorkflowDef;
  readonly input: JsonObject;
  readonly mocks: Mocks;
  readonly correlationId?: string;
  readonly priority?: number;
  readonly taskToDomain?: Readonly<Record<string, string>>;
  readonly createdBy?: string;
  readonly now: number;
  /** For sub-workflows; of one name the newest version counts when none is named. */
  readonly definitions: readonly WorkflowDef[];
  /** For places that are made at run time. */
  readonly taskDefs: readonly TaskDef[];
}

const SCRIPT_DEADLINE_MS = 4_000;

export function runMock(order: MockOrder, scripts: ScriptEngine, jq: JqEngine | undefined): Reply {
  const { def, mocks, now, definitions, taskDefs, ...wish } = order;
  const ids = createIds(() => now);
  const evaluate = (script: string, bindings: Json, deadlineMs: number): ScriptResult =>
    withText(bindings, (input) => scripts.run(script, input, deadlineMs));
  const transformed = (program: string, input: Json): ScriptResult =>
    withText(input, (text) => jq?.run(program, text) ?? { ok: false, reason: 'jq is not loaded' });
  const workflow = mockRun({ id: ids.next(), def, ...wish }, mocks, {
    now,
    newId: ids.next,
    random: ids.random,
    evaluate,
    taskDef: (name) => taskDefs.find((one) => one.name === name),
    definition: (name, version) =>
      definitions
        .filter((one) => one.name === name && (version === undefined || one.version === version))
        .reduce<WorkflowDef | undefined>((a, b) => (a && a.version > b.version ? a : b), undefined),
    perform: (task) => perform(task, evaluate, transformed),
  });
  return { ok: true, json: JSON.stringify(workflow) };
}

function withText(value: Json, run: (text: string) => Reply): ScriptResult {
  const text = jsonText(value);
  const reply: Reply = text === undefined ? { ok: false, reason: TOO_DEEP } : run(text);
  return reply.ok ? { ok: true, value: JSON.parse(reply.json) as Json } : reply;
}

type Evaluate = (script: string, bindings: Json, deadlineMs: number) => ScriptResult;

/** What our own workers compute from nothing but the input; nobody is terminated by a trial. */
function perform({ type, input }: Task, evaluate: Evaluate, jq: (program: string, input: Json) => ScriptResult) {
  switch (type) {
    case 'INLINE': {
      const { expression, evaluatorType, ...bindings } = input;
      if (evaluatorType === 'value-param') return done({ ok: true, value: bindings[String(expression)] ?? null });
      return done(evaluate(String(expression ?? ''), bindings, SCRIPT_DEADLINE_MS));
    }
    case 'LAMBDA': {
      const { scriptExpression, ...bindings } = input;
      return done(evaluate(String(scriptExpression ?? ''), bindings, SCRIPT_DEADLINE_MS));
    }
    case 'JSON_JQ_TRANSFORM': {
      const results = jq(String(input.queryExpression ?? ''), input);
      if (!results.ok) return done(results);
      const list = results.value as readonly Json[];
      return { status: 'COMPLETED', output: { result: list[0] ?? null, resultList: list } } satisfies MockOutput;
    }
    case 'TERMINATE_WORKFLOW': {
      const terminatedWorkflows = [input.workflowId ?? []].flat(2);
      return { status: 'COMPLETED', output: { terminatedWorkflows } } satisfies MockOutput;
    }
    default:
      return undefined;
  }
}

function done(result: ScriptResult): MockOutput {
  if (result.ok) return { status: 'COMPLETED', output: { result: result.value } };
  return { status: 'FAILED_WITH_TERMINAL_ERROR', reason: result.reason, output: { error: result.reason } };
}
