// One received event: the way it went, what it did, headers, raw and parsed body, and why it did not match.
import { Table, Tabs, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { Waypoints } from 'lucide-react';
import type { ReceivedEvent } from '../../../src/http/contract/webhook-event.ts';
import type { EventTab } from '../model/address.ts';
import { cameAgain, eventOrigins, eventOutcome, eventSteps, headerLines } from '../model/received-event.ts';
import { FullMoment } from '../parts/clock.tsx';
import { CopyValue } from '../parts/copy.tsx';
import { Body } from '../parts/event/body.tsx';
import { Replay } from '../parts/event/replay.tsx';
import { Steps } from '../parts/event/steps.tsx';
import { Why } from '../parts/event/why.tsx';
import { RematchButton } from '../parts/inbox/actions.tsx';
import { ButtonLink, Link } from '../parts/links.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { useEvent, useWebhook } from '../queries.ts';

const route = getRouteApi('/events/$eventId');

export function EventPage() {
  const { eventId } = route.useParams();
  const query = useEvent(eventId);
  return (
    <Loaded query={query} what="event" id={eventId}>
      {(event) => <EventView key={event.eventId} event={event} />}
    </Loaded>
  );
}

function EventView({ event }: { event: ReceivedEvent }) {
  const { eventId, webhookId, verdict, effects, reason } = event;
  const { tab = 'body' } = route.useSearch();
  const navigate = route.useNavigate();
  const webhook = useWebhook(webhookId).data;
  const { text, tone } = eventOutcome(event);
  return (
    <Page
      title="Event"
      heading={
        <>
          Event{' '}
          <span className="status" data-tone={tone} data-filled>
            <i aria-hidden="true" />
            {text}
          </span>
        </>
      }
      about={<CopyValue value={eventId} label="Copy event id" />}
      actions={
        <>
          {!event.matched && (verdict === 'verified' || verdict === 'observed') && (
            <RematchButton of={{ eventIds: [eventId] }} label="Match again…" />
          )}
          <ButtonLink
            to="/events/$eventId/trace"
            params={{ eventId }}
            variant="default"
            leftSection={<Waypoints size={14} />}
          >
            Trace
          </ButtonLink>
          <Replay event={event} />
        </>
      }
    >
      <dl className="fact-line">
        <div>
          <dt>Webhook</dt>
          <dd>
            <Link to="/definitions/webhooks/$id" params={{ id: webhookId }} className="hostile">
              {webhook?.name ?? webhookId}
            </Link>
          </dd>
        </div>
        <div>
          <dt>Received</dt>
          <dd>
            <FullMoment at={event.receivedAt} />
          </dd>
        </div>
        <div>
          <dt>Size</dt>
          <dd className="num">{event.bodyBytes.toLocaleString('en-US')} bytes</dd>
        </div>
        {event.repeated && (
          <div>
            <dt>Came again</dt>
            <dd>
              {cameAgain(event)}, last <FullMoment at={event.repeated.lastAt} />
            </dd>
          </div>
        )}
        {eventOrigins(event).map(({ label, eventId: other }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <Link to="/events/$eventId" params={{ eventId: other }} className="mono">
                {other}
              </Link>
            </dd>
          </div>
        ))}
      </dl>
      <Steps steps={eventSteps(event)} />
      {reason && (
        <div className="notice hostile" data-tone={verdict === 'refused' ? 'bad' : 'quiet'}>
          <Text size="sm">{reason}</Text>
        </div>
      )}
      {effects.length > 0 && <Effects event={event} />}
      {event.replays && <Replays of={event.replays} />}
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) => void navigate({ search: { tab: value as EventTab }, replace: true })}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="body">Body</Tabs.Tab>
          <Tabs.Tab value="headers">Headers</Tabs.Tab>
          <Tabs.Tab value="why">Why it matched or not</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="body">
          <Body event={event} />
        </Tabs.Panel>
        <Tabs.Panel value="headers">
          <Headers event={event} />
        </Tabs.Panel>
        <Tabs.Panel value="why">
          <Why eventId={eventId} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

const EFFECTS = {
  completed: 'Completed a task of',
  started: 'Started',
  existing: 'Found by its idempotency key:',
  failed: 'Could not start',
} as const;

function Effects({ event }: { event: ReceivedEvent }) {
  return (
    <section className="panel" aria-label="What it did">
      <div className="panel-head">What it did</div>
      {event.effects.map(({ type, workflowName, workflowId, taskRef, reason }) => (
        <div key={`${type} ${workflowId ?? workflowName} ${taskRef ?? ''}`} className="effect">
          <span>{EFFECTS[type]}</span>
          {workflowId ? (
            <Link to="/executions/$id" params={{ id: workflowId }} className="hostile">
              {workflowName}
            </Link>
          ) : (
            <b className="hostile">{workflowName}</b>
          )}
          {taskRef && <span className="dim hostile">{taskRef}</span>}
          {workflowId && <span className="mono dim clip">{workflowId}</span>}
          {reason && <span className="hostile">{reason}</span>}
        </div>
      ))}
    </section>
  );
}

function Replays({ of }: { of: NonNullable<ReceivedEvent['replays']> }) {
  return (
    <section className="panel" aria-label="Replays of this event">
      <div className="panel-head">Replays of this event</div>
      {of.map(({ eventId, receivedAt, isEdited }) => (
        <div key={eventId} className="effect">
          <span>{isEdited ? 'With another body' : 'As it came'}</span>
          <Link to="/events/$eventId" params={{ eventId }} className="mono clip">
            {eventId}
          </Link>
          <span className="dim">
            <FullMoment at={receivedAt} />
          </span>
        </div>
      ))}
    </section>
  );
}

function Headers({ event }: { event: ReceivedEvent }) {
  const lines = headerLines(event.headers);
  return (
    <section className="table-box" tabIndex={0} aria-label="Headers">
      <Table fz="xs">
        <Table.Tbody>
          <Table.Tr>
            <Table.Td className="mono">{event.method}</Table.Td>
            <Table.Td className="mono hostile">{event.url}</Table.Td>
          </Table.Tr>
          {lines.map(({ name, value }, i) => (
            <Table.Tr key={`${name} ${String(i)}`}>
              <Table.Td className="mono" w={280}>
                {name}
              </Table.Td>
              <Table.Td className="mono hostile">{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
