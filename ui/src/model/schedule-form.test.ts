// Schedules: the form keeps what it does not show, writes one or several expressions, and says what is wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkflowSchedule } from '../../../src/http/contract/schedule.ts';
import {
  checkSchedule,
  cronRows,
  emptySchedule,
  findSchedules,
  isSound,
  scheduleRequest,
  scheduleValues,
} from './schedule-form.ts';

const STORED: WorkflowSchedule = {
  name: 'nightly',
  cronExpression: '0 0 2 * * *',
  zoneId: 'Asia/Kathmandu',
  runCatchupScheduleInstances: true,
  scheduleStartTime: 1_000,
  paused: true,
  pausedReason: 'inventory',
  startWorkflowRequest: { name: 'report', version: 2, input: { day: 1 }, createdBy: 'ann', priority: 7 },
  createTime: 1,
  updatedTime: 1,
  createdBy: 'ann',
  updatedBy: 'ann',
  tags: [],
};

test('what was read is written again, without what only the server knows', () => {
  const { createTime: _1, updatedTime: _2, createdBy: _3, updatedBy: _4, tags: _5, ...own } = STORED;
  assert.deepEqual(scheduleRequest(scheduleValues(STORED), STORED), own);
});

test('several expressions stand in a list, one stands alone', () => {
  const values = scheduleValues(STORED);
  const two = scheduleRequest({ ...values, crons: [...values.crons, { cron: ' @daily ', zone: 'UTC' }] });
  assert.equal(two.cronExpression, undefined);
  assert.deepEqual(two.cronSchedules, [
    { cronExpression: '0 0 2 * * *', zoneId: 'Asia/Kathmandu' },
    { cronExpression: '@daily', zoneId: 'UTC' },
  ]);
  assert.deepEqual(cronRows({ cronSchedules: [{ cronExpression: '@hourly' }], zoneId: 'Europe/Rome' }), [
    { cron: '@hourly', zone: 'Europe/Rome' },
  ]);
});

test('a definition given inline belongs to its workflow only', () => {
  const inline = { ...STORED, startWorkflowRequest: { name: 'report', workflowDef: { tasks: [] } } };
  const values = scheduleValues(inline);
  assert.deepEqual(scheduleRequest(values, inline).startWorkflowRequest.workflowDef, { tasks: [] });
  const other = { ...values, run: { ...values.run, name: 'other' } };
  assert.equal('workflowDef' in scheduleRequest(other, inline).startWorkflowRequest, false);
});

test('mistakes', () => {
  const empty = checkSchedule({ ...emptySchedule(), crons: [{ cron: ' ', zone: 'UTC' }], from: 5, to: 4 });
  assert.deepEqual(
    [Object.keys(empty), Object.keys(empty.crons), Object.keys(empty.run)],
    [['name', 'to', 'crons', 'run'], ['0'], ['name']],
  );
  assert.equal(isSound(empty), false);
  assert.equal(isSound(checkSchedule(scheduleValues(STORED))), true);
  assert.match(checkSchedule(scheduleValues(STORED), ['nightly']).name ?? '', /of this name/);
});

test('found by name, workflow or expression', () => {
  const other = { ...STORED, name: 'a', startWorkflowRequest: { name: 'bill' }, cronExpression: '@daily' };
  const found = (text: string) => findSchedules([STORED, other], text).map(({ name }) => name);
  assert.deepEqual(
    [found(''), found('REPORT'), found('@daily'), found('none')],
    [['a', 'nightly'], ['nightly'], ['a'], []],
  );
});
