// Schedules and their runs as Conductor's clients know them.

import { configOf } from '../../engine/schedules.ts';
import type { TagValue } from '../../store/registries.ts';
import type { ScheduleRow, ScheduleRunRecord } from '../../store/schedule.ts';
import type { ScheduleExecution } from '../contract/schedule.ts';

export const scheduleToWire = (row: ScheduleRow, tags: readonly TagValue[]): object => ({
  ...configOf(row),
  paused: row.paused,
  ...(row.pausedReason !== undefined && { pausedReason: row.pausedReason }),
  ...(row.nextRunAt !== undefined && { nextRunTime: row.nextRunAt }),
  createTime: row.createdAt,
  updatedTime: row.updatedAt,
  createdBy: row.createdBy,
  updatedBy: row.updatedBy,
  tags,
});

export function runToWire(run: ScheduleRunRecord): ScheduleExecution {
  const { outcome } = run;
  const workflowId = outcome ? outcome.workflowId : run.workflowId;
  return {
    executionId: run.id,
    scheduleName: run.scheduleName,
    scheduledTime: run.scheduledAt,
    executionTime: run.executedAt,
    workflowName: run.workflowName,
    ...(workflowId !== undefined && { workflowId }),
    startWorkflowRequest: run.request,
    state: outcome ? (outcome.ok ? 'EXECUTED' : 'FAILED') : 'POLLED',
    ...(outcome?.reason !== undefined && { reason: outcome.reason }),
    zoneId: run.zoneId,
  };
}
