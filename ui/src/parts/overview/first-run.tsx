// The first-run checklist: four buttons that do the real thing, one after the other.
import { Button, Text } from '@mantine/core';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError, api, callWebhook } from '../../api.ts';
import { type FirstRun, SAMPLE_DEFINITION, SAMPLE_EVENT, sampleWebhook } from '../../model/first-run.ts';
import { randomSecret } from '../../model/random-secret.ts';
import { useAction } from '../../queries.ts';
import { ButtonLink, Link } from '../links.tsx';

export function FirstRunList({ state }: { state: FirstRun }) {
  const { loaded, webhook, execution, completed } = state;
  const load = useAction<void>({
    run: async () => {
      await api.createWorkflowDef(SAMPLE_DEFINITION).catch((error: unknown) => {
        // It is there already: somebody removed only the webhook.
        if (!(error instanceof ApiError && error.status === 409)) throw error;
      });
      return api.createWebhook(sampleWebhook(randomSecret()));
    },
    refresh: [['workflowDefs'], ['webhooks']],
    done: () => 'Loaded the workflow and webhook hello_webhook',
  });
  const run = useAction<void>({
    run: () => api.start({ name: SAMPLE_DEFINITION.name, version: 1, input: {} }),
    refresh: [['executions']],
    done: () => 'Started: it waits for its message',
  });
  const send = useAction<void, number>({
    run: () =>
      callWebhook(webhook?.id ?? '', { 'Content-Type': 'application/json', ...webhook?.headers }, SAMPLE_EVENT),
    refresh: [['executions'], ['webhooks']],
    done: (status) => (status < 300 ? 'The event was taken' : `The server answered ${status}`),
  });
  const running = execution !== undefined && !completed;
  return (
    <section className="panel" aria-label="First steps">
      <div className="panel-head">See it work in a minute</div>
      <ol className="checklist">
        <Step done={loaded} title="Load the sample" about="A workflow that waits for a webhook, and the webhook.">
          <Button disabled={loaded} loading={load.isPending} onClick={() => load.mutate()}>
            Load the sample
          </Button>
        </Step>
        <Step done={execution !== undefined} title="Run it" about="It stands RUNNING and waits.">
          <Button disabled={!loaded || execution !== undefined} loading={run.isPending} onClick={() => run.mutate()}>
            Run Workflow
          </Button>
        </Step>
        <Step
          done={completed}
          title="Send a test event"
          about="A real request to the webhook, with the header that proves it."
        >
          <Button disabled={!running} loading={send.isPending} onClick={() => send.mutate()}>
            Send the event
          </Button>
        </Step>
        <Step done={false} title="Look at the run" about="What came in, what went on, how long it took.">
          {execution ? (
            <ButtonLink
              to="/executions/$id"
              params={{ id: execution.workflowId }}
              variant={completed ? 'filled' : 'default'}
            >
              Open the execution
            </ButtonLink>
          ) : (
            <Button disabled>Open the execution</Button>
          )}
        </Step>
      </ol>
      {webhook?.id && (
        <Text size="xs" c="dimmed" px={14} pb={12}>
          The same from a terminal:{' '}
          <Link to="/definitions/webhooks/$id" params={{ id: webhook.id }} search={{ tab: 'code' }}>
            cURL of this webhook
          </Link>
        </Text>
      )}
    </section>
  );
}

function Step({ done, title, about, children }: { done: boolean; title: string; about: string; children: ReactNode }) {
  return (
    <li data-done={done || undefined}>
      <span className="check" data-tone="good">
        {done && <Check size={14} aria-label="done" />}
      </span>
      <div className="check-words">
        <b>{title}</b>
        <span className="dim">{about}</span>
      </div>
      {children}
    </li>
  );
}
