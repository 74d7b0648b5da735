// The sample is a definition that can run, and the checklist knows how far one has come.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionProblems } from './definition-problems.ts';
import { firstRun, isFresh, SAMPLE_DEFINITION, SAMPLE_EVENT, sampleWebhook } from './first-run.ts';
import { countMatches } from './match-preview.ts';
import { checkWebhook, webhookValues } from './webhook-form.ts';

test('the sample is valid, and its event fits', () => {
  assert.deepEqual(definitionProblems(SAMPLE_DEFINITION), []);
  const webhook = sampleWebhook('secret');
  assert.deepEqual(checkWebhook(webhookValues(webhook), webhook), {});
  assert.equal(countMatches(SAMPLE_DEFINITION.tasks[0]?.inputParameters ?? {}, [JSON.parse(SAMPLE_EVENT)]), 1);
});

test('how far one has come', () => {
  const webhook = { ...sampleWebhook('s'), id: 'w' };
  const row = (status: 'RUNNING' | 'COMPLETED') => ({ workflowId: 'x', workflowType: 'hello_webhook', status });
  assert.deepEqual(firstRun([], [], []), { loaded: false, webhook: undefined, execution: undefined, completed: false });
  assert.equal(firstRun([SAMPLE_DEFINITION], [webhook], []).loaded, true);
  assert.equal(firstRun([SAMPLE_DEFINITION], [webhook], [row('RUNNING')]).completed, false);
  assert.equal(firstRun([SAMPLE_DEFINITION], [webhook], [row('COMPLETED')]).completed, true);
});

test('first steps are for those who ran nothing of their own yet', () => {
  assert.ok(isFresh([]) && isFresh([{ workflowType: 'hello_webhook' }]));
  assert.ok(!isFresh([{ workflowType: 'hello_webhook' }, { workflowType: 'order' }]));
});
