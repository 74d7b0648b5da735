// When a webhook task fires: event, object, and a condition on top.
import { MultiSelect, Radio, Select, Stack, TextInput } from '@mantine/core';
import { triggersOf } from '../../model/flow-webhook-form.ts';
import type { FieldsProps } from './form-part.ts';

export function TriggerFields({
  values,
  errors,
  set,
  taskRefs,
}: FieldsProps & { readonly taskRefs: readonly string[] }) {
  const { triggerEvent, specific, tasks } = values;
  const options = triggersOf(specific);
  const choose = (next: boolean) => {
    const fits = triggersOf(next).some(({ value }) => value === triggerEvent);
    set({ specific: next, ...(!fits && { triggerEvent: 'either' }) });
  };
  return (
    <>
      <Select
        label="Trigger event"
        data={options.map(({ value, label }) => ({ value, label }))}
        value={triggerEvent}
        error={errors.triggerEvent}
        onChange={(value) => value && set({ triggerEvent: value })}
      />
      <Radio.Group
        label="Trigger object"
        value={specific ? 'tasks' : 'any'}
        onChange={(value) => choose(value === 'tasks')}
      >
        <Stack gap={8} mt={6}>
          <Radio value="any" label="Any execution of this workflow" />
          <Radio value="tasks" label="Only specific tasks" />
        </Stack>
      </Radio.Group>
      {specific && (
        <MultiSelect
          label="Tasks"
          className="nested"
          searchable
          data={[...new Set([...taskRefs, ...tasks])]}
          value={[...tasks]}
          error={errors.triggerObject}
          onChange={(next) => set({ tasks: next })}
        />
      )}
      <TextInput
        label="Only when"
        description="A condition on jobStatus, workflow and task. Empty: always."
        placeholder="workflow.output.total > 100"
        value={values.when}
        error={errors.when}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
        onChange={(event) => set({ when: event.currentTarget.value })}
      />
    </>
  );
}
