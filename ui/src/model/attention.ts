// What needs a person: one line for each thing, the worst first, and no more of a kind than one can take in.
import type { WorkflowSummary } from '../../../src/http/contract/execution.ts';
import type { WebhookConfig } from '../../../src/http/contract/webhook.ts';
import type { ReceivedEvent } from '../../../src/http/contract/webhook-event.ts';
import { EVENTS_SHOWN } from './inbox.ts';
import { isDeserted, type QueueRow } from './queue-list.ts';
import { reasonText } from './reason-text.ts';
import type { Tone } from './status-look.ts';

export interface AttentionLine {
  readonly id: string;
  readonly tone: Tone;
  /** The name of the thing, and where it is. */
  readonly name: string;
  readonly to: string;
  /** What is the matter with it. */
  readonly text: string;
  readonly detail?: string | undefined;
}

/** Failed deliveries of one flow. */
export interface FailingFlow {
  readonly flow: string;
  readonly failed: number;
}

export interface AttentionSource {
  readonly failed: readonly Pick<WorkflowSummary, 'workflowId' | 'workflowType' | 'reasonForIncompletion'>[];
  readonly flows: readonly FailingFlow[];
  readonly unmatched: readonly Pick<ReceivedEvent, 'eventId'>[];
  readonly queues: readonly QueueRow[];
  readonly webhooks: readonly Pick<WebhookConfig, 'id' | 'name' | 'urlVerified' | 'pausedAt'>[];
  readonly now: number;
}

const MOST_OF_A_KIND = 5;
const part = encodeURIComponent;
const number = (n: number): string => n.toLocaleString('en-US');

export function attentionLines({ failed, flows, unmatched, queues, webhooks, now }: AttentionSource): AttentionLine[] {
  const kinds: AttentionLine[][] = [
    failed.map(({ workflowId, workflowType, reasonForIncompletion }) => ({
      id: `execution ${workflowId}`,
      tone: 'bad',
      name: workflowType,
      to: `/executions/${part(workflowId)}`,
      text: 'failed',
      detail: reasonForIncompletion && reasonText(reasonForIncompletion),
    })),
    flows
      .filter(({ failed: count }) => count > 0)
      .map(({ flow, failed: count }) => ({
        id: `flow ${flow}`,
        tone: 'bad',
        name: flow,
        to: `/definitions/workflows/${part(flow)}/webhooks`,
        text: `has ${number(count)} failed ${count === 1 ? 'delivery' : 'deliveries'} of outgoing webhooks`,
      })),
    queues
      .filter((row) => isDeserted(row, now))
      .map(({ key, depth }) => ({
        id: `queue ${key}`,
        tone: 'warn',
        name: key,
        to: '/queues',
        text: `has ${number(depth)} waiting and no worker`,
      })),
    unmatched.length === 0
      ? []
      : [
          {
            id: 'unmatched',
            tone: 'wait',
            name: `${number(unmatched.length)}${unmatched.length >= EVENTS_SHOWN ? ' or more' : ''} received ${unmatched.length === 1 ? 'event' : 'events'}`,
            to: '/events',
            text: 'found nobody who waited',
          },
        ],
    webhooks
      .filter(({ pausedAt }) => pausedAt !== undefined)
      .map(({ id = '', name }) => ({
        id: `paused ${id}`,
        tone: 'wait',
        name,
        to: `/definitions/webhooks/${part(id)}`,
        text: 'is paused and holds its events',
      })),
    webhooks
      .filter(({ urlVerified }) => !urlVerified)
      .map(({ id = '', name }) => ({
        id: `webhook ${id}`,
        tone: 'wait',
        name,
        to: `/definitions/webhooks/${part(id)}`,
        text: 'waits for its first request',
      })),
  ];
  return kinds.flatMap((lines) => lines.slice(0, MOST_OF_A_KIND));
}
