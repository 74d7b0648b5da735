// What to run, as fields: workflow, version, input, ids and priority. Used to run at once, and for what a schedule runs.
import { Group, Input, Select, Textarea, TextInput } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { WorkflowDef } from '../../../../src/core/model.ts';
import { IDEMPOTENCY_CHOICES, inputFor, latestOf, type RunErrors, type RunValues } from '../../model/run-form.ts';
import { Waiting } from '../page.tsx';

const JsonEditor = lazy(() =>
  import('../json-editor.tsx').then(({ JsonEditor: component }) => ({ default: component })),
);

const MONO = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } };

interface RunFieldsProps {
  readonly defs: readonly WorkflowDef[];
  readonly values: RunValues;
  readonly errors: RunErrors;
  readonly onChange: (change: Partial<RunValues>) => void;
}

export function RunFields({ defs, values, errors, onChange }: RunFieldsProps) {
  const names = [...new Set(defs.map((def) => def.name))].sort();
  if (values.name !== '' && !names.includes(values.name)) names.push(values.name);
  const versions = defs
    .filter((def) => def.name === values.name)
    .map((def) => String(def.version))
    .sort((a, b) => Number(b) - Number(a));
  const choose = (next: string) => {
    // An input that nobody touched follows the workflow; one that was written stays.
    const untouched = values.input === inputFor(latestOf(defs, values.name)) || values.input === '{}';
    onChange({ name: next, version: '', ...(untouched ? { input: inputFor(latestOf(defs, next)) } : {}) });
  };
  return (
    <>
      <Group gap="sm" align="flex-start" wrap="nowrap">
        <Select
          label="Workflow name"
          required
          searchable
          flex={1}
          data={names}
          value={values.name || null}
          error={errors.name}
          placeholder="Choose a workflow"
          onChange={(next) => choose(next ?? '')}
        />
        <Select
          label="Version"
          w={130}
          data={[{ value: '', label: 'Latest' }, ...versions]}
          value={values.version}
          onChange={(next) => onChange({ version: next ?? '' })}
        />
      </Group>
      <Input.Wrapper label="Input" labelElement="div" error={errors.input}>
        <Suspense fallback={<Waiting what="Loading the editor" />}>
          <JsonEditor
            value={values.input}
            label="Input as JSON"
            height={300}
            onChange={(input) => onChange({ input })}
          />
        </Suspense>
      </Input.Wrapper>
      <TextInput
        label="Correlation id"
        description="Your own id of the matter; executions can be searched by it."
        value={values.correlationId}
        onChange={(event) => onChange({ correlationId: event.currentTarget.value })}
      />
      <Group gap="sm" align="flex-start" grow>
        <TextInput
          label="Idempotency key"
          description="The same key does not start twice."
          value={values.idempotencyKey}
          onChange={(event) => onChange({ idempotencyKey: event.currentTarget.value })}
        />
        <Select
          label="When the key was used before"
          description="Only with a key."
          disabled={values.idempotencyKey.trim() === ''}
          data={IDEMPOTENCY_CHOICES}
          value={values.idempotencyStrategy}
          onChange={(value) => value && onChange({ idempotencyStrategy: value as RunValues['idempotencyStrategy'] })}
        />
      </Group>
      <Textarea
        label="Tasks to domain mapping"
        description='Which workers take which tasks: {"*": "eu"}'
        autosize
        minRows={1}
        placeholder="{}"
        styles={MONO}
        value={values.taskToDomain}
        error={errors.taskToDomain}
        onChange={(event) => onChange({ taskToDomain: event.currentTarget.value })}
      />
      <TextInput
        label="Priority"
        description="0 to 99; higher goes first."
        w={160}
        inputMode="numeric"
        value={values.priority}
        error={errors.priority}
        onChange={(event) => onChange({ priority: event.currentTarget.value })}
      />
    </>
  );
}
