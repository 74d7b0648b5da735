// The form of Run Workflow: what to run, with which input, and the same as cURL; then straight to the execution.
import { Button, Stack } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useState } from 'react';
import type { WorkflowDef } from '../../../../src/core/model.ts';
import { api, appRoot } from '../../api.ts';
import { startCode } from '../../model/code-sample.ts';
import { checkRun, EMPTY_RUN, inputFor, latestOf, type RunValues, startRequest } from '../../model/run-form.ts';
import { errorText, useAction } from '../../queries.ts';
import { CodeSample } from '../code-sample.tsx';
import { ButtonLink } from '../links.tsx';
import { Empty, Page } from '../page.tsx';

import { RunFields } from './fields.tsx';
import { Recent } from './recent.tsx';

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
  const [values, setValues] = useState<RunValues>(
    () =>
      begin ?? { ...EMPTY_RUN, name, version: version ? String(version) : '', input: inputFor(latestOf(defs, name)) },
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
  if (defs.length === 0)
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
          <RunFields defs={defs} values={values} errors={errors} onChange={set} />
        </Stack>
        <Stack gap="md">
          {values.name !== '' && <Recent name={values.name} />}
          {valid && (
            <CodeSample title="The same as code" code={(kind) => startCode(kind, appRoot.href, startRequest(values))} />
          )}
        </Stack>
      </div>
    </Page>
  );
}
