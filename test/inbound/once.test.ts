// Identical deliveries that come all at once, to several nodes: one event, one execution.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { define, onEach, register, T0, task } from '../store/databases.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { openNode } from './node.ts';

const FLOW = define('flow', [
  task('first', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.order': '${workflow.input.order}' } } }),
  task('second', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.order': '${workflow.input.order}' } } }),
]);
const COUNT = 64;

onEach('identical deliveries', (database, kind) => {
  test('of 64 at once on three nodes one starts an execution, the next ones resume it, once each', async (t) => {
    const db = await database(t);
    const clock = new FakeClock(T0);
    const nodes = await Promise.all([1, 2, 3].slice(0, kind === 'sqlite' ? 1 : 3).map(() => openNode(db, clock)));
    const [{ store, webhooks }] = nodes as [Awaited<ReturnType<typeof openNode>>];
    await register(store, FLOW);
    const made = await webhooks.create(
      {
        name: 'orders',
        verifier: 'NONE',
        dedup: { by: 'id' },
        receiverWorkflowNamesToVersions: { flow: 1 },
        workflowsToStart: { flow: 1, idempotencyKey: '${workflow.input.order}' },
        matching: { startOrResume: true },
      },
      { createdBy: 'tester' },
    );
    assert.ok('id' in made);
    const { id } = made;
    for (const step of ['created', 'paid', 'sent']) {
      const answers = await Promise.all(
        Array.from({ length: COUNT }, (_, i) =>
          nodes[i % nodes.length]?.send(id, { order: 'A1', step }, { 'idempotency-key': [step] }),
        ),
      );
      for (const node of nodes) await node.store.idle();
      const outcomes = answers.map((answer) => answer?.outcome);
      assert.ok(answers.every((answer) => answer?.status === 200));
      assert.equal(outcomes.filter((outcome) => outcome === 'stored').length, 1, step);
      assert.equal(outcomes.filter((outcome) => outcome === 'duplicate').length, COUNT - 1, step);
      await clock.advance(1_000);
    }
    const { total, rows } = await store.workflows.search({
      names: ['flow'],
      sort: { by: 'startedAt', descending: false },
      offset: 0,
      limit: 10,
    });
    assert.equal(total, 1);
    const workflow = await store.workflows.get(rows[0]?.id ?? '', { tasks: true });
    assert.equal(workflow?.status, 'COMPLETED');
    assert.equal(workflow?.input.step, 'created');
    assert.deepEqual(
      workflow?.tasks.map(({ output }) => output.step),
      ['paid', 'sent'],
    );
    assert.equal((await store.events.list({ webhookId: id, limit: 100 })).length, 3);
  });
});
