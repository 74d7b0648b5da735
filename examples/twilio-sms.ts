// Twilio: an SMS comes in, and the workflow says in TwiML what goes back.
// Run it against a server: `node examples/twilio-sms.ts [http://localhost:8080]`; it plays Twilio itself.
// Twilio signs the address it calls, so a server behind a proxy needs PUBLIC_URL.

import { createHmac } from 'node:crypto';
import { api, check, serverOf } from './api.ts';

const AUTH_TOKEN = '12345abcde12345abcde12345abcde12';

const workflow = {
  name: 'twilio_sms',
  version: 1,
  tasks: [
    {
      name: 'answer',
      taskReferenceName: 'answer',
      type: 'RESPOND',
      inputParameters: {
        headers: { 'Content-Type': 'text/xml' },
        body: '<Response><Message>Thank you, we hold the line.</Message></Response>',
      },
    },
  ],
};

const webhook = {
  name: 'twilio',
  verifier: 'PLATFORM',
  sourcePlatform: 'Twilio',
  secretValue: AUTH_TOKEN,
  workflowsToStart: { twilio_sms: 1 },
  answer: { type: 'workflow', waitSeconds: 10 },
};

export async function twilioSms(server: string): Promise<{ status: number; type: string; text: string }> {
  await api(server, 'PUT', '/api/metadata/workflow', [workflow]);
  const { id } = await api<{ id: string }>(server, 'POST', '/api/metadata/webhook', webhook);
  const url = `${server}/webhook/${id}`;
  const fields = { Body: 'Is the hall free?', From: '+15005550006', MessageSid: `SM${Date.now()}` };
  const signed =
    url +
    Object.entries(fields)
      .sort()
      .map(([name, value]) => name + value)
      .join('');
  const mac = createHmac('sha1', AUTH_TOKEN).update(signed).digest('base64');
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': mac },
    body: new URLSearchParams(fields).toString(),
  });
  return { status: reply.status, type: reply.headers.get('content-type') ?? '', text: await reply.text() };
}

if (import.meta.main) {
  const { status, text } = await twilioSms(serverOf(process.argv));
  console.log(`Twilio would send: ${text}`);
  check(status === 200 && text.includes('<Message>'));
}
