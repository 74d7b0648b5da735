// Conductor's official JavaScript SDK against a whole server, as a user writes it: definitions, workers, the executor.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { OrkesClients, TaskManager } from '@io-orkes/conductor-javascript';
import { freePort, type ServerProcess, startServer } from '../../bench/server-process.ts';

const DEADLINE_MS = 20_000;

describe('the official JavaScript SDK', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-sdk-'));
  let server: ServerProcess;
  let clients: OrkesClients;

  before(async () => {
    server = await startServer({ databaseUrl: `sqlite:${join(folder, 'sdk.db')}`, port: await freePort() });
    clients = await OrkesClients.from({ serverUrl: `${server.url}/api` });
  });
  after(async () => {
    await server.kill();
    rmSync(folder, { recursive: true });
  });

  /** Looks again until the execution has the status that a test waits for. */
  async function ended(id: string, status: string) {
    const giveUpAt = Date.now() + DEADLINE_MS;
    for (;;) {
      const execution = await clients.getWorkflowClient().getExecution(id);
      if (execution.status === status || Date.now() > giveUpAt) return execution;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('registers definitions and reads them back', async () => {
    const metadata = clients.getMetadataClient();
    await metadata.registerTask({ name: 'sdk_double', retryCount: 1, retryDelaySeconds: 0, timeoutSeconds: 0 });
    assert.equal((await metadata.getTask('sdk_double')).name, 'sdk_double');
    await clients.getWorkflowClient().registerWorkflow(true, {
      name: 'sdk_flow',
      version: 1,
      tasks: [
        {
          name: 'sdk_double',
          taskReferenceName: 'double',
          type: 'SIMPLE',
          inputParameters: { n: `\${workflow.input.n}` },
        },
      ],
      outputParameters: { doubled: `\${double.output.n}` },
      timeoutSeconds: 0,
    });
    assert.equal((await metadata.getWorkflowDef('sdk_flow', 1)).tasks.length, 1);
  });

  it('does tasks with its workers, a failed attempt included', async () => {
    let attempts = 0;
    const execute = async (task: { inputData?: Record<string, unknown> }) => {
      attempts += 1;
      if (attempts === 1) throw new Error('not yet');
      return { status: 'COMPLETED' as const, outputData: { n: Number(task.inputData?.n) * 2 } };
    };
    const workers = new TaskManager(clients.getClient(), [{ taskDefName: 'sdk_double', execute, pollInterval: 20 }]);
    workers.startPolling();
    try {
      const id = await clients.getWorkflowClient().startWorkflow({ name: 'sdk_flow', version: 1, input: { n: 21 } });
      const execution = await ended(id, 'COMPLETED');
      assert.deepEqual(execution.output, { doubled: 42 });
      assert.equal(attempts, 2);
      assert.equal(execution.tasks?.length, 2);
    } finally {
      await workers.stopPolling();
    }
  });

  it('pauses, resumes, terminates and restarts an execution, and finds it', async () => {
    const executor = clients.getWorkflowClient();
    await executor.registerWorkflow(true, {
      name: 'sdk_hold',
      version: 1,
      tasks: [{ name: 'hold', taskReferenceName: 'hold', type: 'WAIT' }],
      timeoutSeconds: 0,
    });
    const id = await executor.startWorkflow({ name: 'sdk_hold', version: 1, input: {}, correlationId: 'sdk-1' });
    await executor.pause(id);
    assert.equal((await executor.getExecution(id)).status, 'PAUSED');
    await executor.resume(id);
    await executor.terminate(id, 'enough');
    const terminated = await executor.getExecution(id);
    assert.deepEqual([terminated.status, terminated.reasonForIncompletion], ['TERMINATED', 'enough']);
    await executor.restart(id, false);
    assert.equal((await executor.getExecution(id)).status, 'RUNNING');
    const found = await executor.search(0, 10, 'correlationId = sdk-1', '*', 'startTime:DESC');
    assert.deepEqual(
      found.results?.map(({ workflowId }) => workflowId),
      [id],
    );
  });

  it('registers schemas, reads them by name and version, and deletes them', async () => {
    const schemas = clients.getSchemaClient();
    const data = { type: 'object', required: ['id'] };
    await schemas.registerSchema([{ name: 'sdk_order', version: 1, type: 'JSON', data }]);
    await schemas.registerSchema([{ name: 'sdk_order', version: 1, type: 'JSON', data: {} }], true);
    assert.deepEqual((await schemas.getSchema('sdk_order', 1)).data, data);
    assert.equal((await schemas.getSchemaByName('sdk_order')).version, 2);
    assert.equal((await schemas.getAllSchemas()).length, 2);
    await schemas.deleteSchema('sdk_order', 2);
    assert.equal((await schemas.getSchemaByName('sdk_order')).version, 1);
    await schemas.deleteSchemaByName('sdk_order');
    await assert.rejects(schemas.getSchemaByName('sdk_order'));
  });
});
