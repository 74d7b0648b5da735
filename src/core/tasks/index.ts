// The task types, by Conductor's names: the table of contents of what this engine can do.

import { BUILT_IN_WORKER_TYPES } from '../derive.ts';
import type { TaskType } from '../draft.ts';
import { QUEUED } from '../draft.ts';
import { doWhile } from './do-while.ts';
import { fork } from './fork.ts';
import { join } from './join.ts';
import { setVariable } from './set-variable.ts';
import { subWorkflow } from './sub-workflow.ts';
import { switchTask } from './switch.ts';
import { terminate } from './terminate.ts';
import { wait } from './wait.ts';
import { waitForWebhook } from './wait-for-webhook.ts';

export const TASK_TYPES: ReadonlyMap<string, TaskType> = new Map<string, TaskType>([
  ['SIMPLE', QUEUED],
  ...[...BUILT_IN_WORKER_TYPES].map((type): [string, TaskType] => [type, QUEUED]),
  ['SWITCH', switchTask],
  ['FORK_JOIN', fork],
  ['JOIN', join],
  ['DO_WHILE', doWhile],
  ['SUB_WORKFLOW', subWorkflow],
  ['SET_VARIABLE', setVariable],
  ['WAIT', wait],
  ['WAIT_FOR_WEBHOOK', waitForWebhook],
  ['TERMINATE', terminate],
]);
