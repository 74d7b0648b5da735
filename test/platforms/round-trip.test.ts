// Signed samples verify, on every platform; a second secret does not shut out the first; questions are answered.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configure } from '../../src/inbound/platforms/configure.ts';
import { eventsOf } from '../../src/inbound/verifiers/identity.ts';
import { verify } from '../../src/inbound/verifiers/index.ts';
import { jsonBody, parseForm } from '../../src/inbound/verifiers/request.ts';
import { arrived } from '../../src/inbound/verifiers/verifier.ts';
import { judge, NOW_MS, SECRET, SENDERS, signedSample } from './senders.ts';

const WITHOUT_PROOF = ['none'];
const SENDER_ONLY = [
  ...['custom', 'basic', 'api-key', 'gitlab', 'mailgun', 'okta', 'pubsub'],
  ...['eventgrid', 'eventgrid-entra', 'msgraph', 'cloudevents', 'paypal'],
];

const BLOB = JSON.stringify([
  '/subscriptions/0000/resourceGroups/acme/providers/Microsoft.Storage/storageAccounts/scores',
  '831e1650-0000-4000-8000-000000000001',
]);

for (const sender of SENDERS) {
  const { id } = sender.platform;
  test(`${id}: the signed sample verifies and says what it proves`, () => {
    const verdict = judge(sender, signedSample(sender));
    assert.equal(verdict.type, 'verified', JSON.stringify(verdict));
    const expected = WITHOUT_PROOF.includes(id) ? 'nothing' : SENDER_ONLY.includes(id) ? 'sender' : 'body';
    assert.equal(verdict.type === 'verified' && verdict.authenticates, expected);
  });

  const shared = sender.platform.fields.find((field) => field.to.type === 'secret');
  if (shared !== undefined && sender.keys.privateKey === undefined) {
    test(`${id}: during rotation both secrets are accepted, and the verdict names the one that fitted`, () => {
      const next = Buffer.from('the next secret of this webhook').toString('base64');
      const both = configure(sender.platform, {
        fields: Object.fromEntries(
          Object.entries(sender.credentials.fields ?? {}).filter(([name]) => name !== shared.name),
        ),
        secrets: [
          { id: 'next', value: next },
          { id: 'old', value: SECRET },
        ],
      });
      assert.ok(both.ok, JSON.stringify(both));
      const old = verify(both.config, arrived(signedSample(sender)), NOW_MS);
      assert.equal(old.type === 'verified' && old.secretId, 'old');
      const fresh = verify(both.config, arrived(signedSample({ ...sender, config: both.config })), NOW_MS);
      assert.equal(fresh.type === 'verified' && fresh.secretId, 'next');
    });
  }
}

test('samples name their event and their key for duplicates', () => {
  const named = SENDERS.map((sender) => {
    const request = arrived(signedSample(sender));
    const payload = jsonBody(request)?.value ?? Object.fromEntries(parseForm(Buffer.from(request.body).toString()));
    return [
      sender.platform.id,
      eventsOf(sender.config, request, payload).map((event) => [event.eventType, event.dedupeKey]),
    ];
  });
  assert.deepEqual(Object.fromEntries(named), {
    github: [['pull_request.closed', '5f0c1d9e-7a43-4c0e-9d55-2f1c7b8e6a01']],
    slack: [['message', 'Ev0SAMPLE01']],
    twilio: [['received', 'b7a1c0de-0000-4000-8000-00000000f00d']],
    stripe: [['payment_intent.succeeded', 'evt_sample_0001']],
    pagerduty: [['incident.triggered', '01SAMPLEEVENT0000000000001']],
    zendesk: [['zen:event-type:ticket.created', '01SAMPLEINVOCATION00000001']],
    twitter: [[undefined, undefined]],
    facebook: [['feed', undefined]],
    sendgrid: [
      ['delivered', 'c2FtcGxlLWV2ZW50LTE'],
      ['bounce', 'c2FtcGxlLWV2ZW50LTI'],
    ],
    msteams: [['message', '["19:sample@thread.tacv2;messageid=1764201600000","1764201600000"]']],
    custom: [[undefined, undefined]],
    none: [[undefined, undefined]],
    basic: [[undefined, undefined]],
    'api-key': [[undefined, undefined]],
    hmac: [[undefined, undefined]],
    standardwebhooks: [['invoice.paid', 'msg_4657d05fdbe9380c5f575828811']],
    svix: [['user.created', 'msg_8eb8e1e43e27a84de4b0972e706']],
    shopify: [['orders/paid', 'b54557e4-0000-4000-8000-000000000001']],
    gitlab: [['Merge Request Hook', 'f5e57ca0-0000-4000-8000-000000000001']],
    'gitlab-signed': [['Push Hook', 'msg_a7a637279ba6bea9dfb3951cac5']],
    linear: [['Issue.update', '234d1a4e-0000-4000-8000-000000000001']],
    jira: [['jira:issue_updated', '7f4c0f60-0000-4000-8000-000000000001']],
    bitbucket: [['pullrequest:fulfilled', '3c0f9a6e-0000-4000-8000-000000000001']],
    discord: [
      ['APPLICATION_AUTHORIZED', '["2026-11-22T10:00:00.000000","APPLICATION_AUTHORIZED","80351110224678912"]'],
    ],
    sns: [['Backup finished', '22b80b92-0000-5000-8000-000000000001']],
    square: [['payment.updated', '13b867cf-0000-4000-8000-000000000001']],
    hubspot: [
      ['contact.propertyChange', '["62515","51","100","1764201600000"]'],
      ['contact.creation', '["62515","52","101","1764201600001"]'],
    ],
    zoom: [['meeting.ended', undefined]],
    dropbox: [[undefined, undefined]],
    intercom: [['conversation.user.created', 'notif_sample_0001']],
    typeform: [['form_response', '01SAMPLETYPEFORM0000000001']],
    docusign: [
      [
        'envelope-completed',
        '["11111111-0000-4000-8000-000000000001","envelope-completed","2026-11-22T10:00:00.0000000Z"]',
      ],
    ],
    mailgun: [['delivered', '8459939a458133864fd58b1cfe976c72d73787a40d0d8f7fc5']],
    okta: [['user.lifecycle.create', '3f2a0000-0000-4000-8000-000000000001']],
    pubsub: [['OBJECT_FINALIZE', '["projects/acme/subscriptions/fermata","11122233344401"]']],
    eventgrid: [['Microsoft.Storage.BlobCreated', BLOB]],
    'eventgrid-entra': [['Microsoft.Storage.BlobCreated', BLOB]],
    msgraph: [['created', 'lsgTZMr9KwAAA']],
    cloudevents: [['com.example.ticket.sold', '["/orchestra/box-office","A234-1234-1234"]']],
    paypal: [['PAYMENT.CAPTURE.COMPLETED', 'WH-SAMPLE00000000001-000000000000001']],
    designer: [['Complete', undefined]],
  });
});
