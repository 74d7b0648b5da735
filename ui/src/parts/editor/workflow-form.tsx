// What belongs to the workflow as a whole: words, inputs, output, timeout, what runs when it fails.
import { NumberInput, Select, Stack, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { WorkflowDef } from '../../../../src/core/model.ts';
import { JsonField } from '../fields/json-field.tsx';

interface WorkflowFormProps {
  readonly def: WorkflowDef;
  readonly onChange: (def: WorkflowDef, kind: string) => void;
}

export function WorkflowForm({ def, onChange }: WorkflowFormProps) {
  const set = (key: string, value: unknown) => {
    const { [key]: _, ...rest } = def;
    onChange((value === undefined ? rest : { ...def, [key]: value }) as WorkflowDef, `workflow ${key}`);
  };
  const object = (key: string) => (value: unknown) => {
    if (value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value)))
      set(key, value as JsonObject);
  };
  return (
    <Stack gap="sm">
      <Textarea
        label="Description"
        autosize
        minRows={2}
        value={def.description ?? ''}
        onChange={(event) => set('description', event.currentTarget.value || undefined)}
      />
      <TagsInput
        label="Input parameters"
        description="Names that Run Workflow asks for."
        value={[...(def.inputParameters ?? [])]}
        onChange={(names) => set('inputParameters', names)}
      />
      <JsonField
        label="Input template"
        help="Values that hold where the input has none."
        value={def.inputTemplate}
        onChange={object('inputTemplate')}
        minRows={2}
      />
      <JsonField
        label="Output parameters"
        help="${task_ref.output.x}; empty: the output of the last task."
        value={def.outputParameters}
        onChange={object('outputParameters')}
      />
      <JsonField
        label="Variables"
        help="Values of ${workflow.variables.x} at the beginning."
        value={def.variables}
        onChange={object('variables')}
        minRows={2}
      />
      <NumberInput
        label="Timeout (seconds)"
        description="0 or empty: none."
        min={0}
        value={def.timeoutSeconds ?? ''}
        onChange={(value) => set('timeoutSeconds', value === '' ? undefined : Number(value))}
      />
      <Select
        label="When the time is up"
        data={[
          { value: 'TIME_OUT_WF', label: 'The execution ends as TIMED OUT' },
          { value: 'ALERT_ONLY', label: 'Nothing ends; it is only noted' },
        ]}
        value={def.timeoutPolicy ?? 'ALERT_ONLY'}
        onChange={(value) => set('timeoutPolicy', value ?? undefined)}
      />
      <TextInput
        label="Failure workflow"
        description="Runs when an execution fails, with the reason as input."
        value={def.failureWorkflow ?? ''}
        onChange={(event) => set('failureWorkflow', event.currentTarget.value || undefined)}
      />
      <TextInput
        label="Owner e-mail"
        value={typeof def.ownerEmail === 'string' ? def.ownerEmail : ''}
        onChange={(event) => set('ownerEmail', event.currentTarget.value || undefined)}
      />
      <Switch
        label="Completed executions can be restarted"
        checked={def.restartable !== false}
        onChange={(event) => set('restartable', event.currentTarget.checked)}
      />
    </Stack>
  );
}
