// The form of an event handler: what it listens to, when, and what it does then.
import { Switch, Textarea, TextInput } from '@mantine/core';
import type { EventHandler } from '../../../../src/http/contract/event-handler.ts';
import { checkHandler, type HandlerValues, handlerConfig } from '../../model/handler-form.ts';
import { useDraft } from '../draft.ts';
import { RecordForm } from '../record-form.tsx';
import { ActionsField } from './actions-field.tsx';

interface HandlerFormProps {
  readonly start: HandlerValues;
  readonly stored?: EventHandler;
  readonly saving: boolean;
  readonly error: unknown;
  readonly onSave: (handler: EventHandler, allow: () => void) => void;
}

export function HandlerForm({ start, stored, saving, error, onSave }: HandlerFormProps) {
  const { values, set, dirty, allowLeave, tried, setTried } = useDraft(start);
  const all = checkHandler(values);
  const errors = tried ? all : {};
  return (
    <RecordForm
      label="Event handler"
      error={error}
      isStored={stored !== undefined}
      dirty={dirty}
      saving={saving}
      description={values.description}
      onDescription={(description) => set({ description })}
      onSubmit={() => {
        setTried(true);
        if (Object.keys(all).length === 0 && !saving) onSave(handlerConfig(values, stored), allowLeave);
      }}
    >
      <TextInput
        label="Name"
        required
        disabled={stored !== undefined}
        value={values.name}
        error={errors.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <TextInput
        label="Event"
        required
        description="conductor:<workflow>:<sink> for an EVENT task with the sink conductor:<sink>, or the name that a program publishes."
        value={values.event}
        error={errors.event}
        onChange={(event) => set({ event: event.currentTarget.value })}
      />
      <Textarea
        label="Condition"
        description="JavaScript over the payload $: $.amount > 10. Empty: it always holds."
        autosize
        minRows={1}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
        value={values.condition}
        onChange={(event) => set({ condition: event.currentTarget.value })}
      />
      <Switch
        label="Active"
        description="Only an active handler acts."
        checked={values.active}
        onChange={(event) => set({ active: event.currentTarget.checked })}
      />
      <ActionsField actions={values.actions} errors={errors} onChange={(actions) => set({ actions })} />
    </RecordForm>
  );
}
