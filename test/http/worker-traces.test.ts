// Log lines of tasks and last polls over HTTP on both databases (contract 5.1, 5.10).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, onEachServer, start, type TestServer, task } from './test-server.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

const logOf = async (server: TestServer, id: string): Promise<unknown> => {
  const { status, json } = await server.call('GET', `/api/tasks/${id}/log`);
  assert.equal(status, 200);
  return (json as { log: string }[]).map(({ log }) => log);
};

onEachServer('traces of workers', (open) => {
  test('lines come bare, as JSON text and with a result, and keep their order', async (t) => {
    const server = await open(t);
    await define(server, 'w', [task('work', 'SIMPLE')]);
    const workflowId = await start(server, 'w');
    const polled = await server.call('GET', '/api/tasks/poll/work?workerid=me');
    const id = String(at(polled.json, 'taskId'));
    const post = (body: string, headers = {}) => server.call('POST', `/api/tasks/${id}/log`, body, headers);
    assert.equal((await post('bare "text"')).status, 200);
    await post('"with \\"quotes\\""', JSON_TYPE);
    await post('not JSON', JSON_TYPE);
    await post('12', JSON_TYPE);
    const logs = [{ log: 'first', taskId: id, createdTime: 1_700_000_000_001 }, { log: 'second' }, {}];
    await server.call('POST', '/api/tasks', {
      taskId: id,
      workflowInstanceId: workflowId,
      status: 'IN_PROGRESS',
      logs,
    });
    assert.deepEqual(await logOf(server, id), ['bare "text"', 'with "quotes"', 'not JSON', '12', 'first', 'second']);
    const { json } = await server.call('GET', `/api/tasks/${id}/log`);
    assert.deepEqual(at(json, '4'), { log: 'first', taskId: id, createdTime: 1_700_000_000_001 });
    await server.call('DELETE', `/api/workflow/${workflowId}/remove`);
    assert.equal((await server.call('GET', `/api/tasks/${id}/log`)).status, 404);
  });

  test('the lines of a result are there before the task has ended: a crash in between loses none', async (t) => {
    const found: unknown[] = [];
    const server = await open(t, {
      wrapStore: (store) => ({
        ...store,
        workflows: {
          ...store.workflows,
          transition: async (workflowId, command, now) => {
            if (command.type === 'updateTask') found.push(...(await store.logs.list(workflowId, 1, 10)));
            return store.workflows.transition(workflowId, command, now);
          },
        },
      }),
    });
    await define(server, 'w', [task('work', 'SIMPLE')]);
    const workflowInstanceId = await start(server, 'w');
    const taskId = `${workflowInstanceId}.1`;
    const report = { taskId, workflowInstanceId, status: 'COMPLETED', logs: [{ log: 'last words' }] };
    await server.call('POST', '/api/tasks', report);
    assert.equal(at(found, '0.text'), 'last words');
    const unknown = { ...report, taskId: `${workflowInstanceId}.9` };
    assert.equal((await server.call('POST', '/api/tasks', unknown)).status, 404);
  });

  test('a task without a log has an empty one; an unknown task has none', async (t) => {
    const server = await open(t);
    await define(server, 'w', [task('hold', 'WAIT')]);
    const id = `${await start(server, 'w')}.1`;
    assert.deepEqual(await logOf(server, id), []);
    assert.equal((await server.call('POST', '/api/tasks/nobody/log', 'text')).status, 404);
    assert.equal((await server.call('GET', '/api/tasks/nobody/log')).status, 404);
  });

  test('the last poll of each queue and domain is known at once, and is written', async (t) => {
    const server = await open(t);
    await server.call('GET', '/api/tasks/poll/a?workerid=w1');
    await server.call('GET', '/api/tasks/poll/batch/a?workerid=w2&domain=d&timeout=0');
    await server.call('GET', '/api/tasks/poll/b?workerid=w3');
    const at0 = server.clock.now();
    const polls = async (path: string) => (await server.call('GET', `/api/tasks/queue/polldata${path}`)).json;
    const [a, ad, b] = [
      { queueName: 'a', workerId: 'w1', lastPollTime: at0 },
      { queueName: 'a', domain: 'd', workerId: 'w2', lastPollTime: at0 },
      { queueName: 'b', workerId: 'w3', lastPollTime: at0 },
    ];
    assert.deepEqual(await polls('?taskType=a'), [a, ad]);
    assert.deepEqual(await server.store.lastPolls.list(), []);
    await server.settle();
    assert.equal((await server.store.lastPolls.list()).length, 3);
    assert.deepEqual(await polls('/all'), [a, ad, b]);
    await server.clock.advance(10);
    await server.call('GET', '/api/tasks/poll/a?workerid=w9');
    assert.equal(at(await polls('?taskType=a'), '0.workerId'), 'w9');
  });

  test('queues tell their size in both shapes, and requeue what there is', async (t) => {
    const server = await open(t);
    await define(server, 'w', [task('work', 'SIMPLE')]);
    for (let i = 0; i < 3; i += 1) await start(server, 'w');
    const { json } = await server.call('GET', '/api/tasks/queue/all/verbose');
    assert.deepEqual(json, { work: { main: { size: 3, uacked: 0 } } });
    assert.equal((await server.call('POST', '/api/tasks/queue/requeue/work')).text, '3');
    assert.equal((await server.call('POST', '/api/tasks/queue/requeue/other')).text, '0');
  });
});
