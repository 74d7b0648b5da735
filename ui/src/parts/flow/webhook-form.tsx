// The form of a flow's webhook task: where, when, what, how it is signed, and how it is sent.
import { Button, Group, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { FlaskConical } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import type { FlowWebhookConfig } from '../../../../src/http/contract/flow-webhook.ts';
import { ApiError } from '../../api.ts';
import {
  checkFlowWebhook,
  EMPTY_FLOW_WEBHOOK,
  fieldErrors,
  flowWebhookValues,
  flowWebhookWish,
  METHODS,
  refusalSentence,
  takesBody,
  type Wish,
} from '../../model/flow-webhook-form.ts';
import type { FormErrors } from '../../model/webhook-form.ts';
import { errorText } from '../../queries.ts';
import { useDraft } from '../draft.ts';
import { Rows } from '../fields/rows.tsx';
import { BodyField } from './body-field.tsx';
import { DeliveryFields } from './delivery-fields.tsx';
import type { FieldsProps } from './form-part.ts';
import { SigningFields } from './signing-fields.tsx';
import { TriggerFields } from './trigger-fields.tsx';
import './flow.css';

interface FlowWebhookFormProps {
  /** Absent: a new one. */
  readonly stored?: FlowWebhookConfig;
  /** Reference names of the flow's tasks. */
  readonly taskRefs: readonly string[];
  readonly saving: boolean;
  readonly testing: boolean;
  /** Of saving or testing: both say the same about the fields. */
  readonly error: unknown;
  readonly onSave: (wish: Wish, allowLeave: () => void) => void;
  readonly onTest: (wish: Wish) => void;
}

const focusFirstInvalid = (): void => document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus();

export function FlowWebhookForm({ stored, taskRefs, saving, testing, error, onSave, onTest }: FlowWebhookFormProps) {
  const begin = stored ? flowWebhookValues(stored) : EMPTY_FLOW_WEBHOOK;
  const [dropPrevious, setDropPrevious] = useState(false);
  const { values, set, dirty, allowLeave, tried, setTried } = useDraft(begin, dropPrevious);
  const all = checkFlowWebhook(values, stored);
  const problems = error instanceof ApiError ? error.validationErrors : [];
  const told = fieldErrors(problems, values.headers);
  const errors: FormErrors = tried ? { ...told, ...all } : {};
  const fields: FieldsProps = { values, errors, stored, set };
  const attempt = (then: (wish: Wish) => void) => {
    setTried(true);
    if (Object.keys(all).length === 0) then(flowWebhookWish(values, stored, dropPrevious));
    else requestAnimationFrame(focusFirstInvalid);
  };
  // What the server refuses is found where it is, as what the form refuses itself.
  useEffect(() => {
    if (error instanceof ApiError && error.validationErrors.length > 0) focusFirstInvalid();
  }, [error]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!saving) attempt((wish) => onSave(wish, allowLeave));
  };
  return (
    <form onSubmit={submit} noValidate aria-label={stored ? 'Webhook task' : 'New webhook task'}>
      <Stack gap="md">
        <TextInput
          label="Name"
          required
          value={values.name}
          error={errors.name}
          maxLength={255}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Group gap={8} wrap="nowrap" align="flex-start">
          <Select
            label="Method"
            w={110}
            data={[...METHODS]}
            value={values.method}
            onChange={(method) => method && set({ method })}
          />
          <TextInput
            label="URL"
            required
            flex={1}
            placeholder="https://hooks.example.com/fermata"
            value={values.url}
            error={errors.url}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
            onChange={(event) => set({ url: event.currentTarget.value })}
          />
        </Group>
        <TriggerFields {...fields} taskRefs={taskRefs} />
        <Rows
          label="Headers"
          help="Values may hold references such as $jobId. Credentials are never shown again."
          rows={values.headers.map(({ name, value }) => ({ left: name, right: value }))}
          onChange={(rows) => set({ headers: rows.map(({ left, right }) => ({ name: left, value: right })) })}
          leftLabel="Header name"
          rightLabel="Header value"
          leftPlaceholder="Authorization"
          rightPlaceholder="Bearer …"
          addLabel="Add header"
          mono
          errors={(i) => ({ left: errors[`headers.${i}`] })}
        />
        {takesBody(values.method) && <BodyField {...fields} taskRefs={taskRefs} />}
        <SigningFields {...fields} dropPrevious={dropPrevious} onDropPrevious={setDropPrevious} />
        <DeliveryFields {...fields} />
        <Switch
          label="Enabled"
          description="Switched off, it says nothing, and what waits is called off."
          checked={values.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        {error !== null && error !== undefined && (
          <div className="notice hostile" data-tone="bad" role="alert">
            {refusalSentence(problems, errorText(error))}
          </div>
        )}
        <Group gap="sm">
          <Button
            variant="default"
            size="sm"
            leftSection={<FlaskConical size={15} />}
            loading={testing}
            onClick={() => attempt(onTest)}
          >
            Test
          </Button>
          <Button type="submit" size="sm" loading={saving}>
            {stored ? 'Save' : 'Create'}
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
