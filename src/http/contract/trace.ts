// A trace on the wire: what came in, what it moved, what was sent on, with the moments that put them on one time axis.

import { z } from 'zod';
import { taskStatus, workflowStatus } from './execution.ts';
import { anyObject, count, epochMs } from './field.ts';
import { Delivery } from './flow-webhook.ts';
import { ReceivedEvent } from './webhook-event.ts';

const TraceEvent = ReceivedEvent.pick({
  ...{ eventId: true, webhookId: true, receivedAt: true, verdict: true, reason: true, matched: true, effects: true },
  ...{ bodyBytes: true, method: true, about: true },
}).extend({ webhookName: z.string().optional() });

const TraceTask = z.object({
  taskId: z.string(),
  referenceTaskName: z.string(),
  /** Type of the place in the definition. */
  type: z.string(),
  taskDefName: z.string(),
  status: taskStatus,
  retryCount: count,
  scheduledTime: epochMs,
  /** Absent: it has not begun. */
  startTime: epochMs.optional(),
  endTime: epochMs.optional(),
  /** Not before this moment. */
  availableTime: epochMs.optional(),
  reason: z.string().optional(),
  workerId: z.string().optional(),
  subWorkflowId: z.string().optional(),
  /** Event that ended it. */
  eventId: z.string().optional(),
  /** What an event must hold to end it: path -> expected value. */
  matches: anyObject.optional(),
});

const TraceExecution = z.object({
  workflowId: z.string(),
  workflowName: z.string(),
  workflowVersion: count,
  status: workflowStatus,
  startTime: epochMs,
  endTime: epochMs.optional(),
  correlationId: z.string().optional(),
  reason: z.string().optional(),
  parentWorkflowId: z.string().optional(),
  /** Event that started it. */
  eventId: z.string().optional(),
  tasks: z.array(TraceTask),
});

const TraceDelivery = Delivery.extend({
  method: z.string().optional(),
  url: z.string().optional(),
  attemptList: z.array(
    z.object({
      n: count,
      at: epochMs,
      /** `ok`, or the class of the fault. */
      result: z.string(),
      status: z.number().optional(),
      totalMs: z.number().optional(),
      reason: z.string().optional(),
    }),
  ),
});

export const Trace = z
  .object({
    events: z.array(TraceEvent),
    executions: z.array(TraceExecution),
    deliveries: z.array(TraceDelivery),
    /** True when there is more than a trace shows. */
    truncated: z.boolean(),
  })
  .meta({ id: 'Trace' });
export type Trace = z.infer<typeof Trace>;
