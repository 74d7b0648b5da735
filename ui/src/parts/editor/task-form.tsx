// The form of the selected task: what it is called, its own fields, what all tasks have, and the way out of the workflow.
import { ActionIcon, Collapse, Group, Menu, Stack, Text, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { ChevronDown, ChevronRight, CopyPlus, EllipsisVertical, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { WorkflowTask } from '../../../../src/core/model.ts';
import type { DefPath } from '../../model/def-edit.ts';
import { COMMON_FIELDS, fieldsOf, taskKind, taskLabel } from '../../model/task-catalog.ts';
import { JsonField } from '../fields/json-field.tsx';
import { TaskField } from '../fields/task-field.tsx';
import { TaskIcon } from '../task-icon.tsx';

interface TaskFormProps {
  readonly task: WorkflowTask;
  readonly references: readonly string[];
  readonly workflowName: string;
  readonly problems: readonly string[];
  /** `kind` names what changes, so that typing into one field is one step of undo. */
  readonly onChange: (task: WorkflowTask, kind: string) => void;
  readonly onRemove: () => void;
  readonly onCopy: () => void;
}

const MONO = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } };

export function TaskForm({ task, references, workflowName, problems, onChange, onRemove, onCopy }: TaskFormProps) {
  const [more, setMore] = useState(false);
  const kind = taskKind(task.type);
  const change = (next: WorkflowTask, at: DefPath) => onChange(next, `${task.taskReferenceName} ${at.join('/')}`);
  const shared = { task, references, workflowName, onChange: change };
  const named = task.type === 'SIMPLE' || task.type === 'DYNAMIC' || kind === undefined;
  return (
    <Stack gap="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap={10} wrap="nowrap" align="flex-start" style={{ minWidth: 0 }}>
          <span className="task-icon">
            <TaskIcon type={task.type} />
          </span>
          <div style={{ minWidth: 0 }}>
            <Text fw={600} size="sm">
              {taskLabel(task.type)}
            </Text>
            <Text size="xs" c="dimmed">
              {kind?.about ?? 'A type that this editor does not know: its input is edited as JSON.'}
            </Text>
          </div>
        </Group>
        <Group gap={2} wrap="nowrap">
          <Menu>
            <Menu.Target>
              <ActionIcon aria-label="More about this task">
                <EllipsisVertical size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<CopyPlus size={14} />} onClick={onCopy}>
                Copy below
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <Tooltip label="Remove this task">
            <ActionIcon aria-label="Remove this task" onClick={onRemove}>
              <Trash2 size={15} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      {problems.map((problem) => (
        <div className="notice hostile" data-tone="bad" key={problem}>
          {problem}
        </div>
      ))}
      <TextInput
        label="Reference name"
        description="Unique in this workflow: other tasks read ${reference.output.…}."
        required
        value={task.taskReferenceName}
        styles={MONO}
        onChange={(event) => change({ ...task, taskReferenceName: event.currentTarget.value }, ['taskReferenceName'])}
      />
      {named && (
        <TextInput
          label="Task name"
          description="Names the task definition, and the queue that workers poll."
          required
          value={task.name}
          styles={MONO}
          onChange={(event) => change({ ...task, name: event.currentTarget.value }, ['name'])}
        />
      )}
      {fieldsOf(task.type).map((field) => (
        <TaskField key={`${task.type} ${field.at.join('/')}`} field={field} {...shared} />
      ))}
      <UnstyledButton className="fold" aria-expanded={more} onClick={() => setMore(!more)}>
        {more ? <ChevronDown size={14} /> : <ChevronRight size={14} />} More settings
      </UnstyledButton>
      <Collapse expanded={more}>
        <Stack gap="sm">
          {COMMON_FIELDS.map((field) => (
            <TaskField key={field.at.join('/')} field={field} {...shared} />
          ))}
          {!named && (
            <TextInput
              label="Task name"
              value={task.name}
              styles={MONO}
              onChange={(event) => change({ ...task, name: event.currentTarget.value }, ['name'])}
            />
          )}
          <JsonField
            label="This task as JSON"
            value={task}
            minRows={6}
            onChange={(value) => {
              if (typeof value === 'object' && value !== null && !Array.isArray(value))
                change(value as WorkflowTask, ['json']);
            }}
          />
        </Stack>
      </Collapse>
    </Stack>
  );
}

/** Shown while nothing is selected. */
export function NoTask({ empty }: { empty: boolean }) {
  return (
    <Stack gap={6} align="center" ta="center" py={48} px="md">
      <Text fw={600}>{empty ? 'Begin with a task' : 'No task is selected'}</Text>
      <Text size="sm" c="dimmed" maw={300}>
        {empty
          ? 'Press the + in the diagram and choose what the workflow does first, for example Wait for Webhook.'
          : 'Click a task to edit it, a + to add one, or drag a task onto a + to move it.'}
      </Text>
    </Stack>
  );
}
