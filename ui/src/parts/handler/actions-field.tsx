// The actions of an event handler: each with a form of its own fields, in order, added and removed.
import { ActionIcon, Button, Group, Select, Stack, Switch, Text, TextInput, Tooltip } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import {
  ACTION_KINDS,
  ACTION_NAMES,
  type ActionField,
  type ActionName,
  type ActionRow,
  type HandlerErrors,
  newAction,
  withDetail,
} from '../../model/handler-form.ts';
import { useWorkflowDefs } from '../../queries.ts';
import { JsonField } from '../fields/json-field.tsx';

interface ActionsFieldProps {
  readonly actions: readonly ActionRow[];
  readonly errors: HandlerErrors;
  readonly onChange: (actions: readonly ActionRow[]) => void;
}

const MONO = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } };

export function ActionsField({ actions, errors, onChange }: ActionsFieldProps) {
  const set = (index: number, row: ActionRow) => onChange(actions.map((old, i) => (i === index ? row : old)));
  return (
    <section aria-label="Actions">
      <h2 className="palette-title">What it does</h2>
      <Stack gap="md">
        {actions.map((row, i) => (
          <div key={String(i)} className="nested">
            <Stack gap="sm">
              <Group gap={6} wrap="nowrap" align="flex-end">
                <Select
                  label={`Action ${i + 1}`}
                  flex={1}
                  data={ACTION_NAMES.map((value) => ({ value, label: ACTION_KINDS[value].label }))}
                  value={row.action}
                  onChange={(action) => action && set(i, newAction(action as ActionName))}
                />
                <Tooltip label="Remove">
                  <ActionIcon
                    size={36}
                    aria-label={`Remove action ${i + 1}`}
                    onClick={() => onChange(actions.filter((_, at) => at !== i))}
                  >
                    <X size={15} />
                  </ActionIcon>
                </Tooltip>
              </Group>
              {ACTION_KINDS[row.action].fields.map((field) => (
                <DetailField
                  key={`${row.action} ${field.key}`}
                  field={field}
                  value={row.details[field.key]}
                  error={errors[`actions.${i}.${field.key}`]}
                  onChange={(value) => set(i, withDetail(row, field.key, value))}
                />
              ))}
              <Switch
                label="Read texts of the payload that hold JSON as what they hold"
                checked={row.expand}
                onChange={(event) => set(i, { ...row, expand: event.currentTarget.checked })}
              />
            </Stack>
          </div>
        ))}
        {errors.actions && (
          <Text size="xs" c="var(--mantine-color-error)">
            {errors.actions}
          </Text>
        )}
        <Button
          variant="default"
          size="compact-xs"
          style={{ alignSelf: 'flex-start' }}
          leftSection={<Plus size={13} />}
          onClick={() => onChange([...actions, newAction('start_workflow')])}
        >
          Add an action
        </Button>
      </Stack>
    </section>
  );
}

interface DetailFieldProps {
  readonly field: ActionField;
  readonly value: unknown;
  readonly error: string | undefined;
  readonly onChange: (value: unknown) => void;
}

function DetailField({ field: { kind, label, help, required = false }, value, error, onChange }: DetailFieldProps) {
  const defs = useWorkflowDefs();
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const words = { label, description: help, required, error };
  if (kind === 'json') return <JsonField label={label} help={help} error={error} value={value} onChange={onChange} />;
  if (kind === 'switch')
    return (
      <Switch label={label} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
    );
  if (kind === 'workflow') {
    const names = new Set((defs.data ?? []).map(({ name }) => name));
    if (text !== '') names.add(text);
    return (
      <Select
        {...words}
        searchable
        data={[...names].sort()}
        value={text || null}
        onChange={(next) => onChange(next ?? '')}
      />
    );
  }
  return <TextInput {...words} styles={MONO} value={text} onChange={(event) => onChange(event.currentTarget.value)} />;
}
