// Needs attention: what failed, what nobody works on, what found nobody, what was never proven.
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { inboundApi } from '../../api-inbound.ts';
import { attentionLines } from '../../model/attention.ts';
import { queueRows } from '../../model/queue-list.ts';
import { useExecutions, useQueues, useWebhooks } from '../../queries.ts';
import { useInbox } from '../../queries-inbound.ts';
import { useNow } from '../clock.tsx';
import { Link } from '../links.tsx';

const DAY_MS = 24 * 60 * 60 * 1_000;

const useFailingFlows = () =>
  useQuery({
    queryKey: ['executions', 'failing flows'],
    queryFn: ({ signal }) => inboundApi.failingFlows(Date.now() - DAY_MS, signal),
  });

export function Attention() {
  const now = useNow();
  const queues = useQueues().data;
  const lines = attentionLines({
    failed: useExecutions({ status: ['FAILED', 'TIMED_OUT'], range: '24h', size: 25 }).data?.results ?? [],
    flows: useFailingFlows().data ?? [],
    unmatched: useInbox({}).data ?? [],
    queues: queues ? queueRows(queues.sizes, queues.polls) : [],
    webhooks: useWebhooks().data ?? [],
    now,
  });
  return (
    <section className="panel" aria-label="Needs attention">
      <div className="panel-head">Needs attention</div>
      {lines.map(({ id, tone, name, to, text, detail }) => (
        <div key={id} className="attention" data-tone={tone}>
          <i aria-hidden="true" />
          <div>
            <Link to={to} className="hostile" underline="always">
              {name}
            </Link>{' '}
            {text}
            {detail && (
              <Text size="xs" c="dimmed" lineClamp={2} className="hostile">
                {detail}
              </Text>
            )}
          </div>
        </div>
      ))}
      {lines.length === 0 && (
        <Text size="sm" c="dimmed" p={14}>
          <CircleCheck size={14} aria-hidden="true" /> All is well.
        </Text>
      )}
    </section>
  );
}
