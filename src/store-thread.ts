// Entry file of the thread that the store lives in: rules, store and sandboxed conditions here, HTTP in the main thread.

import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { createEvaluator } from './engine/sandbox/evaluator.ts';
import { callbackPath } from './inbound/callback.ts';
import { systemClock } from './lib/clock.ts';
import { createIds } from './lib/ids.ts';
import { fanOut } from './outbound/fan-out.ts';
import { openStore } from './store/open.ts';
import { serveStore } from './store/remote.ts';
import { READY } from './store/thread.ts';

export interface StoreThreadData {
  /** `sqlite:…` or `postgres://…`. */
  readonly url: string;
  /** Where senders reach this server, without a slash at the end: callback URLs begin with it. */
  readonly publicUrl: string;
}

const { url, publicUrl } = workerData as StoreThreadData;
if (!parentPort) throw new Error('this file is the entry of a thread');
const ids = createIds(systemClock.now);
const { evaluate } = await createEvaluator();
let key = '';
const callbackUrl = (taskId: string): string => publicUrl + callbackPath(key, taskId);
const env = { newId: ids.next, random: ids.random, evaluate, callbackUrl };
const store = await openStore({ url, env, fanOut, checkpointThread: true });
key = await store.installationKey();
serveStore(parentPort, store);
parentPort.postMessage(READY);
flushCompileCache();
