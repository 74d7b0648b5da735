// The task types, by Conductor's names: the table of contents of what this engine can do.

import type { TaskType } from '../draft.ts';
import { BUILT_IN_WORKER_TYPES } from '../queue.ts';
import { doWhile } from './do-while.ts';
import { dynamicFork } from './dynamic-fork.ts';
import { event } from './event.ts';
import { exclusiveJoin } from './exclusive-join.ts';
import { fork } from './fork.ts';
import { join } from './join.ts';
import { noop, respond, setVariable } from './set-variable.ts';
import { startWorkflow, subWorkflow } from './sub-workflow.ts';
import { decision, switchTask } from './switch.ts';
import { terminate } from './terminate.ts';
import { hold, wait } from './wait.ts';
import { waitForWebhook } from './wait-for-webhook.ts';

const QUEUED: TaskType = { queued: true };

export const TASK_TYPES: ReadonlyMap<string, TaskType> = new Map<string, TaskType>([
  ['SIMPLE', QUEUED],
  ...[...BUILT_IN_WORKER_TYPES].map((type): [string, TaskType] => [type, QUEUED]),
  ['EVENT', event],
  ['SWITCH', switchTask],
  ['DECISION', decision],
  ['FORK_JOIN', fork],
  ['FORK_JOIN_DYNAMIC', dynamicFork],
  ['JOIN', join],
  ['EXCLUSIVE_JOIN', exclusiveJoin],
  ['DO_WHILE', doWhile],
  ['SUB_WORKFLOW', subWorkflow],
  ['START_WORKFLOW', startWorkflow],
  ['TERMINATE', terminate],
  ['SET_VARIABLE', setVariable],
  ['NOOP', noop],
  ['RESPOND', respond],
  ['WAIT', wait],
  ['WAIT_FOR_WEBHOOK', waitForWebhook],
  ['HUMAN', hold],
  ['YIELD', hold],
]);
