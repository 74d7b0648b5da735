// Why an event did not match: each open wait that it could have ended, with what was expected and what came.
import { Text } from '@mantine/core';
import { useWhy } from '../../queries.ts';
import { Loaded } from '../page.tsx';
import { OpenWait } from './open-wait.tsx';

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
            {waits.map((wait) => (
              <OpenWait key={`${wait.workflowId} ${wait.taskRef}`} wait={wait} />
            ))}
          </div>
        )
      }
    </Loaded>
  );
}
