// A store, a sender and receivers for tests of deliveries: real SQLite in memory, real HTTP on loopback, time moved by hand.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { WorkflowDef } from '../../src/core/model.ts';
import { createIds } from '../../src/lib/ids.ts';
import { createLog } from '../../src/lib/log.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { fanOut } from '../../src/outbound/fan-out.ts';
import type { FlowWebhookConfig } from '../../src/outbound/flow-webhook.ts';
import { createSender, type Sender, type SenderSettings } from '../../src/outbound/sender.ts';
import type { Attempt, Delivery } from '../../src/store/delivery.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { loopbackGuard, openClient } from './local-receiver.ts';

export interface Rig {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly sender: Sender;
  /** Another sender on the same store, as after a restart. */
  readonly newSender: () => Sender;
  /** Writes a webhook of a flow. */
  readonly hook: (id: string, config: Partial<FlowWebhookConfig>, flow?: string) => Promise<void>;
  /** Starts an execution that ends at once. */
  readonly run: (input?: JsonObject, flow?: string) => Promise<string>;
  /** Sends until nothing more is due. */
  readonly send: () => Promise<void>;
  readonly deliveries: () => Promise<readonly Delivery[]>;
  readonly attempts: (id: string) => Promise<readonly Attempt[]>;
}

/** Ends as soon as it begins; its output is its input. */
export const instant = (name: string): WorkflowDef => ({
  name,
  version: 1,
  tasks: [{ name: 'v', taskReferenceName: 'v', type: 'SET_VARIABLE', inputParameters: { seen: true } }],
  outputParameters: { echo: '${workflow.input}' },
});

export const defaults: FlowWebhookConfig = {
  name: 'tell',
  url: 'http://127.0.0.1:1/',
  method: 'POST',
  headers: {},
  body: '{"job":"$jobId","status":"$jobStatus"}',
  triggerEvent: 'either',
  triggerObject: 'any',
  signatures: ['flow'],
  validateSsl: true,
  retryOnFailure: true,
};

export async function rig(t: TestContext, settings: Partial<SenderSettings> = {}): Promise<Rig> {
  const clock = new FakeClock();
  const ids = createIds(clock.now);
  const store = await openStore({
    url: 'sqlite::memory:',
    env: { newId: ids.next, random: ids.random, evaluate: () => ({ ok: false, reason: 'no scripts here' }) },
    fanOut,
  });
  const client = openClient(t);
  const senders: Sender[] = [];
  const newSender = (): Sender => {
    const sender = createSender({
      ...{ store, client, guard: loopbackGuard, clock, ids, settings },
      log: createLog('silent'),
      metrics: createMetrics({ process: false }),
    });
    senders.push(sender);
    return sender;
  };
  t.after(async () => {
    await Promise.all(senders.map((sender) => sender.stop()));
    await store.close();
  });
  const sender = newSender();
  const define = (name: string) => store.definitions.putWorkflow(instant(name), { overwrite: true, now: clock.now() });
  await define('w');

  return {
    ...{ store, clock, sender, newSender },
    async hook(id, config, flow = 'w') {
      if (flow !== 'w') await define(flow);
      const now = clock.now();
      const row = await store.flows.get(flow);
      const before = await store.flows.webhook(id);
      const put = {
        ...{ id, flow, enabled: true, rev: (before?.rev ?? 0) + 1, createdBy: 'ann', createdAt: now, updatedAt: now },
        config: JSON.parse(JSON.stringify({ ...defaults, ...config })) as JsonObject,
      };
      const next = { name: flow, owner: 'ann', rev: (row?.rev ?? 0) + 1, createdAt: now, updatedAt: now };
      assert.equal(await store.flows.change(next, row?.rev ?? 0, { put: [put] }), true);
    },
    async run(input = {}, flow = 'w') {
      const started = await store.workflows.start({ id: ids.next(), name: flow, input, now: clock.now() });
      assert.equal(started.type, 'started');
      return 'id' in started ? started.id : '';
    },
    async send() {
      for (let goesOn = true; goesOn; ) {
        const wish = await sender.runOnce();
        goesOn = (await sender.settled()) > 0 || wish === 0;
      }
    },
    deliveries: async () => (await store.deliveries.search({ offset: 0, limit: 1_000 })).rows.toReversed(),
    attempts: (id) => store.deliveries.attempts(id),
  };
}
