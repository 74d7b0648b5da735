// Signed requests as a consumer gets them, true and tampered, for every way of verifying that we promise will work.
// Each tampering changes one thing of a request that is otherwise right.
import { type Secrets, signFlowWebhook, signStandardWebhook, standardSecret } from '../../src/outbound/sign.ts';

export type VerifyCase = {
  readonly name: string;
  readonly scheme: 'flow' | 'standard';
  /** What the consumer knows; with Standard Webhooks in its `whsec_` spelling. */
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly expected: boolean;
};

const url = 'https://receiver.example/hooks/1?token=a%20b';
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const bodies = ['{"jobId":7,"jobStatus":"Complete"}', '', 'grüße 𝄐 \u0000', '[]\r\n', 'x'.repeat(50_000)];
const minuteMs = 60_000;

export function verifyCases(nowMs: number): readonly VerifyCase[] {
  return [...flowCases(nowMs), ...standardCases(nowMs)];
}

function flowCases(nowMs: number): VerifyCase[] {
  const make = (name: string, changes: Partial<VerifyCase> & { secrets?: Secrets; atMs?: number } = {}): VerifyCase => {
    const { secrets = { current: secret }, atMs = nowMs, ...rest } = changes;
    const request = { method: 'POST', url, body: bodies[0] ?? '', ...rest };
    const { headers } = signFlowWebhook(secrets, { ...request, nowMs: atMs });
    return { name: `flow: ${name}`, scheme: 'flow', secret: secrets.current, expected: true, headers, ...request };
  };
  const tamper = (name: string, from: VerifyCase, changes: Partial<VerifyCase>): VerifyCase => ({
    ...from,
    ...changes,
    name: `flow: ${name}`,
    expected: false,
  });
  const header = (from: VerifyCase, change: (value: string) => string): Partial<VerifyCase> => ({
    headers: { 'X-Webhook-Signature': change(from.headers['X-Webhook-Signature'] ?? '') },
  });
  const post = make('a post');
  const get = make('a get', { method: 'GET', body: '' });
  return [
    ...bodies.map((body, i) => make(`body ${i}`, { body })),
    ...['POST', 'PUT', 'PATCH', 'GET', 'DELETE'].map((method) =>
      make(method, { method, body: ['GET', 'DELETE'].includes(method) ? '' : 'x' }),
    ),
    ...['mySecret', 'ü', ' spaces ', 'a=b,c=d'].map((current) => make(`secret "${current}"`, { secrets: { current } })),
    make('the new secret during a rotation', { secrets: { current: 'new', previous: 'old' } }),
    make('four minutes old', { atMs: nowMs - 4 * minuteMs }),
    tamper('the old secret during a rotation', make('', { secrets: { current: 'new', previous: 'old' } }), {
      secret: 'old',
    }),
    tamper('six minutes old', make('', { atMs: nowMs - 6 * minuteMs }), {}),
    tamper('six minutes ahead', make('', { atMs: nowMs + 6 * minuteMs }), {}),
    tamper('another body', post, { body: '{"jobId":8,"jobStatus":"Complete"}' }),
    tamper('a longer body', post, { body: `${post.body} ` }),
    tamper('another URL', get, { url: `${url}&x=1` }),
    tamper('another secret', post, { secret: 'other' }),
    tamper('a GET with the signature of a POST', post, { method: 'GET' }),
    tamper(
      'a fresher time',
      post,
      header(post, (value) => value.replace(/t=\d+/, `t=${nowMs + 1}`)),
    ),
    tamper(
      'a shorter signature',
      post,
      header(post, (value) => value.slice(0, -2)),
    ),
    tamper(
      'an empty signature',
      post,
      header(post, (value) => value.replace(/sha256=.*/, 'sha256=')),
    ),
    tamper(
      'no signature',
      post,
      header(post, (value) => value.replace(/,sha256=.*/, '')),
    ),
    tamper(
      'no time',
      post,
      header(post, (value) => value.replace(/t=\d+,/, '')),
    ),
    tamper(
      'no header',
      post,
      header(post, () => ''),
    ),
    tamper(
      'zeros',
      post,
      header(post, (value) => value.replace(/sha256=.*/, `sha256=${'0'.repeat(64)}`)),
    ),
    tamper(
      'not hexadecimal',
      post,
      header(post, (value) => value.replace(/sha256=.*/, `sha256=${'é'.repeat(64)}`)),
    ),
    tamper(
      'a huge time',
      post,
      header(post, (value) => value.replace(/t=\d+/, `t=${'9'.repeat(400)}`)),
    ),
  ];
}

function standardCases(nowMs: number): VerifyCase[] {
  const make = (name: string, changes: Partial<VerifyCase> & { secrets?: Secrets; atMs?: number } = {}): VerifyCase => {
    const { secrets = { current: secret }, atMs = nowMs, ...rest } = changes;
    const request = { method: 'POST', url, body: bodies[0] ?? '', ...rest };
    const { headers } = signStandardWebhook(secrets, 'dlv_01ABC-x', { body: request.body, nowMs: atMs });
    const known = standardSecret(secrets.current);
    return { name: `standard: ${name}`, scheme: 'standard', secret: known, expected: true, headers, ...request };
  };
  const tamper = (name: string, from: VerifyCase, changes: Partial<VerifyCase>): VerifyCase => ({
    ...from,
    ...changes,
    name: `standard: ${name}`,
    expected: false,
  });
  const header = (from: VerifyCase, name: string, value: string): Partial<VerifyCase> => ({
    headers: { ...from.headers, [name]: value },
  });
  const post = make('a post');
  const rotating = { current: secret, previous: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' };
  return [
    ...bodies.map((body, i) => make(`body ${i}`, { body })),
    ...['mySecret', 'ü', ' spaces '].map((current) => make(`secret "${current}"`, { secrets: { current } })),
    make('four minutes old', { atMs: nowMs - 4 * minuteMs }),
    make('the new secret during a rotation', { secrets: rotating }),
    make('the old secret during a rotation', { secrets: rotating, secret: rotating.previous }),
    tamper('six minutes old', make('', { atMs: nowMs - 6 * minuteMs }), {}),
    tamper('six minutes ahead', make('', { atMs: nowMs + 6 * minuteMs }), {}),
    tamper('another body', post, { body: `${post.body} ` }),
    tamper('another id', post, header(post, 'webhook-id', 'dlv_01ABC-y')),
    tamper('a fresher time', post, header(post, 'webhook-timestamp', `${Math.floor(nowMs / 1000) + 1}`)),
    tamper('no time', post, header(post, 'webhook-timestamp', '')),
    tamper('a time that is no number', post, header(post, 'webhook-timestamp', 'now')),
    tamper('another secret', post, { secret: rotating.previous }),
    tamper('no signature', post, header(post, 'webhook-signature', '')),
    tamper(
      'another version',
      post,
      header(post, 'webhook-signature', (post.headers['webhook-signature'] ?? '').replace('v1', 'v2')),
    ),
    tamper(
      'a cut signature',
      post,
      header(post, 'webhook-signature', (post.headers['webhook-signature'] ?? '').slice(0, -3)),
    ),
    tamper('strange characters', post, header(post, 'webhook-signature', `v1,${'é'.repeat(44)}`)),
  ];
}
