// The nodes of a diagram: tasks as cards, start and end, meeting points, loops with their stepper.
import { ActionIcon } from '@mantine/core';
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { ChevronLeft, ChevronRight, TriangleAlert } from 'lucide-react';
import { type DragEvent, memo, use } from 'react';
import type { WorkflowTask } from '../../../../src/core/model.ts';
import type { DiagramFrame, DiagramNode } from '../../model/block-layout.ts';
import { pathKey } from '../../model/def-edit.ts';
import { statusText, toneOf } from '../../model/status-look.ts';
import { taskLabel } from '../../model/task-catalog.ts';
import { TaskIcon } from '../task-icon.tsx';
import { DiagramContext, DRAG_TYPE } from './context.ts';

/** React Flow wants handles to hang edges on; our edges bring their own points, so these are never seen. */
function Hooks() {
  return (
    <>
      <Handle type="target" position={Position.Top} className="hook" isConnectable={false} />
      <Handle type="source" position={Position.Bottom} className="hook" isConnectable={false} />
    </>
  );
}

const nodeOf = (props: NodeProps): DiagramNode => (props.data as { node: DiagramNode }).node;

const TaskNode = memo((props: NodeProps) => {
  const { path = [], task } = nodeOf(props);
  const shared = use(DiagramContext);
  if (!task) return null;
  const key = pathKey(path);
  const reference = task.taskReferenceName || 'no reference name';
  const place = shared.places?.get(reference);
  const status = place?.latest.status;
  const tries = place?.attempts.length ?? 0;
  const state = status ? statusText(status) : shared.executed ? 'not reached' : '';
  const drag = shared.onMove
    ? {
        draggable: true,
        onDragStart: (event: DragEvent) => {
          event.dataTransfer.setData(DRAG_TYPE, key);
          event.dataTransfer.effectAllowed = 'move';
          document.documentElement.dataset.dragging = 'task';
        },
        onDragEnd: () => {
          delete document.documentElement.dataset.dragging;
        },
      }
    : {};
  return (
    <>
      <button
        type="button"
        // Where tasks can be moved, a press on one must not begin to move the whole picture: that forbids the browser to drag.
        className={shared.onMove ? 'task-card nodrag nopan' : 'task-card nodrag'}
        data-tone={status ? toneOf(status) : undefined}
        data-unreached={(shared.executed && !status) || undefined}
        data-selected={shared.selectedKey === key || undefined}
        data-faulty={shared.faulty?.has(key) || undefined}
        data-reference={reference}
        aria-pressed={shared.selectedKey === key}
        onClick={() => shared.onSelect?.(path, task)}
        {...drag}
      >
        <span className="task-icon">
          <TaskIcon type={task.type} />
        </span>
        <span className="task-words">
          <span className="task-name clip hostile">{reference}</span>
          <span className="task-type clip">{subtitle(task)}</span>
        </span>
        {shared.faulty?.has(key) && <TriangleAlert size={15} className="task-fault" />}
        {status && (
          <span className="task-state" title={state}>
            {tries > 1 && <span className="task-tries">{tries}×</span>}
            <i />
          </span>
        )}
        {state !== '' && <span className="visually-hidden">, {state}</span>}
      </button>
      <Hooks />
    </>
  );
});

/** The type, and the one detail that tells two of a kind apart. */
function subtitle(task: WorkflowTask): string {
  const label = taskLabel(task.type);
  const detail =
    task.type === 'SUB_WORKFLOW'
      ? task.subWorkflowParam?.name
      : task.type === 'SIMPLE' && task.name !== task.taskReferenceName
        ? task.name
        : task.type === 'HTTP' && typeof task.inputParameters?.method === 'string'
          ? task.inputParameters.method
          : undefined;
  return detail ? `${label} · ${detail}` : label;
}

const EndNode = memo((props: NodeProps) => (
  <>
    <div className="end-node" data-kind={nodeOf(props).kind}>
      <span className="visually-hidden">{nodeOf(props).kind === 'start' ? 'Start' : 'End'}</span>
    </div>
    <Hooks />
  </>
));

const MergeNode = memo(() => (
  <>
    <div className="merge-node" />
    <Hooks />
  </>
));

const LoopEndNode = memo((props: NodeProps) => {
  const { task } = nodeOf(props);
  const { loops, onIteration } = use(DiagramContext);
  const reference = task?.taskReferenceName ?? '';
  const loop = loops?.get(reference);
  return (
    <>
      <div className="loop-end">
        {loop ? (
          <>
            <ActionIcon
              size={18}
              aria-label={`Earlier iteration of ${reference}`}
              disabled={loop.shown <= 1}
              onClick={() => onIteration?.(reference, loop.shown - 1)}
            >
              <ChevronLeft size={14} />
            </ActionIcon>
            <span className="num">
              iteration {loop.shown} of {loop.count}
            </span>
            <ActionIcon
              size={18}
              aria-label={`Later iteration of ${reference}`}
              disabled={loop.shown >= loop.count}
              onClick={() => onIteration?.(reference, loop.shown + 1)}
            >
              <ChevronRight size={14} />
            </ActionIcon>
          </>
        ) : (
          <span className="clip">
            {task?.items === undefined ? `while ${task?.loopCondition ?? '…'}` : 'for each item'}
          </span>
        )}
      </div>
      <Hooks />
    </>
  );
});

const MoreNode = memo((props: NodeProps) => (
  <>
    <div className="more-node">and {nodeOf(props).count} more, see Tasks</div>
    <Hooks />
  </>
));

const FrameNode = memo((props: NodeProps) => {
  const { task } = (props.data as { frame: DiagramFrame }).frame;
  return <div className="loop-frame" data-loop={task.taskReferenceName} />;
});

export const nodeTypes = {
  task: TaskNode,
  start: EndNode,
  end: EndNode,
  merge: MergeNode,
  loopEnd: LoopEndNode,
  more: MoreNode,
  frame: FrameNode,
};
