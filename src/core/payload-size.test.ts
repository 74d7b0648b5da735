// Sizes as JSON: what is counted is what JSON.stringify and UTF-8 make of it; and what becomes of payloads that are too large.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { World } from '../../test/scenarios/driver.ts';
import type { Outcome } from './command.ts';
import type { Json } from './json.ts';
import { MAX_PAYLOAD_BYTES, MAX_VARIABLES_BYTES } from './limits.ts';
import { bytesOf, isLarger } from './payload-size.ts';
import { whyNotBegun } from './transition.ts';

const LARGE = 'x'.repeat(MAX_PAYLOAD_BYTES);

describe('sizes', () => {
  it('are those of the JSON text in UTF-8', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\ud800', 'a\udc00', '"\\\n\u0001', 'ü€😀'),
    );
    const value = fc.letrec<{ json: Json }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('json')),
        fc.dictionary(text, tie('json')),
      ),
    })).json;
    fc.assert(
      fc.property(value, (json) => {
        const size = Buffer.byteLength(JSON.stringify(json));
        assert.equal(bytesOf(json), size);
        assert.deepEqual([isLarger(json, size), isLarger(json, size - 1)], [false, true]);
      }),
    );
  });

  it('of what is nested as deep as anybody wants', () => {
    let deep: Json = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    assert.equal(bytesOf(deep), 200_001);
  });
});

describe('a payload that is too large', () => {
  const flow = (more: object = {}) => ({
    name: 'flow',
    version: 1,
    tasks: [{ name: 'a', taskReferenceName: 'a', type: 'SIMPLE' }],
    ...more,
  });

  it('is no input of a start, with the defaults of the definition', () => {
    const broken = whyNotBegun({ def: flow(), input: { text: LARGE } });
    assert.equal(broken?.tooLarge, true);
    assert.match(broken?.reason ?? '', /^the input is larger than 10485760 bytes/);
    assert.equal(whyNotBegun({ def: flow(), input: { text: LARGE.slice(100) } }), undefined);
    assert.equal(
      whyNotBegun({ def: flow({ inputTemplate: { more: 'y'.repeat(200) } }), input: { text: LARGE.slice(100) } })
        ?.tooLarge,
      true,
    );
  });

  it('as the output of a task fails it for good, with the reason', () => {
    for (const status of ['COMPLETED', 'IN_PROGRESS'] as const) {
      const world = new World().define(flow());
      const id = world.run('flow', {});
      world.tell(id, { type: 'updateTask', task: { n: 1 }, status, output: { text: LARGE } });
      const [task] = world.get(id).tasks;
      assert.deepEqual([task?.status, task?.output], ['FAILED_WITH_TERMINAL_ERROR', {}]);
      assert.match(task?.reason ?? '', /^the output is larger than/);
      assert.equal(world.get(id).status, 'FAILED');
    }
  });

  it('as the input of a task fails it, as the output of an execution that', () => {
    const half = LARGE.slice(MAX_PAYLOAD_BYTES / 2 + 100);
    const twice = { a: `\${workflow.input.text}`, b: `\${workflow.input.text}`, c: `\${workflow.input.text}` };
    const world = new World().define(
      flow({ tasks: [{ ...flow().tasks[0], inputParameters: twice }] }),
      flow({ name: 'out', outputParameters: twice }),
      flow({ name: 'lost', outputParameters: twice }),
    );
    const input = world.get(world.run('flow', { text: half }));
    assert.match(input.tasks[0]?.reason ?? '', /^the input is larger than/);
    assert.deepEqual([input.status, input.tasks[0]?.input], ['FAILED', {}]);
    const out = world.run('out', { text: half });
    world.tell(out, { type: 'updateTask', task: { n: 1 }, status: 'COMPLETED' });
    assert.match(world.get(out).reason ?? '', /^the output is larger than/);
    assert.deepEqual([world.get(out).status, world.get(out).output], ['FAILED', {}]);
    const lost = world.run('lost', { text: half });
    world.tell(lost, { type: 'updateTask', task: { n: 1 }, status: 'FAILED_WITH_TERMINAL_ERROR', reason: 'no' });
    assert.match(world.get(lost).reason ?? '', /reason: 'no'/);
  });

  it('is refused by rerun and skip', () => {
    const world = new World().define(flow());
    const id = world.run('flow', {});
    const code = (outcome: Outcome): string => (outcome.type === 'refused' ? outcome.code : outcome.type);
    for (const side of ['input', 'output'])
      assert.equal(code(world.tell(id, { type: 'skipTask', ref: 'a', [side]: { text: LARGE } })), 'tooLarge');
    world.tell(id, { type: 'terminate' });
    assert.equal(code(world.tell(id, { type: 'rerun', workflowInput: { text: LARGE } })), 'tooLarge');
    assert.equal(world.get(id).status, 'TERMINATED');
  });

  it('counts bytes where variables are limited', () => {
    const world = new World().define(flow());
    const id = world.run('flow', {});
    const variables = { text: 'ü'.repeat(MAX_VARIABLES_BYTES / 2) };
    assert.equal(world.tell(id, { type: 'updateVariables', variables }).type, 'refused');
  });
});
