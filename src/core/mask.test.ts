// What is masked, where, and what is left as it is.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { World } from '../../test/scenarios/driver.ts';
import type { JsonObject } from './json.ts';
import { maskedNames, shownTask, shownText, shownWorkflow, unmasked } from './mask.ts';
import type { WorkflowDef, WorkflowTask } from './model.ts';

const place = (ref: string, more: Partial<WorkflowTask> = {}): WorkflowTask => ({
  name: ref,
  taskReferenceName: ref,
  type: 'SIMPLE',
  inputParameters: { all: `\${workflow.input}` },
  ...more,
});

function played(input: JsonObject, more: Partial<WorkflowDef> = {}, tasks: readonly WorkflowTask[] = [place('a')]) {
  const world = new World().define({ name: 'flow', version: 1, tasks, ...more });
  const id = world.run('flow', input);
  return { world, id, get: () => world.get(id) };
}

describe('masked fields', () => {
  it('are masked at any depth, of inputs, outputs and variables, and the rest stays', () => {
    const variables = { ssn: [1, 2] };
    const { world, id, get } = played(
      { ssn: '123-45', list: [{ ssn: 5, n: 1 }, 2], plain: { n: 1 } },
      { maskedFields: ['ssn'], variables },
    );
    world.tell(id, {
      type: 'updateTask',
      task: { n: 1 },
      status: 'COMPLETED',
      output: { deep: { ssn: null }, n: [1] },
    });
    const before = get();
    const shown = shownWorkflow(before);
    assert.deepEqual(shown.input, { ssn: '***', list: [{ ssn: '***', n: 1 }, 2], plain: { n: 1 } });
    assert.equal(shown.input.plain, before.input.plain);
    assert.deepEqual(shown.variables, { ssn: '***' });
    assert.deepEqual(shown.output, { deep: { ssn: '***' }, n: [1] });
    assert.deepEqual(shown.tasks[0]?.input.all, shown.input);
    assert.equal(before.input.ssn, '123-45', 'the execution itself is left as it is');
  });

  it('may be named by the end of a way', () => {
    const { get } = played({ card: { n: 1 }, n: 2, a: { card: { n: 3 } } }, { maskedFields: ['card.n', 7] });
    assert.deepEqual(shownWorkflow(get()).input, { card: { n: '***' }, n: 2, a: { card: { n: '***' } } });
  });

  it('are named by task definitions and by places made at run time as well', () => {
    const rules = { name: 'a', maskedFields: ['pin'] };
    const byTask = played({ pin: 1 }, {}, [place('a', { taskDefinition: rules })]);
    assert.deepEqual(shownWorkflow(byTask.get()).input, { pin: '***' });
    const task = byTask.get().tasks[0];
    assert.ok(task);
    const made = { ...task, def: place('b', { maskedFields: ['all'] }) };
    assert.deepEqual(shownTask(byTask.get(), made).input, { all: '***' });
  });

  it('lie under _secrets and _masked without being named, each member by itself', () => {
    const { get } = played({ _secrets: { a: { b: 1 }, c: 2 }, x: { _masked: 'text' }, y: { _masked: [1] } });
    assert.deepEqual(shownWorkflow(get()).input, {
      _secrets: { a: '***', c: '***' },
      x: { _masked: '***' },
      y: { _masked: '***' },
    });
  });

  it('are blotted out of reasons and texts, the longest first; short ones stay', () => {
    const { world, id, get } = played(
      { pin: '4711', long: 'x4711x', tiny: 'at', n: 12_345, o: { deep: ['dddd', true] } },
      {
        maskedFields: ['pin', 'long', 'tiny', 'n', 'o'],
      },
    );
    const reason = 'pin 4711 at x4711x or 12345 or dddd';
    world.tell(id, { type: 'updateTask', task: { n: 1 }, status: 'FAILED_WITH_TERMINAL_ERROR', reason });
    const shown = shownWorkflow(get());
    assert.equal(shown.tasks[0]?.reason, 'pin *** at *** or *** or ***');
    assert.match(shown.reason ?? '', /reason: 'pin \*\*\* at \*\*\* or \*\*\* or \*\*\*'/);
    const { tasks: _, ...head } = get();
    assert.equal(shownText(head, reason), 'pin *** at *** or *** or ***');
    assert.match(shownWorkflow(head).reason ?? '', /pin \*\*\*/);
    const task = get().tasks[0];
    assert.ok(task);
    assert.equal(shownTask(get(), task).reason, 'pin *** at *** or *** or ***');
  });

  it('nothing is copied where nothing is masked', () => {
    const { get } = played({ a: [1, { b: 2 }] });
    const before = get();
    const shown = shownWorkflow(before);
    assert.equal(shown.input, before.input);
    assert.equal(shown.tasks[0], before.tasks[0]);
  });
});

describe('what an execution gives to others', () => {
  it('is masked there as well: sub-workflows, failure workflows, events', () => {
    const world = new World()
      .define({ name: 'inner', version: 1, tasks: [place('in')], maskedFields: ['own'] })
      .define({ name: 'undo', version: 1, tasks: [place('u')] })
      .define({
        ...{ name: 'outer', version: 1, maskedFields: ['pin'], failureWorkflow: 'undo' },
        tasks: [
          { ...place('tell'), type: 'EVENT', sink: 'conductor:said' },
          { ...place('sub'), type: 'SUB_WORKFLOW', subWorkflowParam: { name: 'inner' } },
        ],
      });
    const id = world.run('outer', { pin: 4711, own: 5 });
    const child = world.get(String(world.get(id).tasks[1]?.subWorkflowId));
    assert.deepEqual(child.masked, ['pin']);
    assert.deepEqual(shownWorkflow(child).input, { all: { pin: '***', own: '***' } });
    assert.deepEqual(maskedNames(child), ['own', 'pin']);
    world.tell(id, { type: 'terminate' });
    const undo = world.get(String(world.get(id).output['conductor.failure_workflow']));
    const shown = shownWorkflow(undo).input as { pin: unknown; failedWorkflow: { input: unknown } };
    assert.deepEqual([shown.pin, shown.failedWorkflow.input], ['***', { pin: '***', own: 5 }]);
    assert.equal(undo.input.pin, 4711, 'the rules see what is there');
    const said = world.events.find(({ name }) => name === 'conductor:outer:said');
    assert.deepEqual(said?.masked, ['pin']);
  });
});

describe('a shown input that comes back', () => {
  it('means what was there before, where it was masked', () => {
    const before = { pin: 1, o: { pin: 2, n: 3 }, list: ['***'] };
    assert.deepEqual(unmasked({ pin: '***', o: { pin: '***', n: 4 }, list: ['a'], new: '***' }, before), {
      pin: 1,
      o: { pin: 2, n: 4 },
      list: ['a'],
      new: '***',
    });
  });

  it('is taken by a rerun, of the whole or of a task', () => {
    const { world, id, get } = played({ pin: 1, n: 1 }, { maskedFields: ['pin'] });
    world.tell(id, { type: 'terminate' });
    world.tell(id, { type: 'rerun', workflowInput: { pin: '***', n: 2 } });
    assert.deepEqual(get().input, { pin: 1, n: 2 });
    world.tell(id, { type: 'terminate' });
    const n = get().tasks.at(-1)?.n as number;
    world.tell(id, { type: 'rerun', fromN: n, taskInput: { all: { pin: '***' } } });
    assert.deepEqual(get().tasks.at(-1)?.input, { all: { pin: 1 } });
  });
});
