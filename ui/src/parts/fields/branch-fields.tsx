// Fields that change how many branches a task has: the cases of a switch, the branches of a fork.
import { Button, Group, Input, Stack, Text, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { isRecord } from '../../../../src/core/json.ts';
import type { WorkflowTask } from '../../../../src/core/model.ts';
import { renameKey, writeAt } from '../../model/def-edit.ts';

const MONO = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } };

export function CasesField({
  label,
  help,
  value,
  onChange,
}: {
  label: string;
  help?: string | undefined;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const cases = isRecord(value) ? (value as Record<string, unknown>) : {};
  const [name, setName] = useState('');
  const add = () => {
    const wanted = name.trim();
    if (wanted === '' || Object.hasOwn(cases, wanted)) return;
    onChange({ ...cases, [wanted]: [] });
    setName('');
  };
  return (
    <Input.Wrapper label={label} description={help} labelElement="div">
      <Stack gap={6} mt={6}>
        {Object.entries(cases).map(([key, tasks], i) => (
          <Group key={`case-${String(i)}`} gap={6} wrap="nowrap">
            <TextInput
              aria-label={`Case ${i + 1}`}
              value={key}
              flex={1}
              styles={MONO}
              onChange={(event) => onChange(renameKey(cases, key, event.currentTarget.value))}
            />
            <Text size="xs" c="dimmed" w={54} ta="right">
              {Array.isArray(tasks) ? tasks.length : 0} {Array.isArray(tasks) && tasks.length === 1 ? 'task' : 'tasks'}
            </Text>
            <Button
              variant="subtle"
              color="gray"
              px={8}
              aria-label={`Remove case ${key}`}
              onClick={() => onChange(writeAt(cases, [key], undefined))}
            >
              <X size={14} />
            </Button>
          </Group>
        ))}
        <Group gap={6} wrap="nowrap">
          <TextInput
            aria-label="New case"
            placeholder="New case"
            value={name}
            flex={1}
            styles={MONO}
            onChange={(event) => setName(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && add()}
          />
          <Button
            variant="default"
            leftSection={<Plus size={13} />}
            onClick={add}
            disabled={name.trim() === '' || Object.hasOwn(cases, name.trim())}
          >
            Add case
          </Button>
        </Group>
      </Stack>
    </Input.Wrapper>
  );
}

export function BranchesField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const branches = Array.isArray(value) ? (value as unknown[][]) : [];
  return (
    <Input.Wrapper label={label} labelElement="div">
      <Stack gap={6} mt={6}>
        {branches.map((branch, i) => (
          <Group key={`branch-${String(i)}`} gap={8} justify="space-between" wrap="nowrap" className="branch-row">
            <Text size="sm">Branch {i + 1}</Text>
            <Text size="xs" c="dimmed" className="mono clip" flex={1}>
              {(branch as WorkflowTask[]).map((task) => task.taskReferenceName).join(' → ') || 'empty'}
            </Text>
            <Button
              variant="subtle"
              color="gray"
              px={8}
              aria-label={`Remove branch ${i + 1}`}
              onClick={() => onChange(branches.filter((_, at) => at !== i))}
            >
              <X size={14} />
            </Button>
          </Group>
        ))}
        <Button
          variant="default"
          size="compact-xs"
          style={{ alignSelf: 'flex-start' }}
          leftSection={<Plus size={13} />}
          onClick={() => onChange([...branches, []])}
        >
          Add branch
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
