// Masked fields: nobody who looks sees them, and the worker that does the work does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, onEachServer, start, task } from './test-server.ts';

onEachServer('masked fields', (open) => {
  test('are *** in every answer, search and log, and real for the worker', async (t) => {
    const server = await open(t);
    const pin = 'pin-0815-4711';
    await server.call('POST', '/api/metadata/taskdefs', [{ name: 'pay', retryCount: 0, maskedFields: ['token'] }]);
    await define(server, 'flow', [task('pay', 'SIMPLE', { inputParameters: { card: `\${workflow.input.card}` } })], {
      maskedFields: ['pin'],
    });
    const id = await start(server, 'flow', { card: { pin, name: 'Ann' }, _secrets: { key: pin } });
    const polled = (await server.call('GET', '/api/tasks/poll/pay')).json;
    assert.equal(at(polled, 'inputData.card.pin'), pin);
    const taskId = String(at(polled, 'taskId'));
    await server.call('POST', '/api/tasks', {
      taskId,
      workflowInstanceId: id,
      status: 'FAILED_WITH_TERMINAL_ERROR',
      reasonForIncompletion: `the bank said no to ${pin}`,
      outputData: { token: pin, asked: { pin } },
      logs: [{ log: `asked with ${pin}` }],
    });
    await server.settle();
    const answers = [
      `/api/workflow/${id}`,
      `/api/workflow/${id}/status?includeOutput=true&includeVariables=true`,
      `/api/workflow/${id}/tasks`,
      `/api/tasks/${taskId}`,
      `/api/tasks/${taskId}/log`,
      '/api/workflow/search',
      '/api/workflow/search-v2',
      '/api/workflow/flow/correlated/none?includeTasks=true',
    ];
    for (const path of answers) {
      const reply = await server.call('GET', path);
      assert.equal(reply.status, 200, path);
      assert.equal(reply.text.includes(pin), false, path);
    }
    assert.match((await server.call('GET', `/api/tasks/${taskId}/log`)).text, /asked with \*\*\*/);
    const whole = (await server.call('GET', `/api/workflow/${id}`)).json;
    assert.deepEqual(at(whole, 'input'), { card: { pin: '***', name: 'Ann' }, _secrets: { key: '***' } });
    assert.deepEqual(at(whole, 'tasks.0.outputData'), { token: '***', asked: { pin: '***' } });
    assert.equal(
      server.logged.some((line) => JSON.stringify(line).includes(pin)),
      false,
      'the log of the server',
    );
    // Edited as it was shown, and sent back.
    await server.call('POST', `/api/workflow/${id}/rerun`, { workflowInput: { card: { pin: '***', name: 'Bob' } } });
    const again = (await server.call('GET', '/api/tasks/poll/pay')).json;
    assert.deepEqual(at(again, 'inputData.card'), { pin, name: 'Bob' });
  });

  test('stay masked in what an execution causes: failure workflows, events, what handlers start', async (t) => {
    const server = await open(t);
    const pin = 'pin-0815-4711';
    await define(server, 'undo', [task('u', 'SIMPLE')]);
    await define(server, 'heard', [task('h', 'SIMPLE', { inputParameters: { pin: '${workflow.input.given}' } })]);
    await define(
      server,
      'flow',
      [
        task('tell', 'EVENT', { sink: 'conductor:said', inputParameters: { pin: '${workflow.input.pin}' } }),
        task('w', 'WAIT'),
      ],
      { maskedFields: ['pin', 'given'], failureWorkflow: 'undo' },
    );
    await server.call('POST', '/api/event', {
      ...{ name: 'ears', event: 'conductor:flow:said', active: true },
      actions: [{ action: 'start_workflow', start_workflow: { name: 'heard', input: { given: '${pin}' } } }],
    });
    const id = await start(server, 'flow', { pin });
    await server.settle();
    await server.call('DELETE', `/api/workflow/${id}`);
    await server.settle();
    const undone = at((await server.call('GET', `/api/workflow/${id}`)).json, 'output');
    const undo = String((undone as Record<string, unknown>)['conductor.failure_workflow']);
    const found = await server.call('GET', '/api/workflow/search?query=workflowType%3Dheard');
    for (const path of [
      `/api/workflow/${undo}`,
      `/api/workflow/${String(at(found.json, 'results.0.workflowId'))}`,
      '/api/event/message/conductor:flow:said',
      '/api/event/execution/ears',
      '/api/workflow/search',
    ]) {
      const reply = await server.call('GET', path);
      assert.equal(reply.status, 200, path);
      assert.equal(reply.text.includes(pin), false, path);
      assert.ok(reply.text.includes('***'), path);
    }
    assert.equal(at((await server.call('GET', '/api/tasks/poll/h')).json, 'inputData.pin'), pin, 'its worker sees it');
  });
});
