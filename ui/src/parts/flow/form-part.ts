// What the parts of the form of a webhook task share: the values, what is wrong with them, and the way to change them.
import type { FlowWebhookConfig } from '../../../../src/http/contract/flow-webhook.ts';
import type { FlowWebhookValues } from '../../model/flow-webhook-form.ts';
import type { FormErrors } from '../../model/webhook-form.ts';

export interface FieldsProps {
  readonly values: FlowWebhookValues;
  readonly errors: FormErrors;
  readonly stored: FlowWebhookConfig | undefined;
  readonly set: (change: Partial<FlowWebhookValues>) => void;
}
