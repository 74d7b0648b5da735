// The form of a task definition: retries, timeouts, limits, and the whole as JSON.
import { NumberInput, Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import type { TaskDef } from '../../../src/core/model.ts';
import { JsonField } from './fields/json-field.tsx';

interface TaskDefFormProps {
  readonly def: TaskDef;
  readonly isNew: boolean;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (def: TaskDef) => void;
}

type NumberKey =
  | 'retryCount'
  | 'retryDelaySeconds'
  | 'backoffScaleFactor'
  | 'maxRetryDelaySeconds'
  | 'timeoutSeconds'
  | 'responseTimeoutSeconds'
  | 'pollTimeoutSeconds'
  | 'totalTimeoutSeconds'
  | 'concurrentExecLimit'
  | 'rateLimitPerFrequency'
  | 'rateLimitFrequencyInSeconds';

const NUMBERS: readonly { title: string; fields: readonly [NumberKey, string, string?][] }[] = [
  {
    title: 'Retries',
    fields: [
      ['retryCount', 'Retries'],
      ['retryDelaySeconds', 'Delay (seconds)'],
      ['backoffScaleFactor', 'Backoff factor', 'With linear backoff'],
      ['maxRetryDelaySeconds', 'Longest delay (seconds)', '0: no limit'],
    ],
  },
  {
    title: 'Timeouts',
    fields: [
      ['timeoutSeconds', 'Timeout (seconds)', 'From its start; 0: none'],
      ['responseTimeoutSeconds', 'Response timeout (seconds)', 'Without a word from the worker'],
      ['pollTimeoutSeconds', 'Poll timeout (seconds)', 'Until a worker takes it'],
      ['totalTimeoutSeconds', 'Total timeout (seconds)', 'Over all retries'],
    ],
  },
  {
    title: 'Limits',
    fields: [
      ['concurrentExecLimit', 'At the same time', '0: no limit'],
      ['rateLimitPerFrequency', 'Starts per window', '0: no limit'],
      ['rateLimitFrequencyInSeconds', 'Window (seconds)'],
    ],
  },
];

export function TaskDefForm({ def, isNew, errors, onChange }: TaskDefFormProps) {
  const set = (key: string, value: unknown) => {
    const { [key]: _, ...rest } = def;
    onChange((value === undefined ? rest : { ...def, [key]: value }) as TaskDef);
  };
  return (
    <Stack gap="md">
      <TextInput
        label="Name"
        description="Also the name of the queue that workers poll."
        required
        disabled={!isNew}
        value={def.name}
        error={errors.name}
        onChange={(event) => set('name', event.currentTarget.value)}
      />
      <Textarea
        label="Description"
        autosize
        minRows={2}
        value={def.description ?? ''}
        onChange={(event) => set('description', event.currentTarget.value || undefined)}
      />
      {NUMBERS.map(({ title, fields }) => (
        <section key={title} aria-label={title}>
          <div className="palette-title">{title}</div>
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            {fields.map(([key, label, help]) => (
              <NumberInput
                key={key}
                label={label}
                description={help}
                min={0}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                value={def[key] ?? ''}
                error={errors[key]}
                onChange={(value) => set(key, value === '' ? undefined : Number(value))}
              />
            ))}
            {title === 'Retries' && (
              <Select
                label="Growth"
                data={[
                  { value: 'FIXED', label: 'The same delay each time' },
                  { value: 'LINEAR_BACKOFF', label: 'Delay × factor × number of the try' },
                  { value: 'EXPONENTIAL_BACKOFF', label: 'Twice as long from try to try' },
                ]}
                value={def.retryLogic ?? 'FIXED'}
                onChange={(value) => set('retryLogic', value ?? undefined)}
              />
            )}
            {title === 'Timeouts' && (
              <Select
                label="When the time is up"
                data={[
                  { value: 'RETRY', label: 'Retry the task' },
                  { value: 'TIME_OUT_WF', label: 'Time out the workflow' },
                  { value: 'ALERT_ONLY', label: 'Only note it' },
                ]}
                value={def.timeoutPolicy ?? 'TIME_OUT_WF'}
                onChange={(value) => set('timeoutPolicy', value ?? undefined)}
              />
            )}
          </SimpleGrid>
        </section>
      ))}
      <JsonField
        label="As JSON"
        value={def}
        minRows={6}
        onChange={(value) => {
          if (typeof value === 'object' && value !== null && !Array.isArray(value)) onChange(value as TaskDef);
        }}
      />
    </Stack>
  );
}
