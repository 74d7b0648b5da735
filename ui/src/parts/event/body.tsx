// The body of an event: what matches and workflows see of it, and the bytes as they came.
import { Button, SimpleGrid, Text } from '@mantine/core';
import { Download } from 'lucide-react';
import type { ReceivedEvent } from '../../../../src/http/contract/webhook-event.ts';
import { bytesOf, parsedBody } from '../../model/received-event.ts';
import { download } from '../download.ts';
import { Payload } from '../payload.tsx';

export function Body({ event }: { event: ReceivedEvent }) {
  const { eventId, body } = event;
  const isBinary = event.bodyEncoding === 'base64';
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
      <section aria-label="Parsed body">
        <Text fw={600} size="sm" mb={6} component="h2">
          Parsed
        </Text>
        <Payload label="Parsed body" value={parsedBody(event)} empty="Nothing that could be read" />
      </section>
      <section aria-label="Raw body">
        <Text fw={600} size="sm" mb={6} component="h2">
          Raw{isBinary ? ', as base64' : ''}
        </Text>
        <Payload label="Raw body" text={body} empty="No body" />
        {isBinary && (
          <Button
            mt={8}
            variant="default"
            leftSection={<Download size={14} />}
            onClick={() => download(`${eventId}.bin`, bytesOf(body))}
          >
            Download the bytes
          </Button>
        )}
      </section>
    </SimpleGrid>
  );
}
