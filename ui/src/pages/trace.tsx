// Trace: one event or one execution followed both ways, from what came in to what was sent on, on one time axis.
import { Switch, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { Trace } from '../../../src/http/contract/trace.ts';
import { traceStages, viewTrace } from '../model/trace-view.ts';
import { useNow } from '../parts/clock.tsx';
import { Why } from '../parts/event/why.tsx';
import { Link } from '../parts/links.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { HeldTasks } from '../parts/trace/held.tsx';
import { Legend } from '../parts/trace/legend.tsx';
import { Stages } from '../parts/trace/stages.tsx';
import { TraceChart } from '../parts/trace/trace-chart.tsx';
import { useTrace } from '../queries-flow.ts';

const ofEvent = getRouteApi('/events/$eventId/trace');
const ofExecution = getRouteApi('/executions/$id/trace');
/** With more executions than this, their tasks are shown on demand. */
const MAX_OPEN = 5;

export function EventTracePage() {
  const { eventId } = ofEvent.useParams();
  const { fold } = ofEvent.useSearch();
  const navigate = ofEvent.useNavigate();
  return (
    <TracePage
      start={{ type: 'event', id: eventId }}
      fold={fold !== 'off'}
      onFold={(on) => void navigate({ search: { fold: on ? undefined : 'off' }, replace: true })}
    />
  );
}

export function ExecutionTracePage() {
  const { id } = ofExecution.useParams();
  const { fold } = ofExecution.useSearch();
  const navigate = ofExecution.useNavigate();
  return (
    <TracePage
      start={{ type: 'execution', id }}
      fold={fold !== 'off'}
      onFold={(on) => void navigate({ search: { fold: on ? undefined : 'off' }, replace: true })}
    />
  );
}

interface TracePageProps {
  readonly start: { readonly type: 'event' | 'execution'; readonly id: string };
  readonly fold: boolean;
  readonly onFold: (fold: boolean) => void;
}

function TracePage({ start, fold, onFold }: TracePageProps) {
  const query = useTrace(start);
  return (
    <Loaded query={query} what={start.type} id={start.id}>
      {(trace) => (
        <Page
          full
          title="Trace"
          about={<From start={start} />}
          actions={
            <Switch label="Fold idle time" checked={fold} onChange={(event) => onFold(event.currentTarget.checked)} />
          }
        >
          <TraceBody key={start.id} start={start} trace={trace} fold={fold} />
        </Page>
      )}
    </Loaded>
  );
}

function From({ start: { type, id } }: Pick<TracePageProps, 'start'>) {
  return (
    <>
      From {type === 'event' ? 'event' : 'execution'}{' '}
      {type === 'event' ? (
        <Link to="/events/$eventId" params={{ eventId: id }} className="mono" underline="always">
          {id}
        </Link>
      ) : (
        <Link to="/executions/$id" params={{ id }} className="mono" underline="always">
          {id}
        </Link>
      )}{' '}
      to everything that hangs together with it
    </>
  );
}

function TraceBody({ start, trace, fold }: Pick<TracePageProps, 'start' | 'fold'> & { readonly trace: Trace }) {
  const ticking = useNow();
  const now = Math.max(ticking, ...trace.deliveries.map(({ updatedAt }) => updatedAt));
  const many = trace.executions.length > MAX_OPEN;
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const closed = new Set(
    trace.executions.map(({ workflowId }) => workflowId).filter((id) => toggled.has(id) !== (many && id !== start.id)),
  );
  const view = viewTrace(trace, { now, fold, closed });
  const toggle = (id: string) =>
    setToggled((old) => new Set(old.has(id) ? [...old].filter((one) => one !== id) : [...old, id]));
  const [event] = trace.events;
  const unmatched = start.type === 'event' && event && !event.matched;
  return (
    <>
      <Stages stages={traceStages(trace, now)} />
      {event?.verdict === 'refused' && event.reason && (
        <Text className="notice hostile" data-tone="bad" size="sm">
          {event.reason}
        </Text>
      )}
      <HeldTasks executions={trace.executions} />
      {trace.truncated && (
        <Text className="notice" data-tone="quiet" size="sm">
          More hangs together with it than is drawn here.
        </Text>
      )}
      <TraceChart view={view} now={now} onToggle={toggle} />
      <Legend />
      {unmatched && event.verdict !== 'refused' && (
        <section aria-label="Why it did not wake anybody">
          <Text fw={600} size="sm" mb={6} component="h2">
            Why it did not wake anybody
          </Text>
          <Why eventId={event.eventId} />
        </section>
      )}
    </>
  );
}
