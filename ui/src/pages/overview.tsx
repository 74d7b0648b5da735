// Overview: numbers, what needs attention, what ran last; and on a fresh installation, the first steps.
import { Text } from '@mantine/core';
import { CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { firstRun } from '../model/first-run.ts';
import { isDeserted, queueRows } from '../model/queue-list.ts';
import { Moment, useNow } from '../parts/clock.tsx';
import { Link } from '../parts/links.tsx';
import { FirstRunList } from '../parts/overview/first-run.tsx';
import { Numbers } from '../parts/overview/numbers.tsx';
import { Failure, Page, Waiting } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { useExecutions, useQueues, useWebhooks, useWorkflowDefs } from '../queries.ts';

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

function Attention() {
  const now = useNow();
  const failed = useExecutions({ status: ['FAILED', 'TIMED_OUT'], range: '24h', size: 25 }).data?.results ?? [];
  const unverified = (useWebhooks().data ?? []).filter(({ urlVerified }) => !urlVerified);
  const queues = useQueues().data;
  const deserted = queues ? queueRows(queues.sizes, queues.polls).filter((row) => isDeserted(row, now)) : [];
  const quiet = failed.length + unverified.length + deserted.length === 0;
  return (
    <section className="panel" aria-label="Needs attention">
      <div className="panel-head">Needs attention</div>
      {failed.slice(0, 5).map(({ workflowId, workflowType, reasonForIncompletion }) => (
        <div key={workflowId} className="attention" data-tone="bad">
          <i aria-hidden="true" />
          <div>
            <Link to="/executions/$id" params={{ id: workflowId }} className="hostile">
              {workflowType}
            </Link>{' '}
            failed
            {reasonForIncompletion && (
              <Text size="xs" c="dimmed" lineClamp={2} className="hostile">
                {reasonForIncompletion}
              </Text>
            )}
          </div>
        </div>
      ))}
      {deserted.slice(0, 5).map(({ key, depth }) => (
        <div key={key} className="attention" data-tone="warn">
          <i aria-hidden="true" />
          <div>
            <Link to="/queues" className="hostile">
              {key}
            </Link>{' '}
            has {depth} waiting and no worker
          </div>
        </div>
      ))}
      {unverified.slice(0, 5).map(({ id = '', name }) => (
        <div key={id} className="attention" data-tone="wait">
          <i aria-hidden="true" />
          <div>
            <Link to="/definitions/webhooks/$id" params={{ id }} className="hostile">
              {name}
            </Link>{' '}
            waits for its first request
          </div>
        </div>
      ))}
      {quiet && (
        <Nothing>
          <CircleCheck size={14} aria-hidden="true" /> All is well.
        </Nothing>
      )}
    </section>
  );
}
