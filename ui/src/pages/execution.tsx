// One execution: state and controls on top, why it stands where it stands, then diagram, timeline, tasks, data, JSON.
import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import type { WireTask, WireWorkflow } from '../../../src/http/contract/execution.ts';
import { EXECUTION_TABS, type ExecutionTab, loopsText, readLoops } from '../model/address.ts';
import { findReference } from '../model/def-edit.ts';
import { splitReference, viewExecution } from '../model/execution-view.ts';
import { statusText, toneOf } from '../model/status-look.ts';
import { CopyIcon } from '../parts/copy.tsx';
import { Banner } from '../parts/execution/banner.tsx';
import { Controls } from '../parts/execution/controls.tsx';
import { ExecutionData } from '../parts/execution/data.tsx';
import '../parts/execution/execution.css';
import { Facts } from '../parts/execution/facts.tsx';
import { TaskList } from '../parts/execution/task-list.tsx';
import { useFavicon } from '../parts/favicon.ts';
import { ExecutionWebhooks } from '../parts/flow/execution-webhooks.tsx';
import { Link } from '../parts/links.tsx';
import { Loaded, Page, Waiting } from '../parts/page.tsx';
import { Payload } from '../parts/payload.tsx';
import { Status } from '../parts/status.tsx';
import { useExecution } from '../queries.ts';

/** What weighs as much as a page, or is only opened by a click: state, reason and controls are there before it. */
const Diagram = lazy(() =>
  import('../parts/diagram/diagram.tsx').then(({ Diagram: component }) => ({ default: component })),
);

const Timeline = lazy(() =>
  import('../parts/execution/timeline.tsx').then(({ Timeline: component }) => ({ default: component })),
);
const TaskPanel = lazy(() =>
  import('../parts/execution/task-panel.tsx').then(({ TaskPanel: component }) => ({ default: component })),
);
const PlacePanel = lazy(() =>
  import('../parts/execution/task-panel.tsx').then(({ PlacePanel: component }) => ({ default: component })),
);

const route = getRouteApi('/executions/$id');
const TAB_NAMES: Readonly<Record<ExecutionTab, string>> = {
  diagram: 'Diagram',
  timeline: 'Timeline',
  tasks: 'Tasks',
  data: 'Input / Output',
  webhooks: 'Webhooks',
  json: 'JSON',
};

export function ExecutionPage() {
  const { id } = route.useParams();
  const query = useExecution(id);
  return (
    <Loaded query={query} what="execution" id={id}>
      {(execution) => <ExecutionView execution={execution} />}
    </Loaded>
  );
}

function ExecutionView({ execution }: { execution: WireWorkflow }) {
  const { workflowId: id, workflowName: name, workflowVersion: version, status, workflowDefinition: def } = execution;
  const { tab = 'diagram', task: selectedId, part = 'summary', loops } = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = useMemo(() => readLoops(loops), [loops]);
  // Kept while nothing changed: the diagram is laid out anew for a new map of dynamic children.
  const view = useMemo(() => viewExecution(execution, chosen), [execution, chosen]);
  useFavicon(toneOf(status));
  const change = (next: object) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  const select = (task: WireTask | undefined) => change({ task: task?.taskId });
  const selected = execution.tasks.find(({ taskId }) => taskId === selectedId);
  const { place: reference } = selected
    ? splitReference(selected.referenceTaskName, (known) => findReference(def, known) !== undefined)
    : { place: selectedId?.startsWith('place:') ? selectedId.slice('place:'.length) : undefined };
  const path = reference === undefined ? undefined : findReference(def, reference);
  const unreached = !selected && reference !== undefined ? view.placeDefs.get(reference) : undefined;
  const panel = selected || unreached;
  return (
    <Page
      full
      title={`${statusText(status)} · ${name}`}
      heading={
        <>
          <Link
            to="/definitions/workflows/$name"
            params={{ name }}
            search={{ version }}
            inherit
            c="inherit"
            className="hostile"
          >
            {name}
          </Link>
          <span className="dim">v{version}</span>
          <Status status={status} filled />
        </>
      }
      about={
        <span className="url-cell">
          <span className="mono">{id}</span>
          <CopyIcon value={id} label="Copy execution id" />
        </span>
      }
      actions={<Controls execution={execution} />}
    >
      <Facts execution={execution} />
      <Banner execution={execution} view={view} onJump={select} />
      <div className="execution" data-panel={panel ? true : undefined}>
        <Tabs value={tab} onChange={(value) => change({ tab: value })} keepMounted={false} className="execution-main">
          <Tabs.List>
            {EXECUTION_TABS.map((value) => (
              <Tabs.Tab key={value} value={value}>
                {TAB_NAMES[value]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="diagram" className="execution-tab">
            <Suspense fallback={<Waiting what="Loading the diagram" />}>
              <Diagram
                key={id}
                tasks={def.tasks}
                label={`Diagram of ${name}`}
                selected={path}
                places={view.places}
                loops={view.loops}
                dynamic={view.dynamic}
                focus={view.focusPlace}
                onIteration={(loop, iteration) => change({ loops: loopsText({ ...chosen, [loop]: iteration }) })}
                onSelect={(_, task) => {
                  if (!task) return select(undefined);
                  const latest = view.places.get(task.taskReferenceName)?.latest;
                  change({ task: latest ? latest.taskId : `place:${task.taskReferenceName}` });
                }}
              />
            </Suspense>
          </Tabs.Panel>
          <Tabs.Panel value="timeline" className="execution-tab">
            <Suspense fallback={<Waiting what="Loading the timeline" />}>
              <Timeline execution={execution} selected={selectedId} onSelect={select} />
            </Suspense>
          </Tabs.Panel>
          <Tabs.Panel value="tasks" className="execution-tab scrolls">
            <TaskList id={id} tasks={execution.tasks} selected={selectedId} />
          </Tabs.Panel>
          <Tabs.Panel value="data" className="execution-tab scrolls">
            <ExecutionData execution={execution} />
          </Tabs.Panel>
          <Tabs.Panel value="webhooks" className="execution-tab scrolls">
            <ExecutionWebhooks execution={execution} />
          </Tabs.Panel>
          <Tabs.Panel value="json" className="execution-tab scrolls">
            <Payload label="Execution as JSON" value={execution} maxHeight="none" />
          </Tabs.Panel>
        </Tabs>
        <Suspense>
          {selected && (
            <TaskPanel
              key={selected.taskId}
              execution={execution}
              task={selected}
              attempts={execution.tasks.filter((task) => task.referenceTaskName === selected.referenceTaskName)}
              onSelect={select}
              onClose={() => select(undefined)}
              tab={part}
              onTab={(next) => change({ part: next })}
            />
          )}
          {unreached && <PlacePanel execution={execution} place={unreached} onClose={() => select(undefined)} />}
        </Suspense>
      </div>
    </Page>
  );
}
