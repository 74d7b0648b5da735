// Overview: numbers, what needs attention, what ran last; and on a fresh installation, the first steps.
import { Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ExecutionSearch } from '../model/execution-search.ts';
import { firstRun, isFresh } from '../model/first-run.ts';
import { Moment } from '../parts/clock.tsx';
import { Histogram } from '../parts/executions/histogram.tsx';
import { Link } from '../parts/links.tsx';
import { Attention } from '../parts/overview/attention.tsx';
import { FirstRunList } from '../parts/overview/first-run.tsx';
import { Numbers } from '../parts/overview/numbers.tsx';
import { Failure, Page, Waiting } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { useExecutions, useWebhooks, useWorkflowDefs } from '../queries.ts';

export function OverviewPage() {
  const defs = useWorkflowDefs();
  const webhooks = useWebhooks();
  const recent = useExecutions({ size: 25 });
  const failed = [defs, webhooks, recent].find(({ error, data }) => error && !data);
  const ready = defs.data && webhooks.data && recent.data;
  return (
    <Page title="Overview">
      {failed && <Failure error={failed.error} onRetry={() => void failed.refetch()} />}
      {!ready && !failed && <Waiting what="Loading overview" />}
      {ready && (
        <>
          <Numbers />
          {isFresh(recent.data.results) ? (
            <FirstRunList state={firstRun(defs.data, webhooks.data, recent.data.results)} />
          ) : (
            <Day />
          )}
          <div className="halves">
            <Attention />
            <section className="panel" aria-label="Latest executions">
              <div className="panel-head">Latest executions</div>
              {recent.data.results.slice(0, 8).map(({ workflowId, workflowType, status, startTime }) => (
                <div key={workflowId} className="recent-line">
                  <Status status={status} />
                  <Link to="/executions/$id" params={{ id: workflowId }} className="clip hostile">
                    {workflowType}
                  </Link>
                  <Moment at={Date.parse(startTime)} />
                </div>
              ))}
              {recent.data.results.length === 0 && <Nothing>Nothing has run yet.</Nothing>}
            </section>
          </div>
        </>
      )}
    </Page>
  );
}

const DAY: ExecutionSearch = { range: '24h' };

/** The last day in bars; a click opens the executions of that stretch. */
function Day() {
  const navigate = useNavigate();
  return (
    <section className="panel" aria-label="The last 24 hours">
      <div className="panel-head">The last 24 hours</div>
      <div className="day">
        <Histogram
          search={DAY}
          empty={<Nothing>Nothing ran.</Nothing>}
          onPick={(search) => void navigate({ to: '/executions', search })}
        />
      </div>
    </section>
  );
}

const Nothing = ({ children }: { children: ReactNode }) => (
  <Text size="sm" c="dimmed" p={14}>
    {children}
  </Text>
);
