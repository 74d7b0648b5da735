// Microsoft Teams: somebody mentions an outgoing webhook, a workflow answers in the channel within five seconds.
// Run it against a server: `node examples/teams-reply.ts [http://localhost:8080]`; it plays Teams itself.

import { createHmac } from 'node:crypto';
import { api, check, serverOf } from './api.ts';

const TOKEN = Buffer.from('the security token that Teams shows once').toString('base64');

const workflow = {
  name: 'teams_reply',
  version: 1,
  tasks: [
    {
      name: 'answer',
      taskReferenceName: 'answer',
      type: 'RESPOND',
      inputParameters: {
        status: 200,
        body: { type: 'message', text: 'Hello ${workflow.input.from.name}, I will see to it.' },
      },
    },
    // What takes longer goes on after the answer.
    { name: 'later', taskReferenceName: 'later', type: 'NOOP' },
  ],
};

const webhook = {
  name: 'teams',
  verifier: 'HMAC_BASED',
  sourcePlatform: 'Microsoft Teams',
  headerKey: 'Authorization',
  secretValue: TOKEN,
  workflowsToStart: { teams_reply: 1 },
  answer: { type: 'workflow', waitSeconds: 4 },
};

export async function teamsReply(server: string): Promise<{ status: number; text: string }> {
  await api(server, 'PUT', '/api/metadata/workflow', [workflow]);
  const { id } = await api<{ id: string }>(server, 'POST', '/api/metadata/webhook', webhook);
  const body = JSON.stringify({
    type: 'message',
    id: String(Date.now()),
    conversation: { id: '19:rehearsal@thread.tacv2' },
    from: { name: 'Clara' },
    text: '<at>Fermata</at> approve order A1',
  });
  const mac = createHmac('sha256', Buffer.from(TOKEN, 'base64')).update(body).digest('base64');
  const headers = { 'Content-Type': 'application/json', Authorization: `HMAC ${mac}` };
  const reply = await fetch(`${server}/webhook/${id}`, { method: 'POST', headers, body });
  return { status: reply.status, text: await reply.text() };
}

if (import.meta.main) {
  const { status, text } = await teamsReply(serverOf(process.argv));
  console.log(`Teams would show: ${text}`);
  check(status === 200 && text.includes('Hello Clara'));
}
