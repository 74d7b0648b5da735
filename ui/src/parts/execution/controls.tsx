// Every control of an execution: those that make sense now as buttons, the others not at all.
import { ActionIcon, Button, Group, Menu, Modal, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import {
  CirclePause,
  CirclePlay,
  CircleStop,
  Copy,
  Download,
  EllipsisVertical,
  Radio,
  RotateCcw,
  Trash2,
  Undo2,
  Variable,
  Waypoints,
} from 'lucide-react';
import { useState } from 'react';
import type { WireWorkflow } from '../../../../src/http/contract/execution.ts';
import { actOn, appRoot, type ExecutionVerb } from '../../api.ts';
import { curlCommand } from '../../model/curl.ts';
import { actionsFor } from '../../model/execution-actions.ts';
import { prettyJson } from '../../model/json-text.ts';
import { useAction } from '../../queries.ts';
import { confirm } from '../confirm.tsx';
import { download } from '../download.ts';
import { ButtonLink } from '../links.tsx';
import { Inject, type Injection } from './inject.tsx';

const SAID: Readonly<Record<ExecutionVerb, string>> = {
  pause: 'Paused: no new task is scheduled',
  resume: 'Resumed',
  restart: 'Restarted with its own definition',
  restartLatest: 'Restarted with the latest definition',
  retry: 'Retried from the failed task',
  terminate: 'Terminated',
  remove: 'Deleted',
};

export function Controls({ execution }: { execution: WireWorkflow }) {
  const { workflowId: id, workflowName } = execution;
  const navigate = useNavigate();
  const [terminating, setTerminating] = useState(false);
  const [reason, setReason] = useState('');
  const [injecting, setInjecting] = useState<Injection>();
  const can = actionsFor(execution.status);
  const act = useAction({
    run: (verb: ExecutionVerb) => actOn(verb, id, reason),
    refresh: [['execution', id], ['executions']],
    done: (_, verb) => SAID[verb],
    after: (_, verb) => {
      setTerminating(false);
      if (verb === 'remove') void navigate({ to: '/executions' });
    },
  });
  const busy = (verb: ExecutionVerb) => act.isPending && act.variables === verb;
  const copyCurl = () =>
    navigator.clipboard.writeText(
      curlCommand({
        method: 'GET',
        url: new URL(`api/workflow/${encodeURIComponent(id)}?includeTasks=true`, appRoot).href,
      }),
    );
  return (
    <>
      {can.pause && (
        <Button
          variant="default"
          leftSection={<CirclePause size={14} />}
          loading={busy('pause')}
          onClick={() => act.mutate('pause')}
        >
          Pause
        </Button>
      )}
      {can.resume && (
        <Button leftSection={<CirclePlay size={14} />} loading={busy('resume')} onClick={() => act.mutate('resume')}>
          Resume
        </Button>
      )}
      {can.retry && (
        <Button leftSection={<RotateCcw size={14} />} loading={busy('retry')} onClick={() => act.mutate('retry')}>
          Retry
        </Button>
      )}
      {can.terminate && (
        <Button
          variant="default"
          c="var(--tone-bad)"
          leftSection={<CircleStop size={14} />}
          onClick={() => setTerminating(true)}
        >
          Terminate
        </Button>
      )}
      {!can.terminate && (
        <ButtonLink to="/run" search={{ like: id }} variant="default" leftSection={<CirclePlay size={14} />}>
          Run again…
        </ButtonLink>
      )}
      <ButtonLink to="/executions/$id/trace" params={{ id }} variant="default" leftSection={<Waypoints size={14} />}>
        Trace
      </ButtonLink>
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label="More actions" variant="default" size={30}>
            <EllipsisVertical size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {can.restart && (
            <>
              <Menu.Item leftSection={<Undo2 size={14} />} onClick={() => act.mutate('restart')}>
                Restart from the beginning
              </Menu.Item>
              <Menu.Item leftSection={<Undo2 size={14} />} onClick={() => act.mutate('restartLatest')}>
                Restart with the latest definition
              </Menu.Item>
              <Menu.Divider />
            </>
          )}
          {can.terminate && (
            <>
              <Menu.Item leftSection={<Radio size={14} />} onClick={() => setInjecting('signal')}>
                Signal…
              </Menu.Item>
              <Menu.Item leftSection={<Variable size={14} />} onClick={() => setInjecting('variables')}>
                Change variables…
              </Menu.Item>
              <Menu.Divider />
            </>
          )}
          <Menu.Item leftSection={<Copy size={14} />} onClick={() => void copyCurl()}>
            Copy as cURL
          </Menu.Item>
          <Menu.Item
            leftSection={<Download size={14} />}
            onClick={() => download(`${workflowName}-${id}.json`, prettyJson(execution))}
          >
            Download JSON
          </Menu.Item>
          {can.restart && (
            <>
              <Menu.Divider />
              <Menu.Item
                color="red"
                leftSection={<Trash2 size={14} />}
                onClick={() =>
                  confirm({
                    title: 'Delete this execution?',
                    body: 'It is deleted for good, with its tasks.',
                    action: 'Delete',
                    onConfirm: () => act.mutate('remove'),
                  })
                }
              >
                Delete execution
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {injecting && <Inject id={id} what={injecting} onClose={() => setInjecting(undefined)} />}
      <Modal opened={terminating} onClose={() => setTerminating(false)} title="Terminate this execution?" size="sm">
        <Stack gap="md">
          <TextInput
            label="Reason"
            placeholder="Shown with the execution"
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={() => setTerminating(false)}>
              Cancel
            </Button>
            <Button color="red" loading={busy('terminate')} onClick={() => act.mutate('terminate')}>
              Terminate
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
