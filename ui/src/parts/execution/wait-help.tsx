// For an open Wait for Webhook task: what it waits for, and which webhooks can bring it.
import { Text } from '@mantine/core';
import { matchesOf, textOf } from '../../../../src/core/match.ts';
import type { WireTask, WireWorkflow } from '../../../../src/http/contract/execution.ts';
import { useWebhooks } from '../../queries.ts';
import { Link } from '../links.tsx';
import { Verified } from '../webhook/url-box.tsx';

export function WaitHelp({ execution, task }: { execution: WireWorkflow; task: WireTask }) {
  const type = task.workflowTask?.type ?? task.taskType;
  if (type !== 'WAIT_FOR_WEBHOOK' || task.status !== 'IN_PROGRESS') return null;
  return <Waits execution={execution} task={task} />;
}

function Waits({ execution, task }: { execution: WireWorkflow; task: WireTask }) {
  const webhooks = useWebhooks().data ?? [];
  const feeding = webhooks.filter(({ receiverWorkflowNamesToVersions: receivers = {} }) =>
    [execution.workflowVersion, 'any', 'latest'].includes(receivers[execution.workflowName] ?? ''),
  );
  const matches = Object.entries(matchesOf(task.inputData));
  return (
    <div className="notice" data-tone="run">
      <Text size="sm" fw={600}>
        {matches.length === 0 ? 'Waits for any event' : 'Waits for an event with'}
      </Text>
      {matches.map(([path, value]) => (
        <div key={path} className="mono hostile">
          {path} = {textOf(value)}
        </div>
      ))}
      <Text size="sm" mt={6} component="div">
        {feeding.length === 0 ? (
          <>
            No webhook delivers to {execution.workflowName} v{execution.workflowVersion}.{' '}
            <Link to="/definitions/new-webhook">New Webhook</Link>
          </>
        ) : (
          feeding.map(({ id = '', name, urlVerified = false }) => (
            <div key={id} className="feeding">
              <Link to="/definitions/webhooks/$id" params={{ id }} search={{ tab: 'code' }} className="hostile">
                {name}
              </Link>
              <Verified verified={urlVerified} />
            </div>
          ))
        )}
      </Text>
    </div>
  );
}
