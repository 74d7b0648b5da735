// Why it has not woken up: for each task that is held, what it waits for, and what the events that came nearest had instead.
import { Table, Text } from '@mantine/core';
import { clauseText } from '../../model/clause-text.ts';
import type { TraceExecution, TraceTask } from '../../model/trace-view.ts';
import { useNearMisses } from '../../queries-flow.ts';
import { Moment, useZone } from '../clock.tsx';
import { Link } from '../links.tsx';

/** More held tasks, events or reasons than this are told by their own pages. */
const MAX_SHOWN = 3;

export function HeldTasks({ executions }: { executions: readonly TraceExecution[] }) {
  const held = executions.flatMap((execution) =>
    execution.tasks
      .filter(({ type, status }) => type === 'WAIT_FOR_WEBHOOK' && status === 'IN_PROGRESS')
      .map((task) => ({ execution, task })),
  );
  return held
    .slice(0, MAX_SHOWN)
    .map(({ execution, task }) => <Held key={task.taskId} execution={execution} task={task} />);
}

function Held({ execution, task }: { execution: TraceExecution; task: TraceTask }) {
  const [zone] = useZone();
  const misses = useNearMisses(execution.workflowId, task.referenceTaskName).data ?? [];
  const matches = Object.entries(task.matches ?? {});
  return (
    <section className="notice" data-tone="run" aria-label={`Why ${task.referenceTaskName} is held`}>
      <Text size="sm" component="div" className="hostile">
        <b>{task.referenceTaskName}</b> is held since <Moment at={task.startTime ?? task.scheduledTime} /> for{' '}
        {matches.length === 0 ? 'any event' : 'an event with '}
        {matches.map(([path, value], i) => (
          <span key={path} className="mono">
            {i > 0 && ' and '}
            {path} = {clauseText(value, zone)}
          </span>
        ))}
        .
      </Text>
      {misses.length === 0 ? (
        <Text size="sm" mt={4}>
          No event has come near it since.
        </Text>
      ) : (
        <section className="scroll-x" tabIndex={0} aria-label="Events that came nearest">
          <Table fz="xs" mt={6} className="clauses">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Nearest events</Table.Th>
                <Table.Th>What failed</Table.Th>
                <Table.Th>Expected</Table.Th>
                <Table.Th>Received</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {misses.slice(0, MAX_SHOWN).flatMap(({ eventId, clauses }) =>
                clauses
                  .filter(({ held }) => !held)
                  .slice(0, MAX_SHOWN)
                  .map(({ clause, expected, received }, i) => (
                    <Table.Tr key={`${eventId} ${clause}`}>
                      <Table.Td>
                        {i === 0 && (
                          <Link
                            to="/events/$eventId/trace"
                            params={{ eventId }}
                            size="xs"
                            className="mono"
                            underline="always"
                          >
                            {eventId}
                          </Link>
                        )}
                      </Table.Td>
                      <Table.Td className="mono hostile">{clause}</Table.Td>
                      <Table.Td className="mono hostile">{clauseText(expected, zone)}</Table.Td>
                      <Table.Td className="mono hostile" c="var(--tone-bad)">
                        {clauseText(received, zone)}
                      </Table.Td>
                    </Table.Tr>
                  )),
              )}
            </Table.Tbody>
          </Table>
        </section>
      )}
    </section>
  );
}
