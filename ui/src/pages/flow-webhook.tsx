// One webhook task of a flow, or a new one: the form, and beside it what a test sends and hears.
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { FlowWebhookConfig } from '../../../src/http/contract/flow-webhook.ts';
import { flowApi } from '../api-flow.ts';
import { referenceNames } from '../model/def-edit.ts';
import type { Wish } from '../model/flow-webhook-form.ts';
import { CopyValue } from '../parts/copy.tsx';
import { DeleteMenu } from '../parts/delete.tsx';
import { TestResult } from '../parts/flow/test-result.tsx';
import { FlowWebhookForm } from '../parts/flow/webhook-form.tsx';
import { Link } from '../parts/links.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { useAction, useWorkflowDefs } from '../queries.ts';
import { useFlowWebhook } from '../queries-flow.ts';

const existing = getRouteApi('/definitions/workflows/$name/webhooks/$id');
const fresh = getRouteApi('/definitions/workflows/$name/new-webhook');

export function FlowWebhookPage() {
  const { name, id } = existing.useParams();
  const query = useFlowWebhook(name, id);
  return (
    <Loaded query={query} what="webhook task" id={id}>
      {(stored) => <WebhookView key={`${id} ${String(stored.updatedAt)}`} flow={name} stored={stored} />}
    </Loaded>
  );
}

export function NewFlowWebhookPage() {
  const { name } = fresh.useParams();
  return <WebhookView flow={name} />;
}

function WebhookView({ flow, stored }: { flow: string; stored?: FlowWebhookConfig }) {
  const navigate = useNavigate();
  const allow = useRef<() => void>(undefined);
  const [toCopy, setToCopy] = useState<string>();
  const defs = useWorkflowDefs().data ?? [];
  const taskRefs = [...new Set(defs.filter(({ name }) => name === flow).flatMap((def) => [...referenceNames(def)]))];
  const leave = () => {
    allow.current?.();
    void navigate({ to: '/definitions/workflows/$name/webhooks', params: { name: flow } });
  };
  const save = useAction({
    run: (wish: Wish) =>
      stored?.id === undefined ? flowApi.create(flow, wish) : flowApi.replace(flow, stored.id, wish),
    refresh: [['flowWebhooks', flow]],
    done: ({ name }) => `Saved ${name}`,
    toastErrors: false,
    after: ({ standardSecretKey }) => (standardSecretKey === undefined ? leave() : setToCopy(standardSecretKey)),
  });
  const test = useAction({ run: (wish: Wish) => flowApi.test(flow, wish), toastErrors: false });
  const remove = useAction({
    run: () => flowApi.remove(flow, stored?.id ?? ''),
    refresh: [['flowWebhooks', flow]],
    done: () => `Deleted ${stored?.name ?? ''}`,
    after: leave,
  });
  return (
    <Page
      title={stored?.name ?? 'Create webhook task'}
      heading={<span className="hostile">{stored?.name ?? 'Create webhook task'}</span>}
      about={
        <>
          Webhook task of{' '}
          <Link
            to="/definitions/workflows/$name/webhooks"
            params={{ name: flow }}
            inherit
            underline="always"
            className="hostile"
          >
            {flow}
          </Link>
        </>
      }
      actions={
        stored && (
          <DeleteMenu
            what="webhook task"
            name={stored.name}
            loss="What waits to be delivered is called off. What was delivered stays in the list."
            onDelete={() => remove.mutate()}
          />
        )
      }
    >
      {stored?.disabledReason && (
        <div className="notice hostile" data-tone="bad">
          <Text size="sm">Fermata switched it off: {stored.disabledReason}. Switch it on below when it is mended.</Text>
        </div>
      )}
      <div className="two-columns run">
        <section className="panel pad" aria-label="Settings of the webhook task">
          <FlowWebhookForm
            {...(stored && { stored })}
            taskRefs={taskRefs}
            saving={save.isPending}
            testing={test.isPending}
            error={save.error ?? test.error}
            onSave={(wish, allowLeave) => {
              allow.current = allowLeave;
              save.mutate(wish);
            }}
            onTest={(wish) => {
              save.reset();
              test.mutate(wish);
            }}
          />
        </section>
        <aside className="panel pad sticky" aria-label="Test">
          <TestResult report={test.data} />
        </aside>
      </div>
      <Modal opened={toCopy !== undefined} onClose={leave} title="Copy the secret now" size="md">
        <Stack gap="md">
          <Text size="sm">
            Libraries for Standard Webhooks take the secret in this spelling. It is shown this once.
          </Text>
          <CopyValue value={toCopy ?? ''} label="Copy the secret" />
          <Group justify="flex-end">
            <Button onClick={leave}>I have it</Button>
          </Group>
        </Stack>
      </Modal>
    </Page>
  );
}
