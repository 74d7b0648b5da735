// The SDK's clients for what lies around executions: definitions, tags, schedules, event handlers, secrets, schemas.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { simpleTask } from '@io-orkes/conductor-javascript';
import { withSdk } from './sdk-server.ts';

const tag = { key: 'team', value: 'blue', type: 'METADATA' };
const keyed = (tags: readonly { key?: string; value?: string }[]) => tags.map(({ key, value }) => `${key}=${value}`);

withSdk('definitions and tags', (sdk) => {
  const metadata = () => sdk.clients.getMetadataClient();

  // proves POST /api/metadata/taskdefs, PUT /api/metadata/taskdefs, GET /api/metadata/taskdefs
  // proves GET /api/metadata/taskdefs/{name}, DELETE /api/metadata/taskdefs/{name}
  it('keeps task definitions', async () => {
    await metadata().registerTasks([
      { name: 'a', timeoutSeconds: 0 },
      { name: 'b', timeoutSeconds: 0 },
    ] as never);
    await metadata().updateTask({ name: 'a', timeoutSeconds: 0, description: 'new' } as never);
    assert.equal((await metadata().getTask('a')).description, 'new');
    assert.ok((await metadata().getAllTaskDefs()).length >= 2);
    await metadata().unregisterTask('b');
    await assert.rejects(metadata().getTask('b'), /b/);
  });

  // proves POST /api/metadata/workflow, GET /api/metadata/workflow, GET /api/metadata/workflow/{name}
  // proves DELETE /api/metadata/workflow/{name}/{version}
  it('keeps workflow definitions', async () => {
    await sdk.define('def', [simpleTask('one', 'a', {})]);
    await assert.rejects(
      metadata().registerWorkflowDef(
        { name: 'def', version: 1, tasks: [simpleTask('x', 'a', {})], timeoutSeconds: 0 },
        false,
      ),
      /exists/,
    );
    assert.equal((await metadata().getWorkflowDef('def')).tasks.length, 1);
    assert.ok((await metadata().getAllWorkflowDefs()).some(({ name }) => name === 'def'));
    await metadata().unregisterWorkflow('def', 1);
    await assert.rejects(metadata().getWorkflowDef('def', 1), /def/);
  });

  // proves GET /api/metadata/workflow/{name}/tags, POST /api/metadata/workflow/{name}/tags
  // proves PUT /api/metadata/workflow/{name}/tags, DELETE /api/metadata/workflow/{name}/tags
  // proves GET /api/metadata/task/{name}/tags, POST /api/metadata/task/{name}/tags
  // proves PUT /api/metadata/task/{name}/tags, DELETE /api/metadata/task/{name}/tags
  it('tags definitions', async () => {
    await sdk.define('tagged', [simpleTask('one', 'a', {})]);
    await metadata().addWorkflowTag(tag, 'tagged');
    assert.deepEqual(keyed(await metadata().getWorkflowTags('tagged')), ['team=blue']);
    await metadata().setWorkflowTags([{ ...tag, value: 'red' }], 'tagged');
    assert.deepEqual(keyed(await metadata().getWorkflowTags('tagged')), ['team=red']);
    await metadata().deleteWorkflowTag({ ...tag, value: 'red' }, 'tagged');
    assert.deepEqual(await metadata().getWorkflowTags('tagged'), []);
    await metadata().addTaskTag(tag, 'a');
    await metadata().setTaskTags([tag, { ...tag, key: 'env' }], 'a');
    assert.deepEqual(keyed(await metadata().getTaskTags('a')).sort(), ['env=blue', 'team=blue']);
    await metadata().deleteTaskTag(tag, 'a');
    assert.deepEqual(keyed(await metadata().getTaskTags('a')), ['env=blue']);
  });

  // proves PUT /api/metadata/workflow/{name}/rate-limit, GET /api/metadata/workflow/{name}/rate-limit
  // proves DELETE /api/metadata/workflow/{name}/rate-limit
  it('limits executions of a workflow', async () => {
    await sdk.define('limited', [simpleTask('one', 'a', {})]);
    assert.equal(await metadata().getWorkflowRateLimit('limited'), undefined);
    const limit = { rateLimitKey: 'k', concurrentExecLimit: 2 };
    await metadata().setWorkflowRateLimit(limit, 'limited');
    assert.deepEqual(await metadata().getWorkflowRateLimit('limited'), limit);
    await metadata().removeWorkflowRateLimit('limited');
    assert.equal(await metadata().getWorkflowRateLimit('limited'), undefined);
  });
});

withSdk('schedules, events, secrets, schemas', (sdk) => {
  // proves POST /api/scheduler/schedules, GET /api/scheduler/schedules, GET /api/scheduler/schedules/{name}
  // proves DELETE /api/scheduler/schedules/{name}, GET /api/scheduler/nextFewSchedules
  // proves PUT /api/scheduler/schedules/{name}/pause, PUT /api/scheduler/schedules/{name}/resume
  // proves GET /api/scheduler/search/executions, GET /api/scheduler/admin/pause, GET /api/scheduler/admin/resume
  // proves GET /api/scheduler/schedules/{name}/tags, PUT /api/scheduler/schedules/{name}/tags
  // proves DELETE /api/scheduler/schedules/{name}/tags, GET /api/scheduler/admin/requeue
  it('schedules', async () => {
    const scheduler = sdk.clients.getSchedulerClient();
    await sdk.define('timed', [simpleTask('one', 'a', {})]);
    await scheduler.saveSchedule({
      name: 'nightly',
      cronExpression: '0 0 3 * * *',
      startWorkflowRequest: { name: 'timed', version: 1 },
    });
    assert.equal((await scheduler.getSchedule('nightly')).cronExpression, '0 0 3 * * *');
    assert.deepEqual(
      (await scheduler.getAllSchedules('timed')).map(({ name }) => name),
      ['nightly'],
    );
    await scheduler.pauseSchedule('nightly', 'holiday');
    assert.equal((await scheduler.getSchedule('nightly')).paused, true);
    await scheduler.resumeSchedule('nightly');
    assert.notEqual((await scheduler.getSchedule('nightly')).paused, true);
    const next = await scheduler.getNextFewSchedules('0 0 3 * * *', undefined, undefined, 3);
    assert.equal(next.length, 3);
    assert.equal((await scheduler.search(0, 10)).totalHits, 0);
    await scheduler.setSchedulerTags([tag], 'nightly');
    assert.deepEqual(keyed(await scheduler.getSchedulerTags('nightly')), ['team=blue']);
    await scheduler.deleteSchedulerTags([tag], 'nightly');
    assert.deepEqual(await scheduler.getSchedulerTags('nightly'), []);
    await scheduler.pauseAllSchedules();
    await scheduler.resumeAllSchedules();
    await scheduler.requeueAllExecutionRecords();
    await scheduler.deleteSchedule('nightly');
    await assert.rejects(scheduler.getSchedule('nightly'), /nightly/);
  });

  // proves POST /api/event, PUT /api/event, GET /api/event, GET /api/event/{event}, DELETE /api/event/{name}
  // proves POST /api/event/handleIncomingEvent, GET /api/event/handler/{name}, GET /api/event/{name}/tags
  // proves PUT /api/event/{name}/tags, DELETE /api/event/{name}/tags, GET /api/event/execution
  // proves GET /api/event/execution/{name}, GET /api/event/message, GET /api/event/message/{name}
  // proves GET /api/event/queue/config
  it('event handlers', async () => {
    const events = sdk.clients.getEventClient();
    await sdk.define('handled', [{ name: 'h', taskReferenceName: 'h', type: 'HUMAN' }]);
    const handler = {
      name: 'on_order',
      event: 'conductor:orders',
      active: true,
      actions: [{ action: 'start_workflow' as const, start_workflow: { name: 'handled', correlationId: 'by-event' } }],
    };
    await events.addEventHandler(handler);
    assert.equal((await events.getEventHandlerByName('on_order')).event, 'conductor:orders');
    await events.updateEventHandler({ ...handler, active: true, condition: 'true' });
    assert.equal((await events.getAllEventHandlers()).length, 1);
    assert.equal((await events.getEventHandlersForEvent('conductor:orders', true)).length, 1);
    await events.handleIncomingEvent({ event: 'conductor:orders', total: '5' });
    const executor = sdk.clients.getWorkflowClient();
    const giveUpAt = Date.now() + 15_000;
    const started = async () => (await executor.search(0, 5, 'correlationId = by-event', '*')).totalHits;
    while ((await started()) === 0 && Date.now() < giveUpAt) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await started(), 1);
    await events.putTagForEventHandler('on_order', [tag]);
    assert.deepEqual(keyed(await events.getTagsForEventHandler('on_order')), ['team=blue']);
    await events.deleteTagForEventHandler('on_order', tag);
    assert.deepEqual(await events.getTagsForEventHandler('on_order'), []);
    assert.equal((await events.getEventExecutions('on_order')).length, 1);
    assert.ok(await events.getAllActiveEventHandlers());
    assert.ok(await events.getEventHandlersWithStats());
    assert.equal((await events.getEventMessages('conductor:orders')).length, 1);
    assert.ok(await events.getAllQueueConfigs());
    await events.removeEventHandler('on_order');
    assert.deepEqual(await events.getAllEventHandlers(), []);
  });

  // proves PUT /api/secrets/{name}, POST /api/secrets, GET /api/secrets-v2, GET /api/secrets/{name}/exists
  // proves DELETE /api/secrets/{name}, GET /api/secrets/{name}/tags, PUT /api/secrets/{name}/tags
  // proves DELETE /api/secrets/{name}/tags, GET /api/secrets
  it('secrets, which are never given back', async () => {
    const secrets = sdk.clients.getSecretClient();
    await secrets.putSecret('api_key', 's3cret-value');
    assert.deepEqual(await secrets.listAllSecretNames(), ['api_key']);
    assert.deepEqual(await secrets.listSecretsThatUserCanGrantAccessTo(), ['api_key']);
    assert.equal(await secrets.secretExists('api_key'), true);
    await secrets.setSecretTags([tag], 'api_key');
    assert.deepEqual(keyed(await secrets.getSecretTags('api_key')), ['team=blue']);
    await secrets.deleteSecretTags([tag], 'api_key');
    assert.deepEqual(await secrets.getSecretTags('api_key'), []);
    assert.notEqual(await secrets.getSecret('api_key'), 's3cret-value');
    await secrets.deleteSecret('api_key');
    assert.deepEqual(await secrets.listAllSecretNames(), []);
  });

  // proves POST /api/schema, GET /api/schema, GET /api/schema/{name}, GET /api/schema/{name}/{version}
  // proves DELETE /api/schema/{name}, DELETE /api/schema/{name}/{version}
  it('schemas', async () => {
    const schemas = sdk.clients.getSchemaClient();
    const schema = { name: 'order', version: 1, type: 'JSON' as const, data: { type: 'object', required: ['id'] } };
    await schemas.registerSchema([schema] as never);
    await schemas.registerSchema([{ ...schema, data: { type: 'object' } }] as never, true);
    assert.deepEqual((await schemas.getSchema('order', 1)).data, schema.data);
    assert.equal((await schemas.getSchemaByName('order')).version, 2);
    assert.equal((await schemas.getAllSchemas()).length, 2);
    await schemas.deleteSchema('order', 2);
    assert.equal((await schemas.getSchemaByName('order')).version, 1);
    await schemas.deleteSchemaByName('order');
    assert.deepEqual(await schemas.getAllSchemas(), []);
  });
});
