// Schedules and their runs on the wire (contract 5.15).

import { z } from 'zod';
import { StartWorkflowRequest } from './execution.ts';
import { anyObject, epochMs, MAX_EPOCH_MS, name } from './field.ts';
import { Tag } from './webhook.ts';

const cronText = z.string().max(1_000);
const zone = z.string().max(100);
/** 0 counts as absent. */
const bound = z.number().min(-MAX_EPOCH_MS).max(MAX_EPOCH_MS);

const settable = {
  name,
  cronExpression: cronText.optional(),
  zoneId: zone.optional(),
  /** Wins over cronExpression. */
  cronSchedules: z.array(z.looseObject({ cronExpression: cronText, zoneId: zone.optional() })).optional(),
  startWorkflowRequest: StartWorkflowRequest,
  paused: z.boolean().optional(),
  pausedReason: z.string().max(4_000).optional(),
  scheduleStartTime: bound.optional(),
  scheduleEndTime: bound.optional(),
  runCatchupScheduleInstances: z.boolean().optional(),
  description: z.string().max(10_000).optional(),
};

/** What only the server knows is taken and passed over, so that what was read can be sent back. */
export const SaveScheduleRequest = z.looseObject(settable).meta({ id: 'SaveScheduleRequest' });

export type SaveScheduleRequest = z.infer<typeof SaveScheduleRequest>;

export const WorkflowSchedule = z
  .object({
    ...settable,
    paused: z.boolean(),
    nextRunTime: epochMs.optional(),
    createTime: epochMs,
    updatedTime: epochMs,
    createdBy: z.string(),
    updatedBy: z.string(),
    tags: z.array(Tag),
  })
  .meta({ id: 'WorkflowSchedule' });
export type WorkflowSchedule = z.infer<typeof WorkflowSchedule>;

export const ScheduleExecution = z
  .object({
    executionId: z.string(),
    scheduleName: z.string(),
    scheduledTime: epochMs,
    executionTime: epochMs,
    workflowName: z.string(),
    workflowId: z.string().optional(),
    startWorkflowRequest: anyObject,
    state: z.enum(['POLLED', 'EXECUTED', 'FAILED']),
    reason: z.string().optional(),
    zoneId: z.string(),
  })
  .meta({ id: 'WorkflowScheduleExecution' });
export type ScheduleExecution = z.infer<typeof ScheduleExecution>;

const page = <T extends z.ZodType>(item: T) => z.object({ totalHits: z.number().int(), results: z.array(item) });
export const SchedulePage = page(WorkflowSchedule).meta({ id: 'WorkflowSchedulePage' });
export const ScheduleExecutionPage = page(ScheduleExecution).meta({ id: 'WorkflowScheduleExecutionPage' });
