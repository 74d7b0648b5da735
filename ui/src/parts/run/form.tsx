// The form of Run Workflow: what to run, with which input, and the same as cURL; then straight to the execution.
import { Button, Group, Input, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { WorkflowDef } from '../../../../src/core/model.ts';
import { api, appRoot } from '../../api.ts';
import { curlCommand } from '../../model/curl.ts';
import { checkRun, EMPTY_RUN, inputFor, type RunValues, startRequest } from '../../model/run-form.ts';
import { errorText, useAction } from '../../queries.ts';
import { ButtonLink } from '../links.tsx';
import { Empty, Page, Waiting } from '../page.tsx';
import { Payload } from '../payload.tsx';
import { Recent } from './recent.tsx';

const JsonEditor = lazy(() =>
  import('../json-editor.tsx').then(({ JsonEditor: component }) => ({ default: component })),
);

const MONO = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } };

interface RunFormProps {
  readonly defs: readonly WorkflowDef[];
  readonly name?: string | undefined;
  readonly version?: number | undefined;
  /** Values of an execution that is run again, and its id. */
  readonly begin?: RunValues;
  readonly like?: string;
}

export function RunForm({ defs, name = '', version, begin, like }: RunFormProps) {
  const navigate = useNavigate();
  const latest = (of: string) => defs.filter((def) => def.name === of).sort((a, b) => b.version - a.version)[0];
  const [values, setValues] = useState<RunValues>(
    () => begin ?? { ...EMPTY_RUN, name, version: version ? String(version) : '', input: inputFor(latest(name)) },
  );
  const [tried, setTried] = useState(false);
  const all = checkRun(values);
  const errors = tried ? all : {};
  const valid = Object.keys(all).length === 0;
  const set = (change: Partial<RunValues>) => setValues((old) => ({ ...old, ...change }));
  const run = useAction({
    run: () => api.start(startRequest(values)),
    refresh: [['executions']],
    toastErrors: false,
    done: () => `Started ${values.name}`,
    after: (id) => void navigate({ to: '/executions/$id', params: { id } }),
  });
  const submit = () => {
    setTried(true);
    if (valid && !run.isPending) run.mutate();
  };
  useHotkeys([['mod+Enter', submit]], [], true);
  const names = [...new Set(defs.map((def) => def.name))].sort();
  const versions = defs
    .filter((def) => def.name === values.name)
    .map((def) => String(def.version))
    .sort((a, b) => Number(b) - Number(a));
  const choose = (next: string) => {
    // An input that nobody touched follows the workflow; one that was written stays.
    const untouched = values.input === inputFor(latest(values.name)) || values.input === '{}';
    set({ name: next, version: '', ...(untouched ? { input: inputFor(latest(next)) } : {}) });
  };
  if (names.length === 0)
    return (
      <Page title="Run Workflow">
        <Empty
          icon={<Play size={28} />}
          title="There is nothing to run yet"
          action={<ButtonLink to="/definitions/new-workflow">Define Workflow</ButtonLink>}
        >
          Define a workflow first.
        </Empty>
      </Page>
    );
  return (
    <Page
      title="Run Workflow"
      about={like ? <>With the input of execution {like}</> : undefined}
      actions={
        <Button leftSection={<Play size={14} />} loading={run.isPending} onClick={submit} data-run>
          Run Workflow
        </Button>
      }
    >
      {run.error && (
        <div className="notice hostile" data-tone="bad" role="alert">
          {errorText(run.error)}
        </div>
      )}
      <div className="two-columns run">
        <Stack gap="md" className="panel pad">
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
              onChange={(next) => set({ version: next ?? '' })}
            />
          </Group>
          <Input.Wrapper label="Input" labelElement="div" error={errors.input}>
            <Suspense fallback={<Waiting what="Loading the editor" />}>
              <JsonEditor
                value={values.input}
                label="Input as JSON"
                height={300}
                onChange={(input) => set({ input })}
              />
            </Suspense>
          </Input.Wrapper>
          <TextInput
            label="Correlation id"
            description="Your own id of the matter; executions can be searched by it."
            value={values.correlationId}
            onChange={(event) => set({ correlationId: event.currentTarget.value })}
          />
          <Group gap="sm" align="flex-start" grow>
            <TextInput
              label="Idempotency key"
              description="The same key does not start twice."
              value={values.idempotencyKey}
              onChange={(event) => set({ idempotencyKey: event.currentTarget.value })}
            />
            <Select
              label="When the key was used before"
              description="Only with a key."
              disabled={values.idempotencyKey.trim() === ''}
              data={['RETURN_EXISTING', 'FAIL', 'FAIL_ON_RUNNING']}
              value={values.idempotencyStrategy}
              onChange={(value) => value && set({ idempotencyStrategy: value as RunValues['idempotencyStrategy'] })}
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
            onChange={(event) => set({ taskToDomain: event.currentTarget.value })}
          />
          <TextInput
            label="Priority"
            description="0 to 99; higher goes first."
            w={160}
            inputMode="numeric"
            value={values.priority}
            error={errors.priority}
            onChange={(event) => set({ priority: event.currentTarget.value })}
          />
        </Stack>
        <Stack gap="md">
          {values.name !== '' && <Recent name={values.name} />}
          {valid && (
            <div>
              <Text fw={600} size="sm" mb={6}>
                The same as cURL
              </Text>
              <Payload
                label="cURL command"
                maxHeight={260}
                text={curlCommand({
                  method: 'POST',
                  url: new URL('api/workflow', appRoot).href,
                  headers: { 'Content-Type': 'application/json' },
                  body: JSON.stringify(startRequest(values)),
                })}
              />
            </div>
          )}
        </Stack>
      </div>
    </Page>
  );
}
