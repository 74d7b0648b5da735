// Why an event did not match: each open wait that it could have ended, with what was expected and what came.
import { Table, Text } from '@mantine/core';
import { Check, X } from 'lucide-react';
import { clauseText } from '../../model/clause-text.ts';
import { useWhy } from '../../queries.ts';
import { Link } from '../links.tsx';
import { Loaded } from '../page.tsx';

export function Why({ eventId }: { eventId: string }) {
  const query = useWhy(eventId);
  return (
    <Loaded query={query} what="reasons">
      {(waits) =>
        waits.length === 0 ? (
          <Text size="sm" c="dimmed">
            No task of the receiving workflows waits now.
          </Text>
        ) : (
          <div className="stack">
            {waits.map(({ workflowId, workflowName, version, taskRef, clauses }) => (
              <section key={`${workflowId} ${taskRef}`} className="panel">
                <div className="panel-head">
                  <Link to="/executions/$id" params={{ id: workflowId }} className="hostile">
                    {workflowName}
                  </Link>
                  <span className="dim">
                    v{version} · {taskRef}
                  </span>
                </div>
                <section className="scroll-x" tabIndex={0} aria-label={`Clauses of ${taskRef}`}>
                  <Table fz="xs">
                    <Table.Thead>
                      <Table.Tr>
                        <Table.Th w={30} />
                        <Table.Th>Path</Table.Th>
                        <Table.Th>Expected</Table.Th>
                        <Table.Th>Received</Table.Th>
                      </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                      {clauses.map(({ clause, expected, received, held }) => (
                        <Table.Tr key={clause}>
                          <Table.Td c={held ? 'var(--tone-good)' : 'var(--tone-bad)'}>
                            {held ? <Check size={14} aria-label="held" /> : <X size={14} aria-label="failed" />}
                          </Table.Td>
                          <Table.Td className="mono hostile">{clause}</Table.Td>
                          <Table.Td className="mono hostile">{clauseText(expected)}</Table.Td>
                          <Table.Td className="mono hostile">{clauseText(received)}</Table.Td>
                        </Table.Tr>
                      ))}
                    </Table.Tbody>
                  </Table>
                </section>
              </section>
            ))}
          </div>
        )
      }
    </Loaded>
  );
}
