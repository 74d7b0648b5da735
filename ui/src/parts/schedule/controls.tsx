// What can be done with a schedule at once: run it now, pause it, let it go on.
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Pause, Play, Zap } from 'lucide-react';
import type { WorkflowSchedule } from '../../../../src/http/contract/schedule.ts';
import { adminApi } from '../../api-admin.ts';
import { useAction } from '../../queries.ts';

type Of = Pick<WorkflowSchedule, 'name' | 'paused'>;

export function PauseButton({ schedule: { name, paused }, compact = false }: { schedule: Of; compact?: boolean }) {
  const toggle = useAction<void, unknown>({
    run: () => (paused ? adminApi.resumeSchedule(name) : adminApi.pauseSchedule(name)),
    refresh: [['schedules'], ['schedule', name]],
    done: () => (paused ? `${name} goes on` : `${name} is paused`),
  });
  return (
    <Button
      variant="default"
      size={compact ? 'compact-xs' : 'xs'}
      leftSection={paused ? <Play size={13} /> : <Pause size={13} />}
      aria-label={compact ? `${paused ? 'Resume' : 'Pause'} ${name}` : undefined}
      loading={toggle.isPending}
      onClick={() => toggle.mutate()}
    >
      {paused ? 'Resume' : 'Pause'}
    </Button>
  );
}

export function RunNow({ schedule: { name }, compact = false }: { schedule: Of; compact?: boolean }) {
  const navigate = useNavigate();
  const run = useAction<void, { workflowId: string }>({
    run: () => adminApi.runSchedule(name),
    refresh: [['schedule', name], ['executions']],
    done: () => `${name} runs: this is its execution`,
    after: ({ workflowId }) => void navigate({ to: '/executions/$id', params: { id: workflowId } }),
  });
  return (
    <Button
      variant="default"
      size={compact ? 'compact-xs' : 'xs'}
      leftSection={<Zap size={13} />}
      aria-label={compact ? `Run ${name} now` : undefined}
      loading={run.isPending}
      onClick={() => run.mutate()}
    >
      Run now
    </Button>
  );
}

export function ScheduleState({ paused, nextRunTime }: Pick<WorkflowSchedule, 'paused' | 'nextRunTime'>) {
  const [text, tone] = paused ? ['PAUSED', 'wait'] : nextRunTime ? ['ACTIVE', 'good'] : ['ENDED', 'gone'];
  return (
    <span className="status" data-tone={tone}>
      <i aria-hidden="true" />
      {text}
    </span>
  );
}
