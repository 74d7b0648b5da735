// One delivery: its message, and every attempt with request, answer and time.
import { Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { Waypoints } from 'lucide-react';
import type { WholeDelivery } from '../api-flow.ts';
import { FullMoment } from '../parts/clock.tsx';
import { CopyValue } from '../parts/copy.tsx';
import { Attempts } from '../parts/flow/attempts.tsx';
import { DeliveryStatus, Resend } from '../parts/flow/delivery-list.tsx';
import { ButtonLink, Link } from '../parts/links.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { Payload } from '../parts/payload.tsx';
import { useDelivery } from '../queries-flow.ts';

const route = getRouteApi('/deliveries/$id');

export function DeliveryPage() {
  const { id } = route.useParams();
  const query = useDelivery(id);
  return (
    <Loaded query={query} what="delivery" id={id}>
      {(delivery) => <DeliveryView delivery={delivery} />}
    </Loaded>
  );
}

function DeliveryView({ delivery }: { delivery: WholeDelivery }) {
  const { id, flow, webhookId, webhookName, workflowId, cause, createdAt, orderKey, body } = delivery;
  return (
    <Page
      title={`Delivery to ${webhookName ?? 'a removed webhook'}`}
      heading={
        <>
          <span className="hostile">Delivery to {webhookName ?? 'a removed webhook'}</span>
          <DeliveryStatus delivery={delivery} filled />
        </>
      }
      about={<CopyValue value={id} label="Copy delivery id" />}
      actions={
        <>
          <ButtonLink
            to="/executions/$id/trace"
            params={{ id: workflowId }}
            variant="default"
            leftSection={<Waypoints size={14} />}
          >
            Trace
          </ButtonLink>
          <Resend delivery={delivery} />
        </>
      }
    >
      <dl className="fact-line">
        <div>
          <dt>Caused by</dt>
          <dd className="hostile">{cause}</dd>
        </div>
        <div>
          <dt>Execution</dt>
          <dd>
            <Link to="/executions/$id" params={{ id: workflowId }} search={{ tab: 'webhooks' }} className="mono">
              {workflowId}
            </Link>
          </dd>
        </div>
        <div>
          <dt>Webhook task</dt>
          <dd>
            {webhookName === undefined ? (
              'removed'
            ) : (
              <Link
                to="/definitions/workflows/$name/webhooks/$id"
                params={{ name: flow, id: webhookId }}
                className="hostile"
              >
                {webhookName}
              </Link>
            )}
          </dd>
        </div>
        <div>
          <dt>Since</dt>
          <dd>
            <FullMoment at={createdAt} />
          </dd>
        </div>
        {orderKey && (
          <div>
            <dt>Order key</dt>
            <dd className="mono hostile">{orderKey}</dd>
          </div>
        )}
      </dl>
      <div className="halves">
        <section aria-label="Attempts of the delivery">
          <Text fw={600} size="sm" mb={8} component="h2">
            Attempts
          </Text>
          <Attempts delivery={delivery} />
        </section>
        <section aria-label="Message">
          <Text fw={600} size="sm" mb={8} component="h2">
            Message
          </Text>
          <Payload label="Message" text={body ?? ''} empty="No body" />
        </section>
      </div>
    </Page>
  );
}
