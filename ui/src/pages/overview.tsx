// Overview: numbers, what needs attention, what ran last; and on a fresh installation, the first steps.
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { firstRun } from '../model/first-run.ts';
import { Moment } from '../parts/clock.tsx';
import { Link } from '../parts/links.tsx';
import { Attention } from '../parts/overview/attention.tsx';
import { FirstRunList } from '../parts/overview/first-run.tsx';
import { Numbers } from '../parts/overview/numbers.tsx';
import { Failure, Page, Waiting } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { useExecutions, useWebhooks, useWorkflowDefs } from '../queries.ts';

/** Beyond these, the sample has done its work and the checklist goes away. */
const ESTABLISHED_RUNS = 10;

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
          {recent.data.totalHits < ESTABLISHED_RUNS && (
            <FirstRunList state={firstRun(defs.data, webhooks.data, recent.data.results)} />
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

const Nothing = ({ children }: { children: ReactNode }) => (
  <Text size="sm" c="dimmed" p={14}>
    {children}
  </Text>
);
