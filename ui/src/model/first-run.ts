// The first-run sample: a workflow that waits for a webhook, the webhook, and the event that completes it; and how far one has come.
import type { WorkflowDef } from '../../../src/core/model.ts';
import type { WorkflowSummary } from '../../../src/http/contract/execution.ts';
import type { WebhookConfig } from '../../../src/http/contract/webhook.ts';

const NAME = 'hello_webhook';
const HEADER = 'x-hello';

export const SAMPLE_DEFINITION: WorkflowDef = {
  name: NAME,
  version: 1,
  description: 'The sample: waits for a message that comes by webhook.',
  schemaVersion: 2,
  tasks: [
    {
      name: 'wait_for_message',
      taskReferenceName: 'wait_for_message',
      type: 'WAIT_FOR_WEBHOOK',
      inputParameters: { matches: { "$['event']['type']": 'message' } },
    },
  ],
  outputParameters: { text: '${wait_for_message.output.event.text}' },
};

export const sampleWebhook = (secret: string): WebhookConfig => ({
  name: NAME,
  sourcePlatform: 'Custom',
  verifier: 'HEADER_BASED',
  headers: { [HEADER]: secret },
  receiverWorkflowNamesToVersions: { [NAME]: 1 },
});

export const SAMPLE_EVENT = JSON.stringify({ event: { type: 'message', text: 'Hello from the overview' } });

export interface FirstRun {
  readonly loaded: boolean;
  readonly webhook: WebhookConfig | undefined;
  /** The latest execution of the sample. */
  readonly execution: Pick<WorkflowSummary, 'workflowId' | 'status'> | undefined;
  readonly completed: boolean;
}

export function firstRun(
  defs: readonly Pick<WorkflowDef, 'name'>[],
  webhooks: readonly WebhookConfig[],
  executions: readonly Pick<WorkflowSummary, 'workflowId' | 'workflowType' | 'status'>[],
): FirstRun {
  const webhook = webhooks.find(({ name, headers }) => name === NAME && headers?.[HEADER] !== undefined);
  const execution = executions.find(({ workflowType }) => workflowType === NAME);
  return {
    loaded: webhook !== undefined && defs.some(({ name }) => name === NAME),
    webhook,
    execution,
    completed: execution?.status === 'COMPLETED',
  };
}

/** Only the sample ran so far, if anything did: whoever runs workflows of their own needs no first steps. */
export const isFresh = (executions: readonly Pick<WorkflowSummary, 'workflowType'>[]): boolean =>
  executions.every(({ workflowType }) => workflowType === NAME);
