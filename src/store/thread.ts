// Starts the thread that the store lives in, and stops it. Its entry file is given by the server, which knows what
// the rules need from other rooms.

import { Worker } from 'node:worker_threads';
import { connectStore } from './remote.ts';
import type { Store } from './store.ts';

/** Posted by the entry file once its store answers. */
export const READY = 'ready';

/** Resolves when the store is open; rejects with the reason when it cannot be opened. */
export async function startStoreThread(entry: URL, workerData: unknown): Promise<Store> {
  const worker = new Worker(entry, { workerData });
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread of the store ended with code ${code}`)));
  });
  const store = connectStore(worker);
  return new Proxy(store, {
    get: (target, name) => {
      if (name !== 'close') return target[name as keyof Store];
      return async () => {
        await target.close();
        await worker.terminate();
        await exited;
      };
    },
  });
}
