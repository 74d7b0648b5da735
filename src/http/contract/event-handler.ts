// Event handlers, their executions and the messages they listen to, on the wire (contract 5.1, 5.10).

import { z } from 'zod';
import { ACTIONS } from '../../engine/event-actions.ts';
import { anyObject, epochMs, name, oneOrMore } from './field.ts';
import { Tag } from './webhook.ts';

const MAX_ACTIONS = 100;
const MAX_HANDLERS = 1_000;

const action = z.enum(ACTIONS);
/** What to do stands under the name of the action; only that part is looked at. */
const Action = z.looseObject({
  action,
  expandInlineJSON: z.boolean().optional(),
  start_workflow: anyObject.optional(),
  complete_task: anyObject.optional(),
  fail_task: anyObject.optional(),
  terminate_workflow: anyObject.optional(),
  update_workflow_variables: anyObject.optional(),
});

const settable = {
  name,
  event: name,
  condition: z.string().max(100_000).optional(),
  evaluatorType: z.enum(['javascript', 'graaljs', 'value-param']).optional(),
  actions: z.array(Action).max(MAX_ACTIONS).default([]),
  active: z.boolean().optional(),
  description: z.string().max(10_000).optional(),
  tags: z.array(Tag).max(100).optional(),
};

/** What only the server knows is taken and passed over, so that what was read can be sent back. */
export const EventHandler = z.looseObject(settable).meta({ id: 'EventHandler' });
export type EventHandler = z.infer<typeof EventHandler>;

/** One, as Conductor's server takes it, or several, as its JavaScript client sends them. */
export const EventHandlers = oneOrMore(
  z.array(EventHandler).min(1, 'must hold at least one event handler').max(MAX_HANDLERS),
);

export const EventExecutionView = z
  .object({
    id: z.string(),
    name: z.string(),
    event: z.string(),
    messageId: z.string(),
    action,
    created: epochMs,
    status: z.enum(['IN_PROGRESS', 'COMPLETED', 'FAILED', 'SKIPPED']),
    statusDescription: z.string().optional(),
    output: anyObject,
    payload: anyObject.optional(),
    fullMessagePayload: anyObject.optional(),
  })
  .meta({ id: 'EventExecution' });
export type EventExecutionView = z.infer<typeof EventExecutionView>;

export const EventMessageView = z
  .object({
    id: z.string(),
    createdAt: epochMs,
    eventTarget: z.string(),
    eventType: z.enum(['WEBHOOK', 'MESSAGE']),
    status: z.enum(['RECEIVED', 'HANDLED', 'REJECTED']),
    statusDescription: z.string().optional(),
    /** JSON text of the payload. */
    payload: z.string(),
    fullPayload: anyObject,
    eventExecutions: z.array(EventExecutionView),
  })
  .meta({ id: 'EventMessage' });
export type EventMessageView = z.infer<typeof EventMessageView>;

export const HandledEvents = z
  .object({
    totalHits: z.number().int(),
    results: z.array(
      z.object({
        name: z.string().optional(),
        event: z.string(),
        active: z.boolean(),
        numberOfActions: z.number().int(),
        numberOfMessages: z.number().int(),
      }),
    ),
  })
  .meta({ id: 'HandledEvents' });
