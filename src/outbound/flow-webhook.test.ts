import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type FlowWebhookConfig,
  MASK,
  MAX_BODY_LENGTH,
  masked,
  maskedPlaces,
  problemsOf,
  withKeptSecrets,
} from './flow-webhook.ts';
import { createGuard } from './guard.ts';

const guard = createGuard({ allow: [], deny: [] });
const good: FlowWebhookConfig = {
  name: 'tell',
  url: 'https://hooks.example.com/x',
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: '{"text":"$jobId"}',
  triggerEvent: 'either',
  triggerObject: 'any',
  signatures: ['flow'],
  validateSsl: true,
  retryOnFailure: true,
};
const problems = (changes: Partial<FlowWebhookConfig>): string[] =>
  problemsOf({ ...good, ...changes }, { guard, taskRefs: new Set(['charge']) }).map(
    ({ path, message }) => `${path}: ${message}`,
  );

test('a webhook as the seed describes it has no problem', () => {
  assert.deepEqual(problems({}), []);
  assert.deepEqual(problems({ triggerObject: ['charge'], triggerEvent: 'failure', secretKey: 'mySecret' }), []);
  assert.deepEqual(
    problems({ url: 'https://x.example/${workflow.input.id}?s=$jobStatus', when: "jobStatus == 'FAILED'" }),
    [],
  );
});

const wrong: readonly (readonly [Partial<FlowWebhookConfig>, RegExp])[] = [
  [{ url: 'ftp://x.example/' }, /^url: the URL must begin with http/],
  [{ url: 'not a url' }, /^url: /],
  [{ url: 'http://127.0.0.1/' }, /^url: .*loopback/],
  [{ url: 'http://0x7f.1/' }, /^url: .*loopback/],
  [{ url: 'http://169.254.169.254/latest/meta-data' }, /^url: .*metadata/],
  [{ url: 'https://user:pass@x.example/' }, /^url: .*user name/],
  [{ url: 'https://x.example/\r\nX: y' }, /^url: .*control/],
  [{ url: 'https://${workflow.input.host}/x' }, /^url: references may stand behind the host only/],
  [{ url: 'https://x.example.${workflow.input.host}/' }, /^url: references may stand behind the host only/],
  [{ url: 'https://x.example/$jobName' }, /^url: \$jobName is unknown/],
  [{ headers: { 'X-A': 'a\r\nX-B: b' } }, /^headers.X-A: .*line end/],
  [{ headers: { 'X A': 'a' } }, /^headers.X A: a header name/],
  [{ headers: { Host: 'x' } }, /^headers.Host: .*set by Fermata itself/],
  [{ headers: { 'X-Webhook-Signature': 'mine' } }, /carries the signature/],
  [{ headers: { a: '1', A: '2' } }, /^headers.A: the header is there twice/],
  [{ headers: { 'X-A': '${nobody.output}' } }, /^headers.X-A: .*unknown/],
  [{ method: 'GET' }, /^body: GET carries no body/],
  [{ method: 'DELETE' }, /^body: DELETE carries no body/],
  [{ body: 'x'.repeat(MAX_BODY_LENGTH + 1) }, /^body: is longer than/],
  [{ body: '{"a":"${workflow.secrets.x}"}' }, /^body: .*unknown/],
  [{ triggerObject: [] }, /^triggerObject: name at least one/],
  [{ triggerObject: ['nobody'] }, /^triggerObject\[0\]: no version of this flow has a task/],
  [{ triggerObject: ['charge'], triggerEvent: 'paused' }, /^triggerEvent: paused is about the execution/],
  [{ secretKey: '' }, /^secretKey: the secret is empty/],
  [{ secretKey: 'whsec_?' }, /^secretKey: .*base64/],
  [{ previousSecretKey: 'x' }, /^previousSecretKey: is there without/],
  [{ signatures: ['standard'] }, /^signatures: .*need a secretKey/],
  [{ ca: 'no certificate' }, /^ca: /],
  [{ cert: 'x' }, /^cert: .*come together/],
  [{ when: 'amount >' }, /^when: /],
  [{ when: { path: 'a', op: 'like', value: 1 } }, /^when: .*op must be/],
  [{ orderKey: '$nothing' }, /^orderKey: /],
];

for (const [changes, message] of wrong)
  test(`refused: ${JSON.stringify(changes).slice(0, 80)}`, () => {
    const found = problems(changes);
    assert.equal(found.length >= 1, true);
    assert.match(found[0] ?? '', message);
  });

test('secrets are never shown, and what comes back masked keeps what is stored', () => {
  const full: FlowWebhookConfig = {
    ...good,
    secretKey: 'one-secret',
    previousSecretKey: 'two-secret',
    key: 'private-key',
    headers: { Authorization: 'Bearer tok-en', 'X-Api-Key': 'abc-key', 'X-Plain': 'plain' },
  };
  const shown = masked(full);
  assert.doesNotMatch(JSON.stringify(shown), /one-secret|two-secret|private-key|tok-en|abc-key/);
  assert.deepEqual(shown.headers, { Authorization: 'Bearer ***', 'X-Api-Key': MASK, 'X-Plain': 'plain' });
  assert.deepEqual(withKeptSecrets(shown, full), full);
  const changed = withKeptSecrets({ ...shown, secretKey: 'three', headers: { authorization: 'Bearer new' } }, full);
  assert.deepEqual([changed.secretKey, changed.headers], ['three', { authorization: 'Bearer new' }]);
  assert.deepEqual(
    maskedPlaces(shown).map(({ path }) => path),
    ['headers.Authorization', 'headers.X-Api-Key', 'secretKey', 'previousSecretKey', 'key'],
  );
  assert.deepEqual(maskedPlaces(full), []);
});
