// What a sample would do, line by line; the request as it would be sent; and the waiting tasks that it would miss.
import { Text } from '@mantine/core';
import { type DryRun, dryRunLines, requestText } from '../../model/dry-run.ts';
import { OpenWait } from '../event/open-wait.tsx';
import { Link } from '../links.tsx';
import { Payload } from '../payload.tsx';

/** Waits that it would miss, the nearest first: more are on the page of a real event. */
const MISSES_SHOWN = 3;

export function DryRunResult({ result }: { result: DryRun }) {
  const misses = result.events.flatMap((event) => event.misses).slice(0, MISSES_SHOWN);
  return (
    <section className="stack" aria-label="What it would do">
      <div className="panel">
        <div className="panel-head">What it would do</div>
        <ul className="dry-run">
          {dryRunLines(result).map(({ tone, text, workflowId }) => (
            <li key={`${text} ${workflowId}`} data-tone={tone} className="hostile">
              <i aria-hidden="true" />
              <span>
                {text}{' '}
                {workflowId && (
                  <Link to="/executions/$id" params={{ id: workflowId }} className="mono">
                    {workflowId}
                  </Link>
                )}
              </span>
            </li>
          ))}
        </ul>
      </div>
      {misses.length > 0 && (
        <Text size="sm" fw={600}>
          Tasks that would go on waiting
        </Text>
      )}
      {misses.map((wait) => (
        <OpenWait key={`${wait.workflowId} ${wait.taskRef}`} wait={wait} />
      ))}
      <Payload label="Request that would be sent" text={requestText(result)} />
    </section>
  );
}
