// Input, output, variables and domains of an execution.
import { SimpleGrid, Text } from '@mantine/core';
import type { WireWorkflow } from '../../../../src/http/contract/execution.ts';
import { Payload } from '../payload.tsx';

export function ExecutionData({ execution }: { execution: WireWorkflow }) {
  const parts: readonly [string, unknown, string][] = [
    ['Input', execution.input, 'No input'],
    ['Output', execution.output, execution.endTime ? 'No output' : 'No output yet'],
    ['Variables', execution.variables, 'No variables'],
    ['Task to domain', execution.taskToDomain, 'No domains'],
  ];
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
      {parts.map(([title, value, empty]) => (
        <section key={title} aria-label={title}>
          <Text fw={600} size="sm" mb={6} component="h2">
            {title}
          </Text>
          <Payload label={title} value={value} empty={empty} />
        </section>
      ))}
    </SimpleGrid>
  );
}
