// The last executions of a workflow, to look at or to take the input from.
import { Group } from '@mantine/core';
import { useExecutions } from '../../queries.ts';
import { Moment } from '../clock.tsx';
import { Link } from '../links.tsx';
import { Status } from '../status.tsx';

export function Recent({ name }: { name: string }) {
  const recent = useExecutions({ workflow: name, size: 6 }).data?.results ?? [];
  if (recent.length === 0) return null;
  return (
    <section className="panel" aria-label={`Recent executions of ${name}`}>
      <div className="panel-head">Recent executions</div>
      {recent.map((row) => (
        <Group key={row.workflowId} className="recent-row" gap={10} wrap="nowrap">
          <Status status={row.status} />
          <Link to="/executions/$id" params={{ id: row.workflowId }} className="mono clip" flex={1}>
            {row.workflowId}
          </Link>
          <Moment at={Date.parse(row.startTime)} />
          <Link to="/run" search={{ like: row.workflowId }} size="xs" aria-label={`Use input of ${row.workflowId}`}>
            Use input
          </Link>
        </Group>
      ))}
    </section>
  );
}
