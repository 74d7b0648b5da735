// Slack: a slash command is answered by the output of a workflow, within three seconds.
// Run it against a server: `node examples/slack-command.ts [http://localhost:8080]`; it plays Slack itself.

import { createHmac } from 'node:crypto';
import { api, check, serverOf } from './api.ts';

const SIGNING_SECRET = '8f742231b10e8888abcd99yyyzzz85a5';

const workflow = {
  name: 'slack_command',
  version: 1,
  tasks: [{ name: 'look', taskReferenceName: 'look', type: 'NOOP' }],
  // The output of the whole is the answer when there is no RESPOND task.
  outputParameters: {
    response: {
      status: 200,
      body: { response_type: 'ephemeral', text: '${workflow.input.user_name} asked for ${workflow.input.text}' },
    },
  },
};

const webhook = {
  name: 'slack',
  verifier: 'SLACK_BASED',
  sourcePlatform: 'Slack',
  secretValue: SIGNING_SECRET,
  workflowsToStart: { slack_command: 1 },
  answer: { type: 'workflow', waitSeconds: 2.5 },
};

export async function slackCommand(server: string, nowMs = Date.now()): Promise<{ status: number; text: string }> {
  await api(server, 'PUT', '/api/metadata/workflow', [workflow]);
  const { id } = await api<{ id: string }>(server, 'POST', '/api/metadata/webhook', webhook);
  const body = new URLSearchParams({
    command: '/score',
    text: 'bar 12',
    user_name: 'clara',
    trigger_id: `13345224609.${nowMs}`,
  }).toString();
  const timestamp = Math.floor(nowMs / 1000);
  const mac = createHmac('sha256', SIGNING_SECRET).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'X-Slack-Request-Timestamp': String(timestamp),
    'X-Slack-Signature': `v0=${mac}`,
  };
  const reply = await fetch(`${server}/webhook/${id}`, { method: 'POST', headers, body });
  return { status: reply.status, text: await reply.text() };
}

if (import.meta.main) {
  const { status, text } = await slackCommand(serverOf(process.argv));
  console.log(`Slack would show: ${text}`);
  check(status === 200 && text.includes('clara asked for bar 12'));
}
