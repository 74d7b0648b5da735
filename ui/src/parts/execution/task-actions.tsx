// What can be done with one task: complete or fail it by hand, skip it before its turn, run again from it.
import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { CircleCheck, CircleX, FastForward, SkipForward, StepForward } from 'lucide-react';
import { useState } from 'react';
import type { JsonObject } from '../../../../src/core/json.ts';
import { isRecord } from '../../../../src/core/json.ts';
import type { WorkflowTask } from '../../../../src/core/model.ts';
import type { WireTask, WireWorkflow } from '../../../../src/http/contract/execution.ts';
import { api } from '../../api.ts';
import { actionsFor, canUpdateTask } from '../../model/execution-actions.ts';
import { useAction } from '../../queries.ts';
import { JsonField } from '../fields/json-field.tsx';

type Doing = 'complete' | 'fail' | 'skip' | 'jump' | 'rerun';

const WORDS: Readonly<Record<Doing, { title: string; button: string; field: string; done: string }>> = {
  complete: { title: 'Complete this task by hand', button: 'Complete', field: 'Output', done: 'Task completed' },
  fail: { title: 'Fail this task', button: 'Fail', field: 'Output', done: 'Task failed' },
  skip: { title: 'Skip this task', button: 'Skip', field: 'Output in its place', done: 'Task will be skipped' },
  jump: { title: 'Go to this task at once', button: 'Jump', field: 'Input of the task', done: 'Jumped to this task' },
  rerun: {
    title: 'Run again from this task',
    button: 'Run again',
    field: 'Input of the task',
    done: 'Running again from this task',
  },
};

interface TaskActionsProps {
  readonly execution: WireWorkflow;
  readonly task?: WireTask;
  /** A place that has not been reached. */
  readonly place?: WorkflowTask;
}

export function TaskActions({ execution, task, place }: TaskActionsProps) {
  const [doing, setDoing] = useState<Doing>();
  const can = actionsFor(execution.status);
  const open = task !== undefined && canUpdateTask(task.status) && can.terminate;
  return (
    <>
      <Group gap={6}>
        {open && (
          <Button variant="default" leftSection={<CircleCheck size={14} />} onClick={() => setDoing('complete')}>
            Complete by hand
          </Button>
        )}
        {open && (
          <Button variant="default" leftSection={<CircleX size={14} />} onClick={() => setDoing('fail')}>
            Fail
          </Button>
        )}
        {place && can.skip && (
          <Button variant="default" leftSection={<SkipForward size={14} />} onClick={() => setDoing('skip')}>
            Skip
          </Button>
        )}
        {place && can.pause && (
          <Button variant="default" leftSection={<FastForward size={14} />} onClick={() => setDoing('jump')}>
            Jump here
          </Button>
        )}
        {task && can.rerun && (
          <Button variant="default" leftSection={<StepForward size={14} />} onClick={() => setDoing('rerun')}>
            Rerun from here
          </Button>
        )}
      </Group>
      {doing && (
        <ActionDialog
          execution={execution}
          task={task}
          place={place}
          doing={doing}
          onClose={() => setDoing(undefined)}
        />
      )}
    </>
  );
}

interface ActionDialogProps {
  readonly execution: WireWorkflow;
  readonly task: WireTask | undefined;
  readonly place: WorkflowTask | undefined;
  readonly doing: Doing;
  readonly onClose: () => void;
}

function ActionDialog({ execution, task, place, doing, onClose }: ActionDialogProps) {
  const { workflowId } = execution;
  const words = WORDS[doing];
  const [data, setData] = useState<unknown>(doing === 'rerun' ? task?.inputData : {});
  const [broken, setBroken] = useState(false);
  const [reason, setReason] = useState('');
  const [final, setFinal] = useState('FAILED');
  const act = useAction<void>({
    run: () => {
      const json: JsonObject = isRecord(data) ? data : {};
      if (doing === 'skip') return api.skipTask(workflowId, place?.taskReferenceName ?? '', json);
      if (doing === 'jump') return api.jump(workflowId, place?.taskReferenceName ?? '', json);
      if (!task) return Promise.resolve();
      if (doing === 'rerun') return api.rerun(workflowId, task.taskId, json);
      const failing = doing === 'fail';
      return api.updateTask({
        workflowInstanceId: workflowId,
        taskId: task.taskId,
        status: failing && (final === 'FAILED' || final === 'FAILED_WITH_TERMINAL_ERROR') ? final : 'COMPLETED',
        outputData: json,
        ...(failing ? { reasonForIncompletion: reason } : {}),
      });
    },
    refresh: [['execution', workflowId], ['executions']],
    done: () => words.done,
    after: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={words.title} size="lg">
      <Stack gap="md">
        {doing === 'fail' && (
          <>
            <Select
              label="How"
              data={[
                { value: 'FAILED', label: 'Failed: it is retried as often as its definition allows' },
                { value: 'FAILED_WITH_TERMINAL_ERROR', label: 'Failed for good: no retry' },
              ]}
              value={final}
              onChange={(value) => setFinal(value ?? 'FAILED')}
            />
            <TextInput
              label="Reason"
              data-autofocus
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          </>
        )}
        {doing === 'skip' && (
          <Text size="sm" c="dimmed">
            When its turn comes, it is marked SKIPPED, and the workflow goes on with this output.
          </Text>
        )}
        {doing === 'jump' && (
          <Text size="sm" c="dimmed">
            Open tasks are cancelled, those in between are not run. What is given here is added to its input.
          </Text>
        )}
        <JsonField label={words.field} value={data} onChange={setData} onBroken={setBroken} minRows={8} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            disabled={broken}
            loading={act.isPending}
            color={doing === 'fail' ? 'red' : undefined}
            onClick={() => act.mutate()}
          >
            {words.button}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
