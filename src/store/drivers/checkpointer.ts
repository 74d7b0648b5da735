// Checkpoints of SQLite's log in a small thread of their own, off the commit path: there they cost one commit in forty
// 27 to 42 ms; with this thread the 99th percentile of commits fell from 34 to 6 ms (docs/decisions/0002-store.md).

import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

const EVERY_MS = 100;
/** Pages of the log (4 KB each) from which on it is made to start over. */
const LOG_LIMIT = 32_000;
/** Under steady load a passive checkpoint never meets a moment without new frames: it chases the writer until so few are left … */
const NEAR = 150;
const MAX_CHASE = 20;
/** … and past so many pages the writer itself waits until the log can start over. */
const LOG_CAP = 128_000;

/** Places in the shared memory. */
const STOP = 0;
const HAND_OVER = 1;

const NOTHING = 0;
/** The writer finishes the checkpoint between two commits, so that its next commit starts the log over. */
const FINISH = 1;
const FORCE = 2;

/** `file`: descriptor of the database. */
interface Data {
  readonly fermataCheckpoints: { readonly path: string; readonly file: number; readonly signals: Int32Array };
}

export interface Checkpoints {
  /** Called by the writer between two commits. */
  readonly beforeCycle: (db: DatabaseSync) => void;
  /** Call when the writer has closed the database. */
  readonly stop: () => Promise<void>;
}

export function startCheckpoints(path: string): Checkpoints {
  const signals = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  // Whoever closes any descriptor of a file loses the locks of the whole process on it (POSIX): this one is closed last.
  const file = openSync(path, 'r+');
  const data: Data = { fermataCheckpoints: { path, file, signals } };
  const worker = new Worker(new URL(import.meta.url), { workerData: data });
  const exit = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
    // Without it the log only grows until it is reopened; the writer goes on.
    worker.once('error', () => resolve());
  });
  worker.unref();
  return {
    beforeCycle(db) {
      const wanted = Atomics.exchange(signals, HAND_OVER, NOTHING);
      if (wanted !== NOTHING) db.exec(`pragma wal_checkpoint(${wanted === FORCE ? 'restart' : 'passive'})`);
    },
    async stop() {
      worker.ref();
      Atomics.store(signals, STOP, 1);
      Atomics.notify(signals, STOP);
      await exit;
      closeSync(file);
    },
  };
}

/**
 * Answers the pages in the log, and how many of them are not yet in the database. SQLite makes the database durable only when
 * none is left, which under steady load is when the writer finishes: it would wait 30 to 40 ms for all that was written since.
 */
function checkpoint(db: DatabaseSync, file: number): { log: number; left: number } {
  const row = db.prepare('pragma wal_checkpoint(passive)').get() as { log: number; checkpointed: number };
  fdatasyncSync(file);
  return { log: row.log, left: row.log - row.checkpointed };
}

function run({ path, file, signals }: Data['fermataCheckpoints']): void {
  const db = new DatabaseSync(path, { timeout: EVERY_MS });
  while (Atomics.wait(signals, STOP, 0, EVERY_MS) === 'timed-out') {
    let { log, left } = checkpoint(db, file);
    if (log < LOG_LIMIT) continue;
    for (let i = 0; i < MAX_CHASE && left > NEAR; i++) ({ log, left } = checkpoint(db, file));
    Atomics.store(signals, HAND_OVER, log > LOG_CAP ? FORCE : FINISH);
  }
  db.close();
}

const given = workerData as Partial<Data> | null;
if (!isMainThread && given?.fermataCheckpoints) run(given.fermataCheckpoints);
