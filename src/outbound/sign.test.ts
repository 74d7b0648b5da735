import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkSecret, type SignInput, signFlowWebhook, signStandardWebhook, standardSecret } from './sign.ts';

const nowMs = 1_568_818_215_724;

function flowHeader(secret: string, input: Partial<SignInput>): string {
  const signed = signFlowWebhook({ current: secret }, { method: 'POST', url: 'https://a.example/', nowMs, ...input });
  return signed.headers['X-Webhook-Signature'] ?? '';
}

test('the steps of the documentation give the signature of the header', () => {
  // Its own secret, timestamp and body; the header printed beside them belongs to none of these and is no test.
  assert.equal(
    flowHeader('mySecret', { body: 'test' }),
    't=1568818215724,sha256=ae9c9f18381e423059604b64469099165a343deef595013525703e50e84d19f9',
  );
});

test('POST, PUT and PATCH sign the body, GET and DELETE the URL', () => {
  const url = 'https://a.example/x?y=1';
  const over = (content: string): string =>
    `t=${nowMs},sha256=${createHmac('sha256', 's').update(`${nowMs}.${content}`).digest('hex')}`;
  for (const method of ['POST', 'PUT', 'PATCH', 'post']) {
    assert.equal(flowHeader('s', { method, url, body: '{"a":1}' }), over('{"a":1}'), method);
    assert.equal(flowHeader('s', { method, url }), over(''), `${method} without body`);
  }
  for (const method of ['GET', 'DELETE', 'get']) {
    assert.equal(flowHeader('s', { method, url, body: 'ignored' }), over(url), method);
  }
});

test('text and its bytes sign the same; other bytes sign as they are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (body) => {
      assert.equal(flowHeader('s', { body }), flowHeader('s', { body: Buffer.from(body) }));
    }),
  );
  assert.notEqual(flowHeader('s', { body: Buffer.from([0xff]) }), flowHeader('s', { body: Buffer.from([0xfe]) }));
});

test('the signed text is shown', () => {
  const input = { method: 'POST', url: 'https://a.example/', body: Buffer.from('héllo'), nowMs };
  assert.equal(signFlowWebhook({ current: 's' }, input).signedText, `${nowMs}.héllo`);
  assert.equal(
    signFlowWebhook({ current: 's' }, { ...input, method: 'GET' }).signedText,
    `${nowMs}.https://a.example/`,
  );
  assert.equal(signStandardWebhook({ current: 's' }, 'msg_1', input).signedText, 'msg_1.1568818215.héllo');
});

/** Three readings of "split at ',', split at '='" that are found in consumers. */
const readers: Record<string, (header: string) => { t: string; sha256: string }> = {
  'first pairs': (header) => {
    const [t = '', sha256 = ''] = header.split(',').map((part) => part.split('=')[1] ?? '');
    return { t, sha256 };
  },
  'by name': (header) => {
    const named = Object.fromEntries(header.split(',').map((part) => part.split('=')));
    return { t: named.t, sha256: named.sha256 };
  },
  'strict form': (header) => {
    const [, t = '', sha256 = ''] = /^t=(\d+),sha256=([0-9a-f]{64})$/.exec(header) ?? [];
    return { t, sha256 };
  },
};

for (const [name, read] of Object.entries(readers)) {
  test(`during a rotation a consumer with the current secret accepts, reading ${name}`, () => {
    const secrets = { current: 'new', previous: 'old' };
    const signed = signFlowWebhook(secrets, { method: 'POST', url: 'https://a.example/', body: 'test', nowMs });
    const accepts = (header: string, secret: string): boolean => {
      const { t, sha256 } = read(header);
      return sha256 === createHmac('sha256', secret).update(`${t}.test`).digest('hex');
    };
    const { 'X-Webhook-Signature': current = '', 'X-Webhook-Signature-Previous': previous = '' } = signed.headers;
    assert.deepEqual([accepts(current, 'new'), accepts(current, 'old')], [true, false]);
    assert.deepEqual([accepts(previous, 'old'), accepts(previous, 'new')], [true, false]);
  });
}

test('without rotation there is one header', () => {
  const signed = signFlowWebhook({ current: 's' }, { method: 'POST', url: 'https://a.example/', nowMs });
  assert.deepEqual(Object.keys(signed.headers), ['X-Webhook-Signature']);
});

test('Standard Webhooks: the published vector', () => {
  const signed = signStandardWebhook(
    { current: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    {
      body: '{"test": 2432232314}',
      nowMs: 1_614_265_330_999,
    },
  );
  assert.deepEqual(signed.headers, {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('Standard Webhooks: both secrets sign during a rotation, the current one first', () => {
  const input = { body: 'x', nowMs };
  const value = (secrets: { current: string; previous?: string }): string =>
    signStandardWebhook(secrets, 'm', input).headers['webhook-signature'] ?? '';
  assert.equal(value({ current: 'b', previous: 'a' }), `${value({ current: 'b' })} ${value({ current: 'a' })}`);
});

test('a secret without prefix is known to libraries under its standard spelling', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (secret) => {
      fc.pre(!secret.startsWith('whsec_'));
      const input = { body: 'x', nowMs };
      const shown = standardSecret(secret);
      assert.ok(shown.startsWith('whsec_'));
      assert.deepEqual(
        signStandardWebhook({ current: secret }, 'm', input),
        signStandardWebhook({ current: shown }, 'm', input),
      );
    }),
  );
  assert.equal(standardSecret('whsec_c2VjcmV0'), 'whsec_c2VjcmV0');
});

test('secrets that may be stored', () => {
  for (const secret of ['mySecret', 'whsec_c2VjcmV0', 'ü', 'x'.repeat(500)]) {
    assert.deepEqual(checkSecret(secret), { ok: true }, secret);
  }
  for (const secret of ['', 'whsec_', 'whsec_***', 'whsec_c2VjcmU', 'whsec_c2Vj cmV0', 'x'.repeat(501)]) {
    assert.equal(checkSecret(secret).ok, false, secret);
  }
});

test('an id that would blur the signed text is a bug of the caller', () => {
  for (const id of ['', 'a.b', 'a b', 'a\nb', 'ü']) {
    assert.throws(() => signStandardWebhook({ current: 's' }, id, { nowMs }), /webhook id/);
  }
  assert.throws(() => signStandardWebhook({ current: 'whsec_*' }, 'a', { nowMs }), /base64/);
});
