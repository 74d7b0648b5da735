// Callback URLs: an address for each task that nobody can guess, for senders that can only call what they were given.
// The address is made from the id of the task with a key of the installation, so there is nothing to store or to clean up;
// it ends with the task.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { hasEnded, isTerminal, parseTaskId, type TaskAddress } from '../core/model.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/store.ts';
import { type PayloadSource, payloadOf } from './payload.ts';
import { unpack } from './unpack.ts';
import type { RawRequest } from './verifiers/verifier.ts';

export interface Callbacks {
  /** Completes the task with what was sent. */
  take(token: string, request: RawRequest): Promise<CallbackAnswer>;
}

export interface CallbackAnswer {
  readonly status: 200 | 400 | 404 | 409 | 410 | 413 | 415;
  readonly reason?: string;
}

const UNKNOWN: CallbackAnswer = { status: 404, reason: 'this address is not known' };
const ENDED: CallbackAnswer = { status: 410, reason: 'what waited here has ended' };

const macOf = (key: string, taskId: string): Buffer => createHmac('sha256', key).update(`callback:${taskId}`).digest();

/** Path of the address of a task. */
export const callbackPath = (key: string, taskId: string): string =>
  `/callback/${taskId}.${macOf(key, taskId).toString('base64url')}`;

function taskOf(key: string, token: string): TaskAddress | undefined {
  const dot = token.lastIndexOf('.');
  const taskId = token.slice(0, dot);
  // As text: decoded, several spellings of the last character are the same bytes.
  const mac = Buffer.from(token.slice(dot + 1));
  const own = Buffer.from(macOf(key, taskId).toString('base64url'));
  return mac.length === own.length && timingSafeEqual(mac, own) ? parseTaskId(taskId) : undefined;
}

export function createCallbacks({ store, clock }: { readonly store: Store; readonly clock: Clock }): Callbacks {
  let key: Promise<string> | undefined;
  return {
    async take(token, request) {
      key ??= store.installationKey();
      const address = taskOf(await key, token);
      if (!address) return UNKNOWN;
      const unpacked = await unpack(request);
      if (!unpacked.ok) return { status: unpacked.status, reason: unpacked.reason };
      const source: PayloadSource = { request, unpacked, query: request.query, linkTo: () => '' };
      const payload = await payloadOf(source);
      if (payload.type === 'malformed') return { status: 400, reason: payload.reason };
      const workflow = await store.workflows.get(address.workflowId, { tasks: true });
      const task = workflow?.tasks.find(({ n }) => n === address.n);
      if (!workflow || !task || hasEnded(task) || isTerminal(workflow.status)) return ENDED;
      const command = {
        type: 'updateTask',
        task: { n: address.n },
        status: 'COMPLETED',
        output: payload.value,
      } as const;
      const result = await store.workflows.transition(address.workflowId, command, clock.now());
      if (result.type === 'noWorkflow') return ENDED;
      if (result.outcome.type === 'done') return { status: 200 };
      return result.outcome.type === 'ignored' ? ENDED : { status: 409, reason: result.outcome.reason };
    },
  };
}
