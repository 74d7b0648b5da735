// With every notification switched off, all still moves within two seconds of the clock, by alarms and looks alone.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { PollRequest } from '../../src/store/poll.ts';
import type { Store } from '../../src/store/store.ts';
import { settle } from '../support/fake-clock.ts';
import { at, define, type Open, onEachServer, shortly, start, type TestServer, task } from './test-server.ts';

const LIMIT_MS = 2_000;
const STEP_MS = 50;
/** An alarm that is set less than a look ahead may be seen by the look before it. */
const QUIET_TURNS = 3;

/** A store that tells nobody anything, and whose calls can be waited for. */
function deaf(store: Store): { store: Store; idle: () => Promise<void> } {
  let underWay = 0;
  const counted = async (work: Promise<unknown>): Promise<unknown> => {
    underWay += 1;
    try {
      return await work;
    } finally {
      underWay -= 1;
    }
  };
  const wrap = <T extends object>(inner: T): T =>
    new Proxy(inner, {
      get(target, name) {
        if (name === 'subscribe') return () => () => {};
        const value: unknown = Reflect.get(target, name);
        if (typeof value === 'object' && value !== null) return wrap(value);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          const result: unknown = Reflect.apply(value, target, args);
          // A poll that waits for work is no work.
          const waits = name === 'poll' && (args[0] as PollRequest).waits !== undefined;
          return result instanceof Promise && !waits ? counted(result) : result;
        };
      },
    });
  const idle = async (): Promise<void> => {
    for (let quiet = 0; quiet < QUIET_TURNS; ) {
      await settle();
      await store.idle();
      quiet = underWay === 0 ? quiet + 1 : 0;
    }
  };
  return { store: wrap(store), idle };
}

interface Quiet {
  readonly server: TestServer;
  /** Lets the clock go on until it is so; fails when that takes longer than two seconds. */
  soon(what: string, isSo: () => Promise<boolean>): Promise<void>;
  /** Lets the clock go on, and all that follows happen. */
  advance(ms: number): Promise<void>;
}

/** A server that runs as in production: its loops are started, and nothing else calls them. */
async function openQuiet(open: Open, t: TestContext): Promise<Quiet> {
  let idle = async (): Promise<void> => {};
  const server = await open(t, {
    callOut: async () => {
      const headers = { 'content-type': ['application/json'] };
      return { type: 'response', status: 200, headers, body: new TextEncoder().encode('{"ok":1}'), truncated: false };
    },
    wrapStore(store) {
      const wrapped = deaf(store);
      idle = wrapped.idle;
      return wrapped.store;
    },
  });
  for (const loop of server.loops) loop.start();
  const advance = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await idle();
      await server.clock.advance(Math.min(STEP_MS, ms - passed));
    }
    await idle();
  };
  return {
    server,
    advance,
    async soon(what, isSo) {
      for (let passed = 0; passed <= LIMIT_MS; passed += STEP_MS) {
        if (await isSo()) return;
        await advance(STEP_MS);
      }
      assert.fail(`${what} did not happen within ${LIMIT_MS} ms`);
    },
  };
}

async function workOn(server: TestServer, queue: string): Promise<unknown> {
  const { status, json } = await server.call('GET', `/api/tasks/poll/${queue}?workerid=w`);
  return status === 200 ? at(json, 'taskId') : undefined;
}

const finish = (server: TestServer, taskId: unknown, status = 'COMPLETED') =>
  server.call('POST', '/api/tasks', {
    taskId,
    workflowInstanceId: String(taskId).split('.')[0],
    status,
    outputData: {},
  });

onEachServer('without any notification', (open) => {
  test('our own workers, sub-workflows and event handlers begin', async (t) => {
    const { server, soon } = await openQuiet(open, t);
    await define(server, 'child', [task('work', 'SIMPLE')]);
    await define(server, 'heard', [task('note', 'SIMPLE')]);
    await define(server, 'all', [
      task('call', 'HTTP', { inputParameters: { uri: 'http://shop.example/', method: 'GET' } }),
      task('sub', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'child' } }),
      task('tell', 'EVENT', { sink: 'conductor:told' }),
      task('last', 'SIMPLE'),
    ]);
    const handler = { name: 'hear', event: 'conductor:all:told', active: true };
    const action = { action: 'start_workflow', start_workflow: { name: 'heard' } };
    assert.equal((await server.call('POST', '/api/event', { ...handler, actions: [action] })).status, 200);
    const id = await start(server, 'all');
    await soon('the call', async () => (await shortly(server, id)).includes('call:COMPLETED'));
    let child: unknown;
    await soon('the child', async () => {
      child ??= await workOn(server, 'work');
      return child !== undefined;
    });
    await finish(server, child);
    await soon('the end of the child', async () => (await shortly(server, id)).includes('sub:COMPLETED'));
    await soon('the task behind it', async () => (await workOn(server, 'last')) !== undefined);
    await soon('the handler', async () => (await workOn(server, 'note')) !== undefined);
  });

  test('a poll that waits gets a task that comes later, and one whose delay is over', async (t) => {
    const { server, soon } = await openQuiet(open, t);
    const retry = {
      name: 'work',
      retryCount: 1,
      retryDelaySeconds: 3,
      retryLogic: 'FIXED',
      responseTimeoutSeconds: 60,
    };
    assert.equal((await server.call('POST', '/api/metadata/taskdefs', [retry])).status, 200);
    await define(server, 'flow', [task('work', 'SIMPLE')]);
    const polled = (): (() => unknown) => {
      let taken: unknown;
      void server.call('GET', '/api/tasks/poll/batch/work?workerid=w&timeout=5000').then(({ json }) => {
        taken = at(json, '0.taskId');
      });
      return () => taken;
    };
    const first = polled();
    const id = await start(server, 'flow');
    await soon('the first attempt', async () => first() !== undefined);
    await finish(server, first(), 'FAILED');
    const second = polled();
    await server.clock.advance(3_000);
    await soon('the second attempt', async () => second() !== undefined);
    await finish(server, second());
    await soon('the end', async () => (await shortly(server, id)).startsWith('COMPLETED'));
  });

  test('events end waits, timers ring, deadlines pass', async (t) => {
    const { server, soon, advance } = await openQuiet(open, t);
    const matches = { '$.id': '${workflow.input.id}' };
    const deadline = { name: 'work', timeoutSeconds: 20, timeoutPolicy: 'TIME_OUT_WF', responseTimeoutSeconds: 19 };
    assert.equal((await server.call('POST', '/api/metadata/taskdefs', [deadline])).status, 200);
    await define(server, 'hold', [
      task('early', 'WAIT', { inputParameters: { duration: '5 seconds' } }),
      task('paid', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches } }),
      task('shipped', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches } }),
      task('work', 'SIMPLE'),
    ]);
    const hook = { name: 'hook', verifier: 'NONE', receiverWorkflowNamesToVersions: { hold: 1 } };
    const made = await server.call('POST', '/api/metadata/webhook', hook);
    const path = `/webhook/${String(at(made.json, 'id'))}`;
    const id = await start(server, 'hold', { id: 7 });
    assert.equal((await server.call('POST', path, { id: 7 })).status, 200);
    await advance(5_000);
    await soon('the timer, and the event that came before its wait', async () =>
      (await shortly(server, id)).includes('paid:COMPLETED'),
    );
    assert.equal((await server.call('POST', path, { id: 7 })).status, 200);
    await soon('the event', async () => (await shortly(server, id)).includes('shipped:COMPLETED'));
    assert.ok(await workOn(server, 'work'));
    await advance(19_000);
    await soon('the deadline', async () => (await shortly(server, id)).includes('work:TIMED_OUT'));
  });

  test('who waits for an execution hears of its end', async (t) => {
    const { server, soon } = await openQuiet(open, t);
    await define(server, 'flow', [task('work', 'SIMPLE')]);
    let answer: unknown;
    void server.call('POST', '/api/workflow/execute/flow/1?waitForSeconds=60', {}).then(({ json }) => {
      answer = json;
    });
    let work: unknown;
    await soon('the task', async () => {
      work ??= await workOn(server, 'work');
      return work !== undefined;
    });
    await finish(server, work);
    await soon('the answer', async () => answer !== undefined);
  });
});
