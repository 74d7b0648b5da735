// The selected task: what happened to it, its data, its attempts, and what can be done with it.
import { ActionIcon, Tabs, Text } from '@mantine/core';
import { X } from 'lucide-react';
import type { WorkflowTask } from '../../../../src/core/model.ts';
import type { WireTask, WireWorkflow } from '../../../../src/http/contract/execution.ts';
import type { TaskTab } from '../../model/address.ts';
import { runTime } from '../../model/execution-view.ts';
import { durationText } from '../../model/moment.ts';
import { taskLabel } from '../../model/task-catalog.ts';
import { useTaskLogs } from '../../queries.ts';
import { Duration, FullMoment, Moment } from '../clock.tsx';
import { CopyValue } from '../copy.tsx';
import { Link } from '../links.tsx';
import { Loaded } from '../page.tsx';
import { Payload } from '../payload.tsx';
import { Status } from '../status.tsx';
import { TaskIcon } from '../task-icon.tsx';
import { TaskActions } from './task-actions.tsx';
import { WaitHelp } from './wait-help.tsx';

interface TaskPanelProps {
  readonly execution: WireWorkflow;
  readonly task: WireTask;
  readonly attempts: readonly WireTask[];
  readonly onSelect: (task: WireTask) => void;
  readonly onClose: () => void;
  readonly tab: TaskTab;
  readonly onTab: (tab: TaskTab) => void;
}

export function TaskPanel({ execution, task, attempts, onSelect, onClose, tab, onTab }: TaskPanelProps) {
  const type = task.workflowTask?.type ?? task.taskType;
  return (
    <section className="task-panel" aria-label={`Task ${task.referenceTaskName}`}>
      <div className="task-panel-head">
        <span className="task-icon">
          <TaskIcon type={type} />
        </span>
        <div style={{ minWidth: 110, flex: 1 }}>
          <Text fw={600} size="sm" className="hostile">
            {task.referenceTaskName}
          </Text>
          <Text size="xs" c="dimmed">
            {taskLabel(type)}
          </Text>
        </div>
        <Status status={task.status} filled />
        <ActionIcon aria-label="Close the task" onClick={onClose}>
          <X size={16} />
        </ActionIcon>
      </div>
      <Tabs value={tab} onChange={(value) => onTab(value as TaskTab)} keepMounted={false} className="task-tabs">
        <Tabs.List>
          <Tabs.Tab value="summary">Summary</Tabs.Tab>
          <Tabs.Tab value="input">Input</Tabs.Tab>
          <Tabs.Tab value="output">Output</Tabs.Tab>
          <Tabs.Tab value="logs">Logs</Tabs.Tab>
          <Tabs.Tab value="definition">Definition</Tabs.Tab>
        </Tabs.List>
        <div className="task-panel-body">
          <Tabs.Panel value="summary">
            <Summary execution={execution} task={task} attempts={attempts} onSelect={onSelect} />
          </Tabs.Panel>
          <Tabs.Panel value="input">
            <Payload label="Input of the task" value={task.inputData} maxHeight="none" empty="No input" />
          </Tabs.Panel>
          <Tabs.Panel value="output">
            <Payload
              label="Output of the task"
              value={task.outputData}
              maxHeight="none"
              empty={task.endTime ? 'No output' : 'No output yet'}
            />
          </Tabs.Panel>
          <Tabs.Panel value="logs">
            <Logs taskId={task.taskId} />
          </Tabs.Panel>
          <Tabs.Panel value="definition">
            <Payload label="Definition of the task" value={task.workflowTask} maxHeight="none" />
          </Tabs.Panel>
        </div>
      </Tabs>
    </section>
  );
}

function Summary({ execution, task, attempts, onSelect }: Omit<TaskPanelProps, 'onClose' | 'tab' | 'onTab'>) {
  const ran = task.endTime ? runTime(task, task.endTime) : undefined;
  return (
    <>
      {task.reasonForIncompletion && (
        <div className="notice hostile" data-tone={task.status === 'COMPLETED' ? 'quiet' : 'bad'}>
          <Text size="sm">{task.reasonForIncompletion}</Text>
        </div>
      )}
      <WaitHelp execution={execution} task={task} />
      <TaskActions execution={execution} task={task} />
      <dl className="facts">
        <dt>Task id</dt>
        <dd>
          <CopyValue value={task.taskId} label="Copy task id" />
        </dd>
        {task.taskDefName !== task.referenceTaskName && (
          <>
            <dt>Name</dt>
            <dd className="hostile">{task.taskDefName}</dd>
          </>
        )}
        <dt>Scheduled</dt>
        <dd>
          <FullMoment at={task.scheduledTime} />
        </dd>
        <dt>Started</dt>
        <dd>
          <FullMoment at={task.startTime} />
        </dd>
        <dt>Ended</dt>
        <dd>
          <FullMoment at={task.endTime} />
        </dd>
        <dt>Waited</dt>
        <dd className="num">
          {task.startTime ? durationText(task.startTime - task.scheduledTime) : <Duration from={task.scheduledTime} />}
        </dd>
        <dt>Ran</dt>
        <dd className="num">{ran !== undefined ? durationText(ran) : <Duration from={task.startTime} />}</dd>
        {task.iteration > 0 && (
          <>
            <dt>Iteration</dt>
            <dd className="num">{task.iteration}</dd>
          </>
        )}
        {task.workerId && (
          <>
            <dt>Worker</dt>
            <dd className="mono hostile">{task.workerId}</dd>
          </>
        )}
        {task.pollCount > 0 && (
          <>
            <dt>Polled</dt>
            <dd className="num">{task.pollCount}×</dd>
          </>
        )}
        {task.subWorkflowId && (
          <>
            <dt>Sub-workflow</dt>
            <dd>
              <Link to="/executions/$id" params={{ id: task.subWorkflowId }} className="mono">
                {task.subWorkflowId}
              </Link>
            </dd>
          </>
        )}
      </dl>
      {attempts.length > 1 && (
        <div>
          <Text fw={600} size="sm" mb={4}>
            Attempts
          </Text>
          {attempts.map((attempt, i) => (
            <button
              type="button"
              key={attempt.taskId}
              className="attempt"
              data-shown={attempt.taskId === task.taskId || undefined}
              onClick={() => onSelect(attempt)}
            >
              <span className="num">{i + 1}</span>
              <Status status={attempt.status} />
              <span className="clip hostile dim">{attempt.reasonForIncompletion}</span>
              <Moment at={attempt.scheduledTime} />
            </button>
          ))}
        </div>
      )}
    </>
  );
}

function Logs({ taskId }: { taskId: string }) {
  const query = useTaskLogs(taskId);
  return (
    <Loaded query={query} what="logs">
      {(logs) => (
        <Payload
          label="Logs of the task"
          text={logs.map(({ createdTime, log }) => `${new Date(createdTime).toISOString()}  ${log}`).join('\n')}
          maxHeight="none"
          empty="The worker has written no log"
        />
      )}
    </Loaded>
  );
}

/** A place of the definition that has no task yet. */
export function PlacePanel({
  execution,
  place,
  onClose,
}: {
  execution: WireWorkflow;
  place: WorkflowTask;
  onClose: () => void;
}) {
  return (
    <section className="task-panel" aria-label={`Task ${place.taskReferenceName}`}>
      <div className="task-panel-head">
        <span className="task-icon">
          <TaskIcon type={place.type} />
        </span>
        <div style={{ minWidth: 110, flex: 1 }}>
          <Text fw={600} size="sm" className="hostile">
            {place.taskReferenceName}
          </Text>
          <Text size="xs" c="dimmed">
            {taskLabel(place.type)} · not reached
          </Text>
        </div>
        <ActionIcon aria-label="Close the task" onClick={onClose}>
          <X size={16} />
        </ActionIcon>
      </div>
      <div className="task-panel-body">
        <TaskActions execution={execution} place={place} />
        <Payload label="Definition of the task" value={place} maxHeight="none" />
      </div>
    </section>
  );
}
