// What free text finds of an execution, and how a search is taken apart.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { World } from '../../test/scenarios/driver.ts';
import { MAX_WORDS_LENGTH } from './limits.ts';
import type { WorkflowDef } from './model.ts';
import { wantedWords, wordsOf, wordsOfTask } from './words.ts';

const FLOW: WorkflowDef = {
  name: 'Flow',
  version: 1,
  maskedFields: ['pin'],
  tasks: [
    {
      name: 'charge',
      taskReferenceName: 'charge_ref',
      type: 'SIMPLE',
      inputParameters: { id: `\${workflow.input.id}` },
    },
  ],
};

describe('the words of an execution', () => {
  it('are its names, ids, reasons and values, each line once, in small letters', () => {
    const world = new World().define(FLOW);
    const id = world.run(
      'Flow',
      { id: 'A-1', list: [1, { deep: 'Größe' }], pin: '4711', none: null },
      { correlationId: 'C9' },
    );
    world.tell(id, {
      ...{ type: 'updateTask', task: { n: 1 }, status: 'FAILED_WITH_TERMINAL_ERROR' },
      ...{ output: { id: 'A-1', ok: true }, reason: 'Card declined' },
    });
    const lines = wordsOf(world.get(id)).split('\n');
    for (const line of [
      id.toLowerCase(),
      ...['flow', 'c9', 'charge_ref', 'charge', 'card declined', 'id: a-1', 'list: 1', 'deep: größe', 'pin: ***'],
      ...['none: null', 'ok: true'],
    ])
      assert.equal(lines.filter((one) => one === line).length, 1, line);
    assert.equal(
      lines.some((line) => line.includes('4711')),
      false,
    );
    const [task] = world.get(id).tasks;
    assert.ok(task);
    assert.equal(wordsOfTask(world.get(id), task), 'charge_ref\ncharge\ncard declined\nid: a-1\nok: true');
  });

  it('are cut at a length', () => {
    const world = new World().define({ ...FLOW, tasks: [], outputParameters: { x: 'later' } });
    const many = Array.from({ length: 20_000 }, (_, i) => `value ${i}`);
    const id = world.run('Flow', { many });
    assert.equal(wordsOf(world.get(id)).length <= MAX_WORDS_LENGTH, true);
    assert.equal(wordsOf(world.get(id)).includes('later'), false);
  });

  it('a list without names has its values alone', () => {
    const world = new World().define(FLOW);
    const id = world.run('Flow', {});
    const execution = { ...world.get(id), input: ['bare'] as never };
    assert.ok(wordsOf(execution).split('\n').includes('bare'));
  });
});

describe('a search', () => {
  it('wants all of its words, and what is quoted as one', () => {
    assert.deepEqual(wantedWords('  Berlin "Card  Declined" berlin x" '), ['berlin', 'card  declined', 'x']);
    assert.deepEqual(wantedWords('""'), []);
    assert.equal(wantedWords(Array.from({ length: 30 }, (_, i) => `w${i}`).join(' ')).length, 16);
  });
});
