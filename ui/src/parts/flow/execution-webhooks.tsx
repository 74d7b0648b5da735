// The Webhook tab of an execution: what it told others, and what came of it.
import { Stack } from '@mantine/core';
import { Send } from 'lucide-react';
import { useState } from 'react';
import type { WireWorkflow } from '../../../../src/http/contract/execution.ts';
import { useExecutionDeliveries } from '../../queries-flow.ts';
import { ButtonLink } from '../links.tsx';
import { Empty, Loaded } from '../page.tsx';
import { DeliveryList } from './delivery-list.tsx';

export function ExecutionWebhooks({ execution }: { execution: WireWorkflow }) {
  const { workflowId, workflowName } = execution;
  const [page, setPage] = useState(1);
  const query = useExecutionDeliveries(workflowId, page);
  return (
    <Loaded query={query} what="deliveries">
      {({ totalHits, results }) =>
        results.length === 0 ? (
          <Empty
            icon={<Send size={28} />}
            title="This execution has told nobody yet"
            action={
              <ButtonLink to="/definitions/workflows/$name/webhooks" params={{ name: workflowName }} variant="default">
                Webhooks of {workflowName}
              </ButtonLink>
            }
          >
            When it ends, or one of its tasks does, the webhook tasks of its flow send their messages; they show up
            here.
          </Empty>
        ) : (
          <Stack gap="md">
            <DeliveryList
              deliveries={results}
              total={totalHits}
              page={page}
              onPage={setPage}
              stale={query.isPlaceholderData}
              within
            />
          </Stack>
        )
      }
    </Loaded>
  );
}
