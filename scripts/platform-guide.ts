// Writes docs/guides/platforms.md from the facts about platforms, so that the guide says what the server does.

import { writeFileSync } from 'node:fs';
import { PLATFORMS } from '../src/inbound/platforms/index.ts';
import type { Field, Platform } from '../src/inbound/platforms/platform.ts';

export const GUIDE = new URL('../docs/guides/platforms.md', import.meta.url);

const SECRET = 'a-long-random-text-of-your-own';
const BASE64 = 'YS1sb25nLXJhbmRvbS10ZXh0LW9mLXlvdXItb3duLTE=';

/** What stands in the examples for values that have a form. The keys are public ones, made for this page. */
const EXAMPLES: Readonly<Record<string, string>> = {
  'stripe.endpointSecret': 'whsec_a1b2c3',
  'sendgrid.verificationKey':
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9O7UB59Pf5Nx7wVCYWcqxGiU8hSAlSRsh+OExhX6qpRgKcaUBB0DSWMPc8AXO9/cR+Ye9EWxuGeZwzYPVCrKJA==',
  'msteams.securityToken': BASE64,
  'basic.username': 'clara',
  'standardwebhooks.secret': `whsec_${BASE64}`,
  'svix.secret': `whsec_${BASE64}`,
  'gitlab-signed.signingToken': `whsec_${BASE64}`,
  'discord.publicKey': 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  'sns.topicArn': 'arn:aws:sns:eu-central-1:123456789012:orchestra',
  'pubsub.audience': 'https://hooks.example.com/webhook/pubsub',
  'pubsub.serviceAccount': 'push@acme.iam.gserviceaccount.com',
  'eventgrid-entra.tenantId': '84bd8158-0000-4000-8000-000000000001',
  'eventgrid-entra.audience': 'api://fermata',
  'paypal.webhookId': '4JH86294D6297924G',
};

const isAsked = ({ required, kind, initial }: Field): boolean =>
  kind === 'headers' || (required && initial === undefined);

function example({ id, fields }: Platform): object {
  const headers = fields.some(({ kind }) => kind === 'headers');
  const values = fields
    .filter((field) => isAsked(field) && field.kind !== 'headers')
    .map(({ name }) => [name, EXAMPLES[`${id}.${name}`] ?? SECRET]);
  return {
    id,
    name: id,
    verifier: 'PLATFORM',
    sourcePlatform: id,
    ...(headers && { headers: { 'X-Shop': SECRET } }),
    ...(values.length > 0 && { fields: Object.fromEntries(values) }),
    receiverWorkflowNamesToVersions: { await_payment: 1 },
  };
}

const seconds = (ms: number): string => `${ms / 1000} s`;

function section(platform: Platform): string {
  const { id, name, guide, fields, methods, handshakes, deadlineMs, retries, caution, docs } = platform;
  const rest = fields.filter((field) => !isAsked(field));
  const facts = [
    `Takes ${methods.join(', ')}.`,
    handshakes.length > 0 && 'Its question whether the address is yours is answered by the server.',
    deadlineMs !== undefined && `It waits ${seconds(deadlineMs)} for an answer.`,
    `It sends again: ${retries}.`,
    caution !== undefined && `**Mind:** ${caution}`,
    docs !== undefined && `[Its own documentation](${docs})`,
  ];
  return [
    `## ${name}`,
    '',
    ...guide.map((step, i) => `${i + 1}. ${step}`),
    '',
    '```sh',
    `curl -sf "$FERMATA/api/metadata/webhook" -H 'Content-Type: application/json' -d '${JSON.stringify(example(platform), null, 2)}'`,
    `curl -sf -X POST "$FERMATA/api/webhooks/${id}/sample"`,
    '```',
    '',
    ...fields.filter(isAsked).map(({ name: field, help }) => `- \`${field}\`: ${help}`),
    ...rest.map(({ name: field, help, initial = '' }) => {
      const without = initial === '' ? 'may be left out' : `\`${initial}\` if left out`;
      return `- \`${field}\` (${without}): ${help}`;
    }),
    '',
    facts.filter((fact) => fact !== false).join(' '),
    '',
  ].join('\n');
}

const HEAD = `# Every platform, step by step

This page is written by \`node scripts/platform-guide.ts\` from the facts that the server works with; a test runs its commands.
The same facts are served as \`GET /api/webhook-platforms\` and shown by the web app when you create a webhook.

For each: the steps over there, the command here with made-up values (put yours in), and a sample that shows what an event does.
An \`id\` of your own makes the address readable, here \`/webhook/github\`; leave it out and the address cannot be guessed.
First, once:

\`\`\`sh
export FERMATA=http://localhost:8080
curl -sf "$FERMATA/api/metadata/workflow?overwrite=true" -H 'Content-Type: application/json' -d '{
  "name": "await_payment", "version": 1,
  "tasks": [{ "name": "wait", "taskReferenceName": "wait", "type": "WAIT_FOR_WEBHOOK", "inputParameters": { "matches": { "$.order.id": "A1" } } }]
}'
\`\`\`

`;

export const platformGuide = (): string => HEAD + PLATFORMS.map(section).join('\n');

if (import.meta.main) writeFileSync(GUIDE, platformGuide());
