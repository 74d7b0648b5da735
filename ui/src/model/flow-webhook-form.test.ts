// The form of an outgoing webhook: there and back, secrets that are kept, and mistakes in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowWebhookConfig } from '../../../src/http/contract/flow-webhook.ts';
import {
  bodyReferences,
  checkFlowWebhook,
  EMPTY_FLOW_WEBHOOK,
  fieldErrors,
  flowWebhookValues,
  flowWebhookWish,
  MASK,
  refusalSentence,
  triggersOf,
} from './flow-webhook-form.ts';

const stored: FlowWebhookConfig = {
  ...{ id: 'w1', name: 'tell', url: 'https://x.example/', method: 'POST', headers: { Authorization: 'Bearer ***' } },
  ...{ body: '$jobId', triggerEvent: 'failure', triggerObject: ['charge'], secretKey: '***', key: '***', cert: 'PEM' },
  ...{ signatures: ['flow', 'standard'], validateSsl: false, retryOnFailure: false, enabled: true },
  ...{ when: { '==': [1, 1] }, rateLimit: { perSecond: 5, burst: 10 }, alerts: [{ name: 'on_call', version: 2 }] },
  ...{ previousSecretKey: '***', orderKey: '${workflow.input.customer}' },
};

test('what was read and not touched is sent back as it was', () => {
  assert.deepEqual(flowWebhookWish(flowWebhookValues(stored), stored), stored);
});

test('a new one has no more than what was filled in', () => {
  const wish = flowWebhookWish({ ...EMPTY_FLOW_WEBHOOK, name: ' n ', url: ' https://x.example/a ', when: 'a > 1' });
  assert.deepEqual(wish, {
    ...{ name: 'n', url: 'https://x.example/a', method: 'POST', headers: { 'Content-Type': 'application/json' } },
    ...{ body: EMPTY_FLOW_WEBHOOK.body, triggerEvent: 'either', triggerObject: 'any', signatures: ['flow'] },
    ...{ validateSsl: true, retryOnFailure: true, enabled: true, when: 'a > 1' },
  });
  assert.equal('body' in flowWebhookWish({ ...EMPTY_FLOW_WEBHOOK, method: 'GET' }), false);
  assert.equal(flowWebhookWish({ ...EMPTY_FLOW_WEBHOOK, when: '{broken' }).when, '{broken');
});

test('rotation: a new secret beside the previous one, and its end', () => {
  const values = { ...flowWebhookValues(stored), secretKey: 'new', previousSecretKey: 'old' };
  const wish = flowWebhookWish(values, stored);
  assert.deepEqual([wish.secretKey, wish.previousSecretKey], ['new', 'old']);
  assert.equal(flowWebhookWish(flowWebhookValues(stored), stored, true).previousSecretKey, undefined);
  const first = { ...stored, previousSecretKey: undefined };
  const rotating = { ...flowWebhookValues(first), previousSecretKey: MASK };
  assert.match(checkFlowWebhook(rotating, first).secretKey ?? '', /new secret/);
  const sent = flowWebhookWish({ ...rotating, secretKey: 'new' }, first);
  assert.deepEqual([sent.secretKey, sent.previousSecretKey], ['new', '***'], 'the server knows the one so far');
});

test('mistakes are said at their field', () => {
  const wrong = checkFlowWebhook({
    ...{ ...EMPTY_FLOW_WEBHOOK, url: 'ftp://x', specific: true, signatures: ['standard'], burst: '3' },
    ...{
      previousSecretKey: 'old',
      headers: [
        { name: 'A', value: '' },
        { name: 'a', value: '' },
      ],
    },
  });
  assert.deepEqual(Object.keys(wrong).sort(), [
    ...['headers.1', 'name', 'perSecond', 'previousSecretKey', 'signatures', 'triggerObject', 'url'],
  ]);
  const right = { ...EMPTY_FLOW_WEBHOOK, name: 'n', url: 'http://127.0.0.1:1/' };
  assert.deepEqual(checkFlowWebhook(right), {});
  assert.ok(checkFlowWebhook({ ...right, perSecond: '-1', burst: 'x' }).burst);
  assert.ok(checkFlowWebhook({ ...right, url: '' }).url);
});

test('refusals of the server find their field', () => {
  const headers = [
    { name: 'X-A', value: '' },
    { name: 'X-B.c', value: '' },
  ];
  const problems = ['url', 'headers.X-B.c', 'triggerObject[0]', 'rateLimit.perSecond'].map((path) => ({
    path,
    message: path,
  }));
  assert.deepEqual(Object.keys(fieldErrors(problems, headers)), ['url', 'headers.1', 'triggerObject', 'perSecond']);
});

test('with chosen tasks only their own success and failure can trigger', () => {
  assert.deepEqual(
    triggersOf(true).map(({ value }) => value),
    ['either', 'success', 'failure'],
  );
  assert.equal(triggersOf(false).length, 6);
  assert.ok(bodyReferences(['charge']).some(({ text }) => text === '${charge.output}'));
});

test('a refusal names the fields that say why, and speaks for itself where there is none', () => {
  assert.equal(refusalSentence([], 'too many'), 'too many');
  assert.equal(
    refusalSentence([{ path: 'url' }], 'url: it is a loopback address'),
    'The URL is not accepted: the field above says why.',
  );
  assert.equal(
    refusalSentence([{ path: 'headers.A' }, { path: 'headers.B' }, { path: 'body' }, { path: 'cert' }], ''),
    'The header, body and client certificate are not accepted: the fields above say why.',
  );
});
