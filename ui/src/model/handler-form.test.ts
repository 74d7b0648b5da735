// Event handlers: what was read is written again, emptied fields are left out, and missing ones are named.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventHandler } from '../../../src/http/contract/event-handler.ts';
import {
  checkHandler,
  EMPTY_HANDLER,
  findHandlers,
  handlerConfig,
  handlerValues,
  newAction,
  withDetail,
} from './handler-form.ts';

const STORED: EventHandler = {
  name: 'on paid',
  event: 'shop:paid',
  condition: '$.amount > 3',
  evaluatorType: 'graaljs',
  active: true,
  description: 'ships what is paid',
  tags: [{ key: 'team', value: 'a' }],
  actions: [
    { action: 'start_workflow', start_workflow: { name: 'ship', input: { id: '${id}' } }, expandInlineJSON: true },
    { action: 'terminate_workflow', terminate_workflow: { workflowId: '${w}' } },
  ],
};

test('what was read is written again', () => {
  assert.deepEqual(handlerConfig(handlerValues(STORED), STORED), STORED);
  assert.deepEqual(checkHandler(handlerValues(STORED)), {});
});

test('without a condition there is no evaluator', () => {
  const saved = handlerConfig({ ...handlerValues(STORED), condition: ' ' }, STORED);
  assert.equal('condition' in saved || 'evaluatorType' in saved, false);
});

test('an emptied field is left out', () => {
  const row = withDetail(newAction('fail_task'), 'taskId', 'x.1');
  assert.deepEqual([row.details, withDetail(row, 'taskId', '').details], [{ taskId: 'x.1' }, {}]);
});

test('what is missing is named', () => {
  assert.deepEqual(Object.keys(checkHandler(EMPTY_HANDLER)), ['name', 'event', 'actions.0.name']);
  const actions = [withDetail(newAction('complete_task'), 'workflowId', 'w'), newAction('update_workflow_variables')];
  const errors = checkHandler({ ...EMPTY_HANDLER, name: 'a', event: 'b', actions });
  assert.deepEqual(Object.keys(errors), ['actions.0.taskRefName', 'actions.1.workflowId', 'actions.1.variables']);
  assert.deepEqual(Object.keys(checkHandler({ ...EMPTY_HANDLER, name: 'a', event: 'b', actions: [] })), ['actions']);
});

test('found by name, event or description', () => {
  const other = { ...STORED, name: 'a', event: 'e', description: undefined };
  assert.deepEqual(
    findHandlers([STORED, other], '').map(({ name }) => name),
    ['a', 'on paid'],
  );
  assert.deepEqual(
    findHandlers([STORED, other], 'SHIPS').map(({ name }) => name),
    ['on paid'],
  );
});
