// What is said between a thread that needs a script run and the thread that runs it. Values travel as JSON text.

import type { MessagePort } from 'node:worker_threads';
import type { Json } from '../../core/json.ts';
import type { Reply } from './script-engine.ts';

export interface ScriptJob {
  readonly kind: 'script';
  readonly script: string;
  readonly input: string;
  /** Computing time, not time on the wall. */
  readonly deadlineMs: number;
}

export interface JqJob {
  readonly kind: 'jq';
  readonly program: string;
  readonly input: string;
}

/** An execution to be tried out; `order` is the JSON text of a MockOrder. */
export interface MockJob {
  readonly kind: 'mock';
  readonly order: string;
}

/** Said when the engines are loaded and the job is about to run: from then on its deadline counts. */
export const BEGAN = 'began';

export interface Answer {
  readonly reply: Reply;
  /** The thread must be replaced. */
  readonly spent: boolean;
}

/** Handed to the evaluator's thread, which its caller waits for without giving up its turn: so they wake each other by signals. */
export interface EvaluatorData {
  readonly signals: Int32Array;
  readonly port: MessagePort;
}

/** Places in the signals: how many jobs were asked for, how many were answered, whether the thread can be asked (1). */
export const ASKED = 0;
export const ANSWERED = 1;
export const READY = 2;
export const SIGNALS = 3;

/** undefined: the value nests deeper than the stack is, which only a hostile payload does. */
export function jsonText(value: Json): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

export const TOO_DEEP = 'its input nests too deep';
