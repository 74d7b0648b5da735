// The task's own words are found in Conductor's sentence; all other sentences stay.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonText } from './reason-text.ts';

test('the reason of the task, without the sentence around it', () => {
  const wrapped = (reason: string) =>
    `Task 01a2.1 failed with status: FAILED_WITH_TERMINAL_ERROR and reason: '${reason}'`;
  assert.equal(reasonText(wrapped('The shelf is empty')), 'The shelf is empty');
  assert.equal(reasonText(wrapped("It's a 'quoted'\nreason")), "It's a 'quoted'\nreason");
  assert.equal(reasonText(wrapped('')), wrapped(''), 'nothing inside says less than the sentence');
  assert.equal(reasonText('The customer withdrew the order'), 'The customer withdrew the order');
});
