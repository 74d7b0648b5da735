// The filter of the executions page: states and time first, then workflow and words, the rest behind a button.
import { Button, Chip, Group, NumberInput, Popover, Select, Stack, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Search, SlidersHorizontal, X } from 'lucide-react';
import { memo, useEffect, useState } from 'react';
import type { WorkflowStatus } from '../../../../src/core/model.ts';
import {
  type ExecutionSearch,
  isFiltered,
  type RangeName,
  SORTS,
  type SortName,
  WORKFLOW_STATUSES,
} from '../../model/execution-search.ts';
import { dateField, readDateField } from '../../model/moment.ts';
import { statusText } from '../../model/status-look.ts';
import { useWorkflowDefs } from '../../queries.ts';
import { useZone } from '../clock.tsx';
import { Views } from './views.tsx';

interface FiltersProps {
  readonly search: ExecutionSearch;
  /** A change begins at the first page again. */
  readonly onChange: (change: Partial<ExecutionSearch>) => void;
  readonly onClear: () => void;
}

const RANGE_OPTIONS: { value: RangeName; label: string }[] = [
  { value: 'all', label: 'Any time' },
  { value: '15m', label: 'Last 15 min' },
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 h' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
  { value: 'custom', label: 'From … to …' },
];

/** Typing asks the server when it pauses, not at every letter. */
const TYPING_MS = 250;

function TypedInput({
  label,
  description,
  value,
  onChange,
  filter = false,
}: {
  label: string;
  description?: string;
  value: string;
  onChange: (value: string) => void;
  filter?: boolean;
}) {
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback(onChange, TYPING_MS);
  useEffect(() => setText(value), [value]);
  return (
    <TextInput
      {...(filter
        ? {
            'data-page-filter': true,
            'aria-label': label,
            placeholder: label,
            leftSection: <Search size={14} />,
            flex: '1 1 200px',
            maw: 340,
          }
        : { label, description })}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
    />
  );
}

/** Fifteen fields and buttons: drawn anew for another filter only. */
export const Filters = memo(PlainFilters);

function PlainFilters({ search, onChange, onClear }: FiltersProps) {
  const names = [...new Set((useWorkflowDefs().data ?? []).map(({ name }) => name))].sort();
  if (search.workflow && !names.includes(search.workflow)) names.push(search.workflow);
  const range = search.range ?? 'all';
  return (
    <Stack gap={8}>
      <Group gap={8}>
        <Chip.Group
          multiple
          value={[...(search.status ?? [])]}
          onChange={(status) => onChange({ status: status as WorkflowStatus[] })}
        >
          <Group gap={6} role="group" aria-label="States">
            {WORKFLOW_STATUSES.map((status) => (
              <Chip key={status} value={status} size="xs" variant="outline">
                {statusText(status)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </Group>
      <Group gap={8}>
        <TypedInput
          filter
          label="Find in ids, input and output"
          value={search.text ?? ''}
          onChange={(text) => onChange({ text })}
        />
        <Select
          aria-label="Time"
          w={140}
          data={RANGE_OPTIONS}
          value={range}
          onChange={(value) => onChange({ range: (value ?? 'all') as RangeName })}
        />
        {range === 'custom' && <CustomRange search={search} onChange={onChange} />}
        <Select
          aria-label="Workflow"
          placeholder="Any workflow"
          w={200}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'Any workflow' }}
          data={names}
          value={search.workflow ?? null}
          onChange={(workflow) => onChange({ workflow: workflow ?? undefined })}
        />
        <MoreFilters search={search} onChange={onChange} />
        <Select
          aria-label="Order"
          w={160}
          data={Object.entries(SORTS).map(([value, label]) => ({ value, label }))}
          value={search.sort ?? 'startTime:DESC'}
          onChange={(sort) => onChange({ sort: sort as SortName })}
        />
        <Views search={search} />
        {isFiltered(search) && (
          <Button variant="subtle" color="gray" leftSection={<X size={13} />} onClick={onClear}>
            Clear
          </Button>
        )}
      </Group>
    </Stack>
  );
}

function CustomRange({ search, onChange }: Pick<FiltersProps, 'search' | 'onChange'>) {
  const [zone] = useZone();
  const field = (label: string, key: 'from' | 'to') => (
    <TextInput
      type="datetime-local"
      aria-label={`${label} (${zone === 'utc' ? 'UTC' : 'local time'})`}
      w={195}
      value={search[key] === undefined ? '' : dateField(search[key], zone)}
      onChange={(event) => onChange({ [key]: readDateField(event.currentTarget.value, zone) })}
    />
  );
  return (
    <>
      {field('From', 'from')}
      {field('To', 'to')}
    </>
  );
}

function MoreFilters({ search, onChange }: Pick<FiltersProps, 'search' | 'onChange'>) {
  const used = [search.id, search.correlation, search.idempotency, search.version, search.parent, search.query].filter(
    (value) => value !== undefined,
  ).length;
  return (
    <Popover width={300} position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<SlidersHorizontal size={13} />} h={36}>
          More{used > 0 ? ` (${used})` : ''}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <TypedInput label="Execution id" value={search.id ?? ''} onChange={(id) => onChange({ id })} />
          <TypedInput
            label="Correlation id"
            value={search.correlation ?? ''}
            onChange={(correlation) => onChange({ correlation })}
          />
          <TypedInput
            label="Idempotency key"
            value={search.idempotency ?? ''}
            onChange={(idempotency) => onChange({ idempotency })}
          />
          <TypedInput
            label="Started by execution (parent id)"
            value={search.parent ?? ''}
            onChange={(parent) => onChange({ parent })}
          />
          <TypedInput
            label="Query"
            description="As in the API: endTime > 1764000000000 AND workflowType IN (a, b)"
            value={search.query ?? ''}
            onChange={(query) => onChange({ query })}
          />
          <NumberInput
            label="Version"
            min={1}
            value={search.version ?? ''}
            onChange={(value) => onChange({ version: value === '' ? undefined : Number(value) })}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
