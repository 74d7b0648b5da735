// Entry file of the thread that the store lives in: rules, store and sandboxed conditions here, HTTP in the main thread.

import { parentPort, workerData } from 'node:worker_threads';
import { createEvaluator } from './engine/sandbox/evaluator.ts';
import { systemClock } from './lib/clock.ts';
import { createIds } from './lib/ids.ts';
import { fanOut } from './outbound/fan-out.ts';
import { openStore } from './store/open.ts';
import { serveStore } from './store/remote.ts';
import { READY } from './store/thread.ts';

export interface StoreThreadData {
  /** `sqlite:…` or `postgres://…`. */
  readonly url: string;
}

const { url } = workerData as StoreThreadData;
if (!parentPort) throw new Error('store-thread.ts is the entry file of a thread');
const ids = createIds(systemClock.now);
const { evaluate } = await createEvaluator();
const env = { newId: ids.next, random: ids.random, evaluate };
serveStore(parentPort, await openStore({ url, env, fanOut, checkpointThread: true }));
parentPort.postMessage(READY);
