// Runs short conditions (SWITCH, DO_WHILE) inside a decision: the caller waits for the answer, but never longer than a limit.
// The script runs in a thread of its own, because some loops inside QuickJS's built-in functions cannot be interrupted
// (`indexOf` on a made-up length, `forEach` on a sparse list, text search); such a thread is ended and replaced.

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { ScriptResult } from '../../core/decision.ts';
import type { Json } from '../../core/json.ts';
import {
  ANSWERED,
  type Answer,
  ASKED,
  type EvaluatorData,
  jsonText,
  READY,
  type ScriptJob,
  SIGNALS,
  TOO_DEEP,
} from './channel.ts';
import { END_GRACE_MS, MAX_HEAP_MB, MAX_THREAD_START_MS } from './limits.ts';

export interface Evaluator {
  /**
   * Runs a script with `bindings` as its `$` and waits for its value. `deadlineMs` is computing time.
   * What cannot be JSON is null; a script that throws, takes too long or too much memory is refused with the reason.
   */
  readonly evaluate: (script: string, bindings: Json, deadlineMs: number) => ScriptResult;
  readonly close: () => Promise<void>;
}

interface Helper {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly signals: Int32Array;
  asked: number;
}

/** Rejects when the thread cannot start at all, which is a broken installation. */
export async function createEvaluator(): Promise<Evaluator> {
  let closed = false;
  let helper = startHelper();
  await new Promise((resolve, reject) => helper.worker.once('message', resolve).once('error', reject));
  helper.worker.unref();
  const replace = (): void => {
    void helper.worker.terminate();
    helper = startHelper();
    helper.worker.unref();
  };
  return {
    evaluate: (script, bindings, deadlineMs) => {
      if (closed) return { ok: false, reason: 'the sandbox is closed' };
      const input = jsonText(bindings);
      if (input === undefined) return { ok: false, reason: TOO_DEEP };
      const answer = ask(helper, { kind: 'script', script, input, deadlineMs });
      if (!answer || answer.spent) replace();
      if (!answer) return { ok: false, reason: `the script did not end within ${deadlineMs} ms` };
      return answer.reply.ok ? { ok: true, value: JSON.parse(answer.reply.json) } : answer.reply;
    },
    close: async () => {
      closed = true;
      await helper.worker.terminate();
    },
  };
}

function startHelper(): Helper {
  const signals = new Int32Array(new SharedArrayBuffer(SIGNALS * Int32Array.BYTES_PER_ELEMENT));
  const { port1, port2 } = new MessageChannel();
  const data: EvaluatorData = { signals, port: port2 };
  const worker = new Worker(new URL('./evaluator-worker.ts', import.meta.url), {
    workerData: data,
    transferList: [port2],
    env: {},
    // The machine writes a line when it breaks; the reason travels in the answer.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  // A thread that dies does not answer, and is replaced for that.
  worker.on('error', () => {});
  return { worker, port: port1, signals, asked: 0 };
}

/** undefined: no answer in time, or the thread is dead. */
function ask(helper: Helper, job: ScriptJob): Answer | undefined {
  const { port, signals } = helper;
  Atomics.wait(signals, READY, 0, MAX_THREAD_START_MS);
  const answered = helper.asked;
  helper.asked += 1;
  port.postMessage(job);
  Atomics.store(signals, ASKED, helper.asked);
  Atomics.notify(signals, ASKED);
  Atomics.wait(signals, ANSWERED, answered, job.deadlineMs + END_GRACE_MS);
  return receiveMessageOnPort(port)?.message as Answer | undefined;
}
