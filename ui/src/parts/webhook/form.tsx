// The form of a webhook, with the fields of the documentation; what the platform asks for changes with it.
import { Button, Group, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import type { WebhookConfig } from '../../../../src/http/contract/webhook.ts';
import { ApiError } from '../../api.ts';
import { IDEMPOTENCY_CHOICES } from '../../model/run-form.ts';
import {
  checkWebhook,
  EMPTY_WEBHOOK,
  type FormErrors,
  type WebhookValues,
  webhookConfig,
  webhookValues,
} from '../../model/webhook-form.ts';
import { errorText, usePlatforms, useWorkflowDefs } from '../../queries.ts';
import { useDraft } from '../draft.ts';
import { Rows } from '../fields/rows.tsx';
import { PlatformField, SecretField } from './secret-field.tsx';
import { WorkflowRows } from './workflow-rows.tsx';

interface WebhookFormProps {
  /** Absent: a new one. */
  readonly stored?: WebhookConfig;
  readonly saving: boolean;
  readonly error: unknown;
  readonly onSave: (config: WebhookConfig, allowLeave: () => void) => void;
  readonly onPlatform?: (platform: string) => void;
}

export function WebhookForm({ stored, saving, error, onSave, onPlatform }: WebhookFormProps) {
  const platforms = usePlatforms();
  const begin = stored ? webhookValues(stored, platforms) : EMPTY_WEBHOOK;
  const { values, set, dirty, allowLeave, tried, setTried } = useDraft(begin);
  const defs = useWorkflowDefs().data ?? [];
  const all = checkWebhook(values, stored, platforms);
  const errors: FormErrors = tried ? { ...all, ...serverErrors(error) } : {};
  const platform = platforms.find(({ id }) => id === values.platform);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (saving) return;
    if (Object.keys(all).length === 0) onSave(webhookConfig(values, stored, platforms), allowLeave);
    else requestAnimationFrame(() => document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus());
  };
  return (
    <form onSubmit={submit} noValidate aria-label={stored ? 'Webhook settings' : 'New webhook'}>
      <Stack gap="md">
        <TextInput
          label="Webhook name"
          required
          value={values.name}
          error={errors.name}
          maxLength={255}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <WorkflowRows
          label="Workflow to receive webhook event"
          help="Its waiting Wait for Webhook tasks are completed by matching events."
          field="receivers"
          rows={values.receivers}
          defs={defs}
          errors={errors}
          onChange={(receivers) => set({ receivers })}
        />
        <Select
          label="Source platform"
          required
          placeholder="Where the events come from"
          searchable
          nothingFoundMessage="Use Custom for other systems"
          data={platforms.map(({ id, name }) => ({ value: id, label: name }))}
          value={values.platform || null}
          error={errors.platform}
          description={
            platform && `${platform.method} verification${platform.headerKey ? `, header ${platform.headerKey}` : ''}`
          }
          onChange={(id) => {
            set({ platform: id ?? '' });
            onPlatform?.(id ?? '');
          }}
        />
        {platform?.secret && (
          <SecretField
            label={platform.secret.label}
            help={platform.secret.help}
            required={platform.secret.required}
            value={values.secret}
            error={errors.secret}
            keeps={stored !== undefined && !('secret' in all) && values.secret === ''}
            canInvent={platform.id === 'Github'}
            onChange={(secret) => set({ secret })}
          />
        )}
        {platform?.key && (
          <TextInput
            label={platform.key.label}
            description={platform.key.help}
            required={platform.key.required}
            value={values.key}
            error={errors.key}
            autoComplete="off"
            onChange={(event) => set({ key: event.currentTarget.value })}
          />
        )}
        {platform?.fields?.map((field) => (
          <PlatformField
            key={field.name}
            field={field}
            value={values.fields[field.name] ?? field.initial ?? ''}
            error={errors[`fields.${field.name}`]}
            keeps={stored?.fields?.[field.name] !== undefined}
            onChange={(value) => set({ fields: { ...values.fields, [field.name]: value } })}
          />
        ))}
        {platform?.verifier === 'HEADER_BASED' && (
          <Rows
            label="Headers"
            help="Each request must carry all of them, with exactly these values."
            required
            rows={values.headers.map(({ name, value }) => ({ left: name, right: value }))}
            onChange={(rows) => set({ headers: rows.map(({ left, right }) => ({ name: left, value: right })) })}
            leftLabel="Header name"
            rightLabel="Header value"
            leftPlaceholder="x-api-key"
            rightPlaceholder="A long random value"
            addLabel="Add header"
            mono
            errors={(i) => ({ left: errors[`headers.${i}.name`], right: errors[`headers.${i}.value`] })}
          />
        )}
        <Switch
          label="Start workflow when webhook events come"
          description="Each verified event starts a new execution; the event payload is its input."
          checked={values.starts}
          onChange={(event) => set({ starts: event.currentTarget.checked })}
        />
        {values.starts && (
          <Stack gap="md" className="nested">
            <WorkflowRows
              label="Workflow name"
              field="startWorkflows"
              rows={values.startWorkflows}
              defs={defs}
              errors={errors}
              required
              onChange={(startWorkflows) => set({ startWorkflows })}
            />
            <TextInput
              label="Idempotency key"
              description="Events with the same key start one execution only. It is read from the payload: ${workflow.input.order.id}"
              placeholder="${workflow.input.event_id}"
              value={values.idempotencyKey}
              styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
              onChange={(event) => set({ idempotencyKey: event.currentTarget.value })}
            />
            {values.idempotencyKey.trim() !== '' && (
              <Select
                label="When the key was used before"
                data={IDEMPOTENCY_CHOICES}
                value={values.idempotencyStrategy}
                onChange={(value) =>
                  value && set({ idempotencyStrategy: value as WebhookValues['idempotencyStrategy'] })
                }
              />
            )}
          </Stack>
        )}
        {error !== null && error !== undefined && (
          <div className="notice hostile" data-tone="bad" role="alert">
            {errorText(error)}
          </div>
        )}
        <Group gap="sm">
          <Button type="submit" size="sm" loading={saving}>
            Save
          </Button>
          {stored && !dirty && (
            <Text size="xs" c="dimmed">
              All changes are saved.
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}

/** Refusals of the server, at the field that they are about. */
function serverErrors(error: unknown): FormErrors {
  if (!(error instanceof ApiError)) return {};
  const fields: Readonly<Record<string, string>> = {
    name: 'name',
    secretValue: 'secret',
    secretKey: 'key',
    headers: 'headers.0.name',
    sourcePlatform: 'platform',
    receiverWorkflowNamesToVersions: 'receivers.0.name',
    workflowsToStart: 'startWorkflows.0.name',
  };
  return Object.fromEntries(
    error.validationErrors.flatMap(({ path, message }) => {
      const field = fields[path.split('.')[0] ?? ''];
      return field ? [[field, message]] : [];
    }),
  );
}
