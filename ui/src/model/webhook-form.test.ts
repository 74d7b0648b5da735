// The form and the wire: what is read and sent back is unchanged, secrets are kept or replaced, mistakes are tied to fields.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WebhookConfig } from '../../../src/http/contract/webhook.ts';
import {
  checkWebhook,
  EMPTY_WEBHOOK,
  secretName,
  type WebhookValues,
  webhookConfig,
  webhookValues,
} from './webhook-form.ts';
import { allPlatforms, WEBHOOK_PLATFORMS } from './webhook-platform.ts';

const values = (more: Partial<WebhookValues>): WebhookValues => ({
  ...EMPTY_WEBHOOK,
  name: 'orders',
  receivers: [{ name: 'await_payment', version: '1' }],
  ...more,
});

test('a custom webhook as in the documentation', () => {
  const form = values({
    platform: 'Custom',
    headers: [
      { name: 'x-shop', value: 'demo' },
      { name: '', value: '' },
    ],
    starts: true,
    startWorkflows: [{ name: 'register_order', version: '2' }],
    idempotencyKey: '${workflow.input.order.id}',
    idempotencyStrategy: 'RETURN_EXISTING',
  });
  assert.deepEqual(checkWebhook(form), {});
  assert.deepEqual(webhookConfig(form), {
    name: 'orders',
    sourcePlatform: 'Custom',
    verifier: 'HEADER_BASED',
    headers: { 'x-shop': 'demo' },
    receiverWorkflowNamesToVersions: { await_payment: 1 },
    workflowsToStart: {
      register_order: 2,
      idempotencyKey: '${workflow.input.order.id}',
      idempotencyStrategy: 'RETURN_EXISTING',
    },
  });
});

test('what was stored comes back unchanged, with the secret kept', () => {
  const stored: WebhookConfig = {
    id: 'w1',
    name: 'hub',
    sourcePlatform: 'Github',
    verifier: 'SIGNATURE_BASED',
    headerKey: 'X-Hub-Signature-256',
    secretValue: '***',
    receiverWorkflowNamesToVersions: { a: 1, b: 'latest' },
    workflowsToStart: { c: 2 },
    tags: [{ key: 'team', value: 'ops' }],
    dedup: { by: 'content' },
  };
  const form = webhookValues(stored);
  assert.equal(form.secret, '');
  assert.deepEqual(checkWebhook(form, stored), {});
  assert.deepEqual(webhookConfig(form, stored), stored);
  assert.equal(webhookConfig({ ...form, secret: 'new' }, stored).secretValue, 'new');
});

test('another platform asks for its own secret', () => {
  const stored: WebhookConfig = {
    id: 'w',
    name: 'n',
    sourcePlatform: 'Github',
    verifier: 'SIGNATURE_BASED',
    receiverWorkflowNamesToVersions: { a: 1 },
  };
  const form = { ...webhookValues(stored), platform: 'Stripe' };
  assert.deepEqual(Object.keys(checkWebhook(form, stored)), ['secret']);
});

test('every platform sends its own verifier and asks for what it needs', () => {
  for (const platform of WEBHOOK_PLATFORMS) {
    const bare = values({ platform: platform.id });
    const problems = Object.keys(checkWebhook(bare));
    const asks = [platform.secret?.required && 'secret', platform.key?.required && 'key'].filter(Boolean);
    const expected = platform.verifier === 'HEADER_BASED' ? ['headers.0.name'] : asks;
    assert.deepEqual(problems, expected, platform.id);
    assert.equal(webhookConfig(bare).verifier, platform.verifier);
  }
});

test('mistakes are tied to their fields', () => {
  const form = values({
    name: ' ',
    receivers: [
      { name: 'a', version: '' },
      { name: 'a', version: '2' },
    ],
    platform: 'Custom',
    headers: [
      { name: 'bad name', value: 'x' },
      { name: 'ok', value: '' },
      { name: 'OK', value: 'y' },
    ],
    starts: true,
  });
  assert.deepEqual(Object.keys(checkWebhook(form)).sort(), [
    'headers.0.name',
    'headers.1.value',
    'headers.2.name',
    'name',
    'receivers.0.version',
    'receivers.1.name',
    'startWorkflows.0.name',
  ]);
  assert.deepEqual(Object.keys(checkWebhook(EMPTY_WEBHOOK)), ['name', 'platform', 'receivers.0.name']);
});

test('platforms of the catalogue: their fields by name, secrets kept, overlaps left out', () => {
  const field = (name: string, secret: boolean) => ({
    name,
    label: name,
    help: '',
    kind: 'text' as const,
    secret,
    required: true,
  });
  const entry = {
    aliases: [],
    methods: ['POST'],
    retries: '',
    guide: ['a'],
    sample: { method: 'POST', headers: {}, body: '{}' },
  };
  const platforms = allPlatforms([
    { ...entry, id: 'shopify', name: 'Shopify', fields: [field('clientSecret', true), field('topic', false)] },
    { ...entry, id: 'github', name: 'GitHub', fields: [] },
  ]);
  assert.equal(platforms.length, WEBHOOK_PLATFORMS.length + 1);
  const form = values({ platform: 'shopify' });
  assert.deepEqual(Object.keys(checkWebhook(form, undefined, platforms)), ['fields.clientSecret', 'fields.topic']);
  const sent = webhookConfig({ ...form, fields: { clientSecret: 's', topic: 't' } }, undefined, platforms);
  assert.deepEqual([sent.verifier, sent.fields], ['PLATFORM', { clientSecret: 's', topic: 't' }]);
  const stored = { ...sent, id: 'w', fields: { clientSecret: '***', topic: 't' } };
  const again = webhookValues(stored, platforms);
  assert.deepEqual(again.fields, { clientSecret: '', topic: 't' });
  assert.deepEqual(checkWebhook(again, stored, platforms), {});
  assert.deepEqual(webhookConfig(again, stored, platforms).fields, { clientSecret: '***', topic: 't' });
});

test('a secret is called by its label in the form, a further one by its own name', () => {
  const github = {
    sourcePlatform: 'Github',
    verifier: 'SIGNATURE_BASED',
    secrets: [{ id: '2026-11', value: '***' }],
  } as const;
  assert.equal(secretName('secretValue', github), 'Secret');
  assert.equal(secretName('2026-11', github), '2026-11');
  assert.equal(secretName('secretValue', { sourcePlatform: 'Stripe', verifier: 'STRIPE' }), 'Endpoint secret');
  assert.equal(secretName('secretKey', { sourcePlatform: 'SendGrid', verifier: 'SENDGRID' }), 'Verification key');
  assert.equal(secretName('secretValue', { sourcePlatform: 'somebody', verifier: 'HMAC_BASED' }), 'Security token');
});
