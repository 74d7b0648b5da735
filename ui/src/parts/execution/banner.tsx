// Failure first: why it ended, or what it waits for; when it is tried again; and the way to the task.
import { Button, Group, Text } from '@mantine/core';
import { ArrowRight } from 'lucide-react';
import type { WireTask, WireWorkflow } from '../../../../src/http/contract/execution.ts';
import { type ExecutionView, nextAttemptAt } from '../../model/execution-view.ts';
import { durationText } from '../../model/moment.ts';
import { reasonText } from '../../model/reason-text.ts';
import { useNow } from '../clock.tsx';
import { Link } from '../links.tsx';

interface BannerProps {
  readonly execution: WireWorkflow;
  readonly view: ExecutionView;
  readonly onJump: (task: WireTask) => void;
}

export function Banner({ execution, view, onJump }: BannerProps) {
  const { failed } = view;
  const ended = execution.status === 'FAILED' || execution.status === 'TIMED_OUT' || execution.status === 'TERMINATED';
  const retrying = execution.tasks.find((task) => task.retryCount > 0 && nextAttemptAt(task) !== undefined);
  if (ended) {
    const text = reasonText(execution.reasonForIncompletion ?? failed?.reasonForIncompletion ?? 'No reason was given.');
    return (
      <section
        className="notice banner"
        data-tone={execution.status === 'TERMINATED' ? 'gone' : 'bad'}
        aria-label="Why it ended"
      >
        <Text size="sm" className="hostile" lineClamp={4}>
          {failed && <b>{failed.referenceTaskName}: </b>}
          {text}
        </Text>
        {failed && (
          <Button variant="default" rightSection={<ArrowRight size={14} />} onClick={() => onJump(failed)}>
            Jump to task
          </Button>
        )}
      </section>
    );
  }
  if (retrying) return <Retrying task={retrying} onJump={onJump} />;
  const queued = execution.tasks.find(
    (task) => task.status === 'SCHEDULED' && task.workflowTask?.type === 'SIMPLE' && task.pollCount === 0,
  );
  return queued ? <Unpolled task={queued} /> : null;
}

function Retrying({ task, onJump }: { task: WireTask; onJump: (task: WireTask) => void }) {
  const now = useNow();
  const left = (nextAttemptAt(task) ?? 0) - now;
  return (
    <section className="notice banner" data-tone="warn" aria-label="Next attempt">
      <Text size="sm" className="hostile">
        <b>{task.referenceTaskName}</b> failed; attempt {task.retryCount + 1}{' '}
        {left > 0 ? `in ${durationText(left)}` : 'is due'}.
      </Text>
      <Button variant="default" rightSection={<ArrowRight size={14} />} onClick={() => onJump(task)}>
        Jump to task
      </Button>
    </section>
  );
}

/** Long enough that a worker which polls would have taken the task. */
const UNPOLLED_MS = 10_000;

function Unpolled({ task }: { task: WireTask }) {
  const now = useNow();
  if (now - task.scheduledTime < UNPOLLED_MS) return null;
  return (
    <section className="notice banner" data-tone="wait" aria-label="No worker">
      <Text size="sm" className="hostile">
        No worker has taken <b>{task.taskDefName}</b>
        {task.domain ? ` in domain ${task.domain}` : ''} yet.
      </Text>
      <Group gap="sm">
        <Link to="/queues" size="sm">
          Queues & workers
        </Link>
      </Group>
    </section>
  );
}
