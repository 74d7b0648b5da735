// Facts are complete and can be sent as they are; credentials are checked before the first request.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configure } from './configure.ts';
import { findPlatform, PLATFORMS } from './index.ts';
import type { Platform } from './platform.ts';

function platform(id: string): Platform {
  const found = findPlatform(id);
  assert.ok(found, id);
  return found;
}

function problemsOf(id: string, fields: Record<string, string>, more: object = {}): readonly string[] {
  const configured = configure(platform(id), { fields, ...more });
  return configured.ok ? [] : configured.problems.map(({ at }) => at);
}

test('every platform of the seeds and of our list is there, under each of its names', () => {
  const asked = [
    ...[
      'GitHub',
      'Slack',
      'Twilio',
      'Stripe',
      'PagerDuty',
      'Zendesk',
      'Twitter',
      'X',
      'Facebook',
      'SendGrid',
      'Microsoft Teams',
    ],
    ...[
      'Custom',
      'No Auth',
      'Basic Auth',
      'API Key',
      'HMAC',
      'Standard Webhooks',
      'Svix',
      'Shopify',
      'gitlab',
      'gitlab-signed',
    ],
    ...[
      'Linear',
      'Jira',
      'Bitbucket',
      'Discord',
      'AWS SNS',
      'Square',
      'HubSpot',
      'Zoom',
      'Dropbox',
      'Intercom',
      'Typeform',
    ],
    ...[
      'DocuSign',
      'Mailgun',
      'Okta',
      'Google Pub/Sub',
      'Azure Event Grid',
      'Microsoft Graph',
      'CloudEvents',
      'PayPal',
    ],
    ...['Designer Cloud', 'GITHUB', 'MSTEAMS', 'meta'],
  ];
  assert.deepEqual(
    asked.filter((name) => findPlatform(name) === undefined),
    [],
  );
  assert.equal(findPlatform('__proto__'), undefined);
  assert.equal(findPlatform(''), undefined);
});

test('no two platforms share a name', () => {
  const names = PLATFORMS.flatMap(({ id, name, aliases }) => [
    ...new Set([id, name, ...aliases].map((text) => text.toLowerCase().replace(/[^a-z0-9]/g, ''))),
  ]);
  assert.equal(new Set(names).size, names.length);
});

for (const one of PLATFORMS) {
  test(`${one.id}: the facts are plain data, the guide is short, the sample has a method that is taken`, () => {
    assert.deepEqual(JSON.parse(JSON.stringify(one)), one);
    assert.ok(one.guide.length >= 3 && one.guide.length <= 6);
    assert.ok(one.guide.every((line) => line.length <= 160));
    assert.ok(one.methods.includes(one.sample.method));
    assert.ok(one.sample.body.length < 2000);
    const names = one.fields.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.ok(one.fields.filter(({ to }) => to.type === 'secret').length <= 1);
    assert.ok(one.fields.every(({ to, secret }) => to.type !== 'scheme' || !secret || one.id === 'custom'));
  });

  test(`${one.id}: what is required and left out is named`, () => {
    const configured = configure(one, { fields: {} });
    const required = one.fields
      .filter(({ required: needed, initial }) => needed && initial === undefined)
      .map(({ name }) => name);
    assert.deepEqual(configured.ok ? [] : configured.problems.map(({ at }) => at).sort(), [...required].sort());
  });
}

test('secrets that cannot work are found when they are entered', () => {
  assert.deepEqual(problemsOf('github', { secret: 'copied with a break\n' }), ['secret']);
  assert.deepEqual(problemsOf('msteams', { securityToken: 'not base64!' }), ['securityToken']);
  assert.deepEqual(problemsOf('standardwebhooks', { secret: 'whsec_***' }), ['secret']);
  assert.deepEqual(problemsOf('standardwebhooks', { secret: 'whpk_QUJD' }), ['secret']);
  assert.deepEqual(problemsOf('discord', { publicKey: 'abc' }), ['publicKey']);
  assert.deepEqual(problemsOf('sns', { topicArn: 'orchestra' }), ['topicArn']);
  assert.deepEqual(problemsOf('basic', { username: 'a:b', password: 'c' }), ['username']);
  assert.deepEqual(problemsOf('eventgrid-entra', { tenantId: '../evil', audience: 'a' }), ['tenantId']);
  assert.deepEqual(problemsOf('paypal', { webhookId: 'a|b' }), ['webhookId']);
});

test('fields are checked by kind, and unknown ones are named', () => {
  assert.deepEqual(problemsOf('hmac', { secret: 's', algorithm: 'md5' }), ['algorithm']);
  assert.deepEqual(problemsOf('hmac', { secret: 's', template: '{boddy}' }), ['template']);
  assert.deepEqual(problemsOf('hmac', { secret: 's', template: '{timestamp}.{body}' }), ['timestampName']);
  assert.deepEqual(problemsOf('hmac', { secret: 's', template: 'body' }), ['template']);
  assert.deepEqual(problemsOf('hmac', { secret: 's', header: 'X Signature' }), ['header']);
  assert.deepEqual(problemsOf('hmac', { secret: 's', template: '{timestamp}.{body}', timestampName: 'X Time' }), [
    'timestampName',
  ]);
  assert.deepEqual(problemsOf('hmac', { secret: 's', timestampName: 'X-Time', toleranceSeconds: '5 min' }), [
    'toleranceSeconds',
  ]);
  assert.deepEqual(problemsOf('hmac', { secret: 'zz', keyEncoding: 'hex' }), ['secret']);
  assert.deepEqual(problemsOf('api-key', { key: 'k', name: 'a b' }), ['name']);
  assert.deepEqual(problemsOf('github', { secret: 's', colour: 'red' }), ['colour']);
  assert.deepEqual(problemsOf('github', { secret: 's' }, { methods: ['BREW'] }), ['methods']);
});

test('the tolerance can be changed where a time is signed, and only there', () => {
  const changed = configure(platform('zoom'), { fields: { secretToken: 's' }, toleranceSeconds: 60 });
  assert.ok(changed.ok && changed.config.scheme.type === 'hmac');
  assert.equal(changed.config.scheme.timestamp?.toleranceSeconds, 60);
  assert.deepEqual(problemsOf('github', { secret: 's' }, { toleranceSeconds: 60 }), ['toleranceSeconds']);
  assert.deepEqual(problemsOf('slack', { signingSecret: 's' }, { toleranceSeconds: 0 }), ['toleranceSeconds']);
  assert.equal(
    platform('zoom').scheme.type === 'hmac' &&
      'toleranceSeconds' in (platform('zoom').scheme as { timestamp: object }).timestamp,
    false,
  );
});
