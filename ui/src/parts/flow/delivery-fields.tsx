// How a webhook task is sent: certificates, retries, order, rate, and who hears of failures.
import { Group, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { useWorkflowDefs } from '../../queries.ts';
import { WorkflowRows } from '../webhook/workflow-rows.tsx';
import type { FieldsProps } from './form-part.ts';

const MONO = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } };

export function DeliveryFields({ values, errors, stored, set }: FieldsProps) {
  const defs = useWorkflowDefs().data ?? [];
  const pem = (field: 'ca' | 'cert' | 'key', label: string, placeholder: string, help?: string) => (
    <Textarea
      label={label}
      description={help}
      placeholder={placeholder}
      autosize
      minRows={2}
      maxRows={8}
      spellCheck={false}
      value={values[field]}
      error={errors[field]}
      styles={MONO}
      onChange={(event) => set({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <section className="form-part" aria-label="Delivery">
      <h2 className="form-part-title">Delivery</h2>
      <Stack gap="md">
        <Switch
          label="Retry on failure"
          description="Up to 11 attempts within a day, when the answer is not 200–299."
          checked={values.retryOnFailure}
          onChange={(event) => set({ retryOnFailure: event.currentTarget.checked })}
        />
        <Switch
          label="Validate SSL certificate"
          description="Switched off, expired and self-signed certificates are taken."
          checked={values.validateSsl}
          onChange={(event) => set({ validateSsl: event.currentTarget.checked })}
        />
        <details className="more">
          <summary>Certificates, order, rate and alerts</summary>
          <Stack gap="md" mt="sm">
            {pem(
              'ca',
              'CA certificate',
              '-----BEGIN CERTIFICATE-----',
              'For receivers with a certificate of your own authority.',
            )}
            {pem('cert', 'Client certificate', '-----BEGIN CERTIFICATE-----', 'Shown to the receiver (mTLS).')}
            {pem(
              'key',
              'Key of the client certificate',
              stored?.key === undefined ? '-----BEGIN PRIVATE KEY-----' : 'Saved. Enter a new one to replace it.',
            )}
            <TextInput
              label="Order key"
              description="Deliveries with the same text go one after the other; a failed one holds up its successors."
              placeholder="${workflow.input.customerId}"
              value={values.orderKey}
              error={errors.orderKey}
              styles={MONO}
              onChange={(event) => set({ orderKey: event.currentTarget.value })}
            />
            <Group gap={8} align="flex-start">
              <TextInput
                label="Messages per second"
                placeholder="No limit"
                inputMode="decimal"
                w={180}
                value={values.perSecond}
                error={errors.perSecond}
                onChange={(event) => set({ perSecond: event.currentTarget.value })}
              />
              <TextInput
                label="Burst"
                placeholder="1"
                inputMode="numeric"
                w={120}
                value={values.burst}
                error={errors.burst}
                onChange={(event) => set({ burst: event.currentTarget.value })}
              />
            </Group>
            <WorkflowRows
              label="Workflows that hear of failures"
              help="Their Wait for Webhook tasks get webhook.failing, webhook.exhausted and webhook.disabled."
              field="startWorkflows"
              rows={values.alerts}
              defs={defs}
              errors={errors}
              onChange={(alerts) => set({ alerts })}
            />
          </Stack>
        </details>
      </Stack>
    </section>
  );
}
