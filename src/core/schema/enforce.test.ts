// Where schemas bind: starts, task inputs, task outputs, workflow outputs; and where they do not.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { World } from '../../../test/scenarios/driver.ts';
import type { Json, JsonObject } from '../json.ts';
import type { TaskDef, WorkflowDef, WorkflowTask } from '../model.ts';
import { whyNotBegun } from '../transition.ts';
import { validateTaskDef, validateWorkflowDef } from '../validate.ts';
import { brokenByTask, brokenByWorkflow, withSchemas } from './enforce.ts';

const NUMBER_N = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };

const place = (ref: string, rules: Partial<TaskDef> = {}, more: Partial<WorkflowTask> = {}): WorkflowTask => ({
  name: ref,
  taskReferenceName: ref,
  type: 'SIMPLE',
  inputParameters: { n: `\${workflow.input.n}` },
  taskDefinition: { name: ref, retryCount: 0, enforceSchema: true, ...rules },
  ...more,
});
const flow = (tasks: readonly WorkflowTask[], more: Partial<WorkflowDef> = {}): WorkflowDef => ({
  name: 'flow',
  version: 1,
  tasks,
  ...more,
});
const played = (def: WorkflowDef, input: JsonObject) => {
  const world = new World().define(def);
  const id = world.run('flow', input);
  return { world, id, task: () => world.get(id).tasks.at(-1) };
};

describe('inputs', () => {
  it('a start that breaks the schema does not begin, and the reason names each path', () => {
    const inputSchema = { name: 'order', version: 2, data: { properties: { a: { type: 'number' } }, required: ['b'] } };
    const def = flow([], { inputSchema });
    const broken = whyNotBegun({ def, input: { a: 'x' } });
    assert.equal(
      broken?.reason,
      'the input breaks schema order version 2: input.b is missing; input.a must be a number',
    );
    assert.deepEqual(
      broken?.problems.map(({ path }) => path),
      ['input.b', 'input.a'],
    );
    assert.equal(whyNotBegun({ def, input: { b: 1 } }), undefined);
    assert.equal(whyNotBegun({ def: { ...def, enforceSchema: false }, input: {} }), undefined);
    assert.equal(whyNotBegun({ def: { ...def, inputTemplate: { b: 1 } }, input: {} }), undefined, 'defaults count');
  });

  it('many problems are counted, and a problem of the whole has the name of the side', () => {
    const data = { properties: Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`p${i}`, false])) };
    const input = Object.fromEntries(Array.from({ length: 12 }, (_, i): [string, Json] => [`p${i}`, 1]));
    assert.match(brokenByWorkflow(flow([], { inputSchema: { data } }), 'input', input)?.reason ?? '', /; and 2 more$/);
    const whole = flow([], { inputSchema: { data: { minProperties: 1 } } });
    assert.equal(
      brokenByWorkflow(whole, 'input', {})?.reason,
      'the input breaks its schema: input must have at least 1 members',
    );
  });

  it('a schema that is not there is broken by everything', () => {
    const def = flow([], { inputSchema: { name: 'gone' } });
    assert.equal(brokenByWorkflow(def, 'input', {})?.reason, 'the input cannot be checked: there is no schema gone');
  });

  it('a task whose input breaks its schema fails for good, at the first attempt and at later ones', () => {
    const { world, id } = played(flow([place('a', { inputSchema: { data: NUMBER_N }, retryCount: 3 })]), { n: 'x' });
    const [task] = world.get(id).tasks;
    assert.equal(task?.status, 'FAILED_WITH_TERMINAL_ERROR');
    assert.equal(task?.reason, 'the input breaks its schema: input.n must be a number');
    assert.equal(world.get(id).status, 'FAILED');
  });

  it('what is filled in at hand-off is not known yet', () => {
    const rules: TaskDef = { name: 'a', enforceSchema: true, inputSchema: { data: NUMBER_N } };
    assert.equal(brokenByTask(rules, 'input', { n: `\${workflow.secrets.k}` }), undefined);
    assert.equal(brokenByTask({ ...rules, enforceSchema: undefined }, 'input', {}), undefined);
  });

  it('a rerun with another input is refused when that breaks the schema', () => {
    const { world, id } = played(flow([place('a')], { inputSchema: { data: NUMBER_N } }), { n: 1 });
    world.tell(id, { type: 'terminate' });
    const outcome = world.tell(id, { type: 'rerun', workflowInput: { n: 'x' } });
    assert.deepEqual(
      [outcome.type, 'reason' in outcome && outcome.reason],
      ['refused', 'the input breaks its schema: input.n must be a number'],
    );
  });
});

describe('outputs', () => {
  it('a task that gives back what breaks its schema has failed, and may be tried again', () => {
    const rules = { outputSchema: { data: NUMBER_N }, retryCount: 1, retryDelaySeconds: 0 };
    const { world, id } = played(flow([place('a', rules)]), { n: 1 });
    world.tell(id, { type: 'updateTask', task: { n: 1 }, status: 'COMPLETED', output: { n: 'x' } });
    const [first, second] = world.get(id).tasks;
    assert.deepEqual(
      [first?.status, first?.reason],
      ['FAILED', 'the output breaks its schema: output.n must be a number'],
    );
    assert.equal(second?.status, 'SCHEDULED');
    world.tell(id, { type: 'updateTask', task: { n: 2 }, status: 'COMPLETED', output: { n: 2 } });
    assert.equal(world.get(id).status, 'COMPLETED');
  });

  it('an execution whose output breaks its schema has failed, with its output', () => {
    const def = flow([place('a')], { outputSchema: { data: NUMBER_N }, outputParameters: { n: `\${a.output.n}` } });
    const { world, id } = played(def, { n: 1 });
    world.tell(id, { type: 'updateTask', task: { n: 1 }, status: 'COMPLETED', output: { n: 'x' } });
    const { status, reason, output } = world.get(id);
    assert.deepEqual(
      [status, reason, output],
      ['FAILED', 'the output breaks its schema: output.n must be a number', { n: 'x' }],
    );
  });
});

describe('definitions', () => {
  it('carry the schemas that they name', () => {
    const def = flow([], { inputSchema: { name: 'a', version: 0 }, outputSchema: { name: 'b', version: 3 } });
    const find = (name: string, version: number | undefined) => ({ title: `${name} ${version}` });
    const full = withSchemas(def, find);
    assert.deepEqual(full.inputSchema, { name: 'a', version: 0, data: { title: 'a undefined' } });
    assert.deepEqual(full.outputSchema, { name: 'b', version: 3, data: { title: 'b 3' } });
    assert.equal(withSchemas(full, find), full);
    assert.equal(
      withSchemas(def, () => undefined),
      def,
    );
    const held = flow([], { inputSchema: { data: true } });
    assert.equal(withSchemas(held, find), held);
    const { inputSchema, outputSchema } = withSchemas(flow([], { outputSchema: { name: 'b' } }), find);
    assert.deepEqual([inputSchema, outputSchema?.data], [undefined, { title: 'b undefined' }]);
  });

  it('are refused when a schema of theirs could never be checked', () => {
    const problems = (schema: unknown): string => {
      const checked = validateWorkflowDef({ name: 'a', tasks: [place('a')], inputSchema: schema });
      return checked.ok ? 'fine' : checked.errors.map(({ path, message }) => `${path} ${message}`).join('; ');
    };
    assert.equal(problems({ name: 'x', version: 1, type: 'JSON' }), 'fine');
    assert.equal(problems({ data: NUMBER_N }), 'fine');
    assert.match(problems('x'), /^inputSchema must be an object: \{ name, version \}/);
    assert.match(problems({}), /^inputSchema needs the name of a registered schema, or data/);
    assert.match(problems({ name: 'x', type: 'AVRO' }), /^inputSchema\.type must be JSON/);
    assert.match(problems({ data: 1 }), /^inputSchema\.data must be a JSON Schema/);
    assert.match(problems({ data: { type: 'x' } }), /^inputSchema\.data\.type must be one of/);
    const task = validateTaskDef({ name: 'a', outputSchema: { data: 1 }, enforceSchema: 'yes' });
    assert.equal(!task.ok && task.errors.map(({ path }) => path).join(), 'enforceSchema,outputSchema.data');
  });
});
