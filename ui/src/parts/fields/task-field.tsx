// One field of a task's form, by its kind: how the catalogue's data becomes inputs.
import { MultiSelect, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { JsonObject } from '../../../../src/core/json.ts';
import { isRecord } from '../../../../src/core/json.ts';
import type { WorkflowTask } from '../../../../src/core/model.ts';
import { type DefPath, readAt, writeAt } from '../../model/def-edit.ts';
import type { Field } from '../../model/task-kind.ts';
import { useWorkflowDefs } from '../../queries.ts';
import { BranchesField, CasesField } from './branch-fields.tsx';
import { JsonField } from './json-field.tsx';
import { MatchesField } from './matches-field.tsx';
import { Rows } from './rows.tsx';

export interface TaskFieldProps {
  readonly field: Field;
  readonly task: WorkflowTask;
  readonly onChange: (task: WorkflowTask, at: DefPath) => void;
  readonly references: readonly string[];
  readonly workflowName: string;
}

const MONO = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } };

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);

export function TaskField({ field, task, onChange, references, workflowName }: TaskFieldProps) {
  const { at, label, help, placeholder, required = false } = field;
  const value = readAt(task, at);
  const set = (next: unknown) => onChange(writeAt(task, at, next), at);
  const setText = (next: string) => set(next === '' ? undefined : next);
  const words = { label, description: help, placeholder, required };
  switch (field.kind) {
    case 'text':
      return (
        <TextInput
          {...words}
          value={text(value)}
          onChange={(event) => setText(event.currentTarget.value)}
          styles={MONO}
        />
      );
    case 'longText':
      return (
        <Textarea
          {...words}
          autosize
          minRows={2}
          value={text(value)}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      );
    case 'code':
      return (
        <Textarea
          {...words}
          autosize
          minRows={2}
          maxRows={16}
          spellCheck={false}
          styles={MONO}
          value={text(value)}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...words}
          value={typeof value === 'number' ? value : ''}
          min={0}
          onChange={(next) => set(next === '' ? undefined : Number(next))}
        />
      );
    case 'switch':
      return (
        <Switch
          label={label}
          description={help}
          checked={value === true}
          onChange={(event) => set(event.currentTarget.checked || undefined)}
        />
      );
    case 'select':
      return (
        <Select
          {...words}
          data={withValue(field.options ?? [], value)}
          value={text(value) || null}
          clearable={!required}
          onChange={(next) => set(next ?? undefined)}
        />
      );
    case 'json':
      return <JsonField label={label} help={help} value={value} onChange={set} />;
    case 'pairs':
      return <PairsField label={label} value={value} onChange={set} />;
    case 'names':
      return <TagsInput {...words} value={Array.isArray(value) ? value.map(text) : []} onChange={set} />;
    case 'references':
      return (
        <MultiSelect
          {...words}
          searchable
          data={references.filter((name) => name !== task.taskReferenceName)}
          value={Array.isArray(value) ? value.map(text) : []}
          onChange={set}
        />
      );
    case 'matches':
      return (
        <MatchesField
          label={label}
          help={help}
          workflowName={workflowName}
          input={task.inputParameters ?? {}}
          onChange={set}
        />
      );
    case 'workflow':
      return <WorkflowNameField label={label} value={text(value)} onChange={setText} required={required} />;
    case 'cases':
      return <CasesField label={label} help={help} value={value} onChange={set} />;
    case 'branches':
      return <BranchesField label={label} value={value} onChange={set} />;
  }
}

/** A value that is not among the options is kept and shown. */
const withValue = (options: readonly string[], value: unknown): string[] =>
  typeof value === 'string' && value !== '' && !options.includes(value) ? [...options, value] : [...options];

function PairsField({ label, value, onChange }: { label: string; value: unknown; onChange: (value: unknown) => void }) {
  const stored = isRecord(value) ? Object.entries(value).map(([left, right]) => ({ left, right: text(right) })) : [];
  const [draft, setDraft] = useState(stored);
  const toObject = (rows: readonly { left: string; right: string }[]): JsonObject =>
    Object.fromEntries(rows.filter(({ left }) => left.trim() !== '').map(({ left, right }) => [left.trim(), right]));
  const rows = JSON.stringify(toObject(draft)) === JSON.stringify(toObject(stored)) ? draft : stored;
  return (
    <Rows
      label={label}
      rows={rows}
      leftLabel="Name"
      rightLabel="Value"
      addLabel={`Add to ${label.toLowerCase()}`}
      mono
      onChange={(next) => {
        setDraft([...next]);
        onChange(next.length === 0 ? undefined : toObject(next));
      }}
    />
  );
}

/** Names of workflows that exist, and any other: one may be made later, or be an expression. */
function WorkflowNameField({
  label,
  value,
  onChange,
  required,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  required: boolean;
}) {
  const defs = useWorkflowDefs();
  const names = [...new Set((defs.data ?? []).map(({ name }) => name))].sort();
  const known = withValue(names, value);
  const [typed, setTyped] = useState('');
  const options = typed !== '' && !known.includes(typed) ? [...known, typed] : known;
  return (
    <Select
      label={label}
      required={required}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      data={options}
      value={value || null}
      onChange={(next) => onChange(next ?? '')}
    />
  );
}
