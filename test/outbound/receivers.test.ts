// Deliveries over real HTTP to receivers that verify as consumers do: by the documented steps of the flow signature, and
// with the packages standardwebhooks and svix. Each accepts what we send, and refuses it when one thing is changed.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { signFlowWebhook, signStandardWebhook, standardSecret } from '../../src/outbound/sign.ts';
import { asResponse, openClient, post, type Received, receive } from './local-receiver.ts';

type Verify = (request: Received, origin: string, secret: string) => boolean;

/** The three steps of "Process Signed Requests", written down as a reader would. */
const byTheSteps: Verify = (request, origin, secret) => {
  const [timestamp, signature] = String(request.headers['x-webhook-signature'])
    .split(',')
    .map((part) => part.split('=')[1]);
  const signsUrl = request.method === 'GET' || request.method === 'DELETE';
  const hmac = createHmac('sha256', secret);
  hmac.update(`${timestamp}.`);
  hmac.update(signsUrl ? origin + request.path : request.body);
  return hmac.digest('hex') === signature && Math.abs(Date.now() - Number(timestamp)) < 60_000;
};

function byPackage(
  open: (secret: string) => { verify(payload: string, headers: Record<string, string>): unknown },
): Verify {
  return (request, _origin, secret) => {
    try {
      open(secret).verify(request.body.toString(), request.headers as Record<string, string>);
      return true;
    } catch {
      return false;
    }
  };
}

const verifiers: Record<string, Verify> = {
  'the documented steps': byTheSteps,
  standardwebhooks: byPackage((secret) => new StandardWebhook(standardSecret(secret))),
  svix: byPackage((secret) => new SvixWebhook(standardSecret(secret))),
};

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const requests = [
  { method: 'POST', path: '/hook', body: '{"jobId":7,"jobStatus":"Complete"}' },
  { method: 'POST', path: '/', body: '"grüße 𝄐"' },
  { method: 'PUT', path: '/hook?x=%20&y=ü', body: ' { "a" : 1.0 } \r\n' },
  { method: 'PATCH', path: '/hook', body: JSON.stringify('x'.repeat(100_000)) },
  { method: 'POST', path: '/hook', body: '' },
  { method: 'GET', path: '/hook?job=7&status=done' },
  { method: 'DELETE', path: '/hook/7' },
];

/** Each changes one thing that a signature covers; undefined where the request has no such thing. */
const tamperings: Record<string, (request: Received) => Received | undefined> = {
  'a byte of the body': (request) => {
    if (request.body.length === 0) return undefined;
    const body = Buffer.from(request.body);
    body[0] = (body[0] ?? 0) ^ 1;
    return { ...request, body };
  },
  'a byte more': (request) => ({
    ...request,
    body: Buffer.concat([request.body, Buffer.from(' ')]),
    path: `${request.path}x`,
  }),
  'the time': (request) => ({
    ...request,
    headers: {
      ...request.headers,
      'x-webhook-signature': String(request.headers['x-webhook-signature']).replace(
        /^t=(\d+)/,
        (_all, t) => `t=${Number(t) + 1}`,
      ),
      'webhook-timestamp': String(Number(request.headers['webhook-timestamp']) + 1),
    },
  }),
  'the signature': (request) => ({
    ...request,
    headers: {
      ...request.headers,
      'x-webhook-signature': String(request.headers['x-webhook-signature']).replace(/sha256=./, 'sha256=g'),
      'webhook-signature': String(request.headers['webhook-signature']).replace(/v1,./g, 'v1,-'),
    },
  }),
};

for (const [name, verify] of Object.entries(verifiers)) {
  test(`a receiver with ${name} accepts every delivery and refuses every tampered one`, async (t) => {
    const receiver = await receive(t);
    const client = openClient(t);
    for (const [i, { method, path, body }] of requests.entries()) {
      const url = new URL(receiver.url + path).href;
      const nowMs = Date.now();
      for (const secrets of [{ current: secret }, { current: secret, previous: 'older' }]) {
        const flow = signFlowWebhook(secrets, { method, url, body, nowMs });
        const standard = signStandardWebhook(secrets, `dlv_${i}`, { body, nowMs });
        const headers = { 'content-type': 'application/json', ...flow.headers, ...standard.headers };
        asResponse(await client.send(post(url, { method, headers, body })));
        const received = receiver.requests.at(-1);
        assert.ok(received);
        assert.equal(verify(received, receiver.url, secret), true, `${method} ${path}`);
        assert.equal(verify(received, receiver.url, 'someone else'), false);
        for (const [what, tamper] of Object.entries(tamperings)) {
          const tampered = tamper(received);
          if (tampered) assert.equal(verify(tampered, receiver.url, secret), false, `${method}: ${what}`);
        }
      }
    }
  });
}
