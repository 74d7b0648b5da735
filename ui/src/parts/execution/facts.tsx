// What one wants to know of an execution at a glance: when, how long, by whom, part of what.
import type { WireWorkflow } from '../../../../src/http/contract/execution.ts';
import { Duration, Moment } from '../clock.tsx';
import { Link } from '../links.tsx';

export function Facts({ execution }: { execution: WireWorkflow }) {
  const {
    startTime,
    endTime,
    correlationId,
    idempotencyKey,
    event,
    parentWorkflowId,
    reRunFromWorkflowId,
    createdBy,
    priority,
  } = execution;
  const eventId = event?.split(':').at(-1);
  return (
    <dl className="fact-line">
      <div>
        <dt>Started</dt>
        <dd>
          <Moment at={startTime} />
        </dd>
      </div>
      <div>
        <dt>{endTime ? 'Took' : 'Running for'}</dt>
        <dd>
          <Duration from={startTime} to={endTime || undefined} />
        </dd>
      </div>
      {event && eventId && (
        <div>
          <dt>Started by</dt>
          <dd>
            <Link to="/events/$eventId" params={{ eventId }} className="hostile">
              {event.split(':').slice(0, -1).join(':') || 'an event'}
            </Link>
          </dd>
        </div>
      )}
      {!event && createdBy && (
        <div>
          <dt>Started by</dt>
          <dd className="hostile">{createdBy}</dd>
        </div>
      )}
      {parentWorkflowId && (
        <div>
          <dt>Part of</dt>
          <dd>
            <Link to="/executions/$id" params={{ id: parentWorkflowId }} className="mono">
              {parentWorkflowId}
            </Link>
          </dd>
        </div>
      )}
      {reRunFromWorkflowId && (
        <div>
          <dt>Run again from</dt>
          <dd>
            <Link to="/executions/$id" params={{ id: reRunFromWorkflowId }} className="mono">
              {reRunFromWorkflowId}
            </Link>
          </dd>
        </div>
      )}
      {correlationId && (
        <div>
          <dt>Correlation id</dt>
          <dd>
            <Link to="/executions" search={{ correlation: correlationId }} className="mono hostile">
              {correlationId}
            </Link>
          </dd>
        </div>
      )}
      {idempotencyKey && (
        <div>
          <dt>Idempotency key</dt>
          <dd className="mono hostile">{idempotencyKey}</dd>
        </div>
      )}
      {priority > 0 && (
        <div>
          <dt>Priority</dt>
          <dd className="num">{priority}</dd>
        </div>
      )}
    </dl>
  );
}
