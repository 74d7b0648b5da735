// An open wait beside an event: each clause, what was expected and what came.
import { Table } from '@mantine/core';
import { Check, X } from 'lucide-react';
import type { ExplainedMatch } from '../../api.ts';
import { clauseText } from '../../model/clause-text.ts';
import { useZone } from '../clock.tsx';
import { Link } from '../links.tsx';

export function OpenWait({ wait }: { wait: ExplainedMatch }) {
  const { workflowId, workflowName, version, taskRef, clauses } = wait;
  const [zone] = useZone();
  return (
    <section className="panel">
      <div className="panel-head">
        <Link to="/executions/$id" params={{ id: workflowId }} className="hostile">
          {workflowName}
        </Link>
        <span className="dim">
          v{version} · {taskRef}
        </span>
      </div>
      <section className="scroll-x" tabIndex={0} aria-label={`Clauses of ${taskRef}`}>
        <Table fz="xs" className="clauses">
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
                <Table.Td className="mono hostile">{clauseText(expected, zone)}</Table.Td>
                <Table.Td className="mono hostile">{clauseText(received, zone)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </section>
  );
}
