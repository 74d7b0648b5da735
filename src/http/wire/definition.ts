// Definitions as Conductor's clients expect to read them: with the values that count where the definition says nothing.

import type { TaskDef, WorkflowDef } from '../../core/model.ts';
import { TASK_DEF_DEFAULTS } from '../../core/task-def.ts';

const TASK_DEFAULTS = { ...TASK_DEF_DEFAULTS, inputKeys: [], outputKeys: [], inputTemplate: {} };

/** Conductor's (contract 5.2). */
const WORKFLOW_DEFAULTS = {
  inputParameters: [],
  outputParameters: {},
  variables: {},
  inputTemplate: {},
  schemaVersion: 2,
  restartable: true,
  timeoutPolicy: 'ALERT_ONLY',
  timeoutSeconds: 0,
} as const;

export const taskDefToWire = (def: TaskDef): TaskDef => ({ ...TASK_DEFAULTS, ...def });
export const workflowDefToWire = (def: WorkflowDef): WorkflowDef => ({ ...WORKFLOW_DEFAULTS, ...def });
