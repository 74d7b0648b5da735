// Whatever arrives, the answer is a verdict: no exception, no 5xx but "a document is missing", no leaked secret.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { VerifierConfig } from '../../src/inbound/verifiers/config.ts';
import { eventsOf } from '../../src/inbound/verifiers/identity.ts';
import { verify } from '../../src/inbound/verifiers/index.ts';
import { jsonBody } from '../../src/inbound/verifiers/request.ts';
import { arrived, type Documents, type RawRequest, type Verdict } from '../../src/inbound/verifiers/verifier.ts';
import { DOCUMENTS, NOW_MS, SECRET, SENDERS, signedSample } from './senders.ts';

/** Per platform; 41 platforms make 12,300 random and as many nearly right requests. */
const RUNS = { numRuns: 300 };

const NAMES = [...new Set(SENDERS.flatMap((sender) => Object.keys(arrived(signedSample(sender)).headers)))];
const TOKENS = [
  'sha256=',
  'v1=',
  'v1,',
  't=',
  'HMAC ',
  'Bearer ',
  'Basic ',
  ',',
  '=',
  '.',
  '1700000000',
  '2026-11-22T10:00:00Z',
  '__proto__',
];

const headerValue = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...TOKENS),
        fc.base64String({ maxLength: 88 }),
        fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), maxLength: 64 }),
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join('')),
);

const headers = fc.dictionary(
  fc.oneof(
    fc.constantFrom(...NAMES),
    fc.string({ maxLength: 20 }),
    fc.constantFrom('__proto__', 'constructor', 'webhook-request-origin', 'x-okta-verification-challenge'),
  ),
  fc.array(headerValue, { minLength: 0, maxLength: 3 }),
  { maxKeys: 12 },
);

const query = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
  fc
    .array(
      fc.tuple(
        fc.constantFrom(
          'hub.mode',
          'hub.challenge',
          'hub.verify_token',
          'crc_token',
          'challenge',
          'validationToken',
          'code',
          'bodySHA256',
          'ssl_check',
          '__proto__',
        ),
        fc.string({ maxLength: 20 }),
      ),
      { maxLength: 4 },
    )
    .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&')),
);

const FIELDS = [
  'Type',
  'Message',
  'TopicArn',
  'Signature',
  'value',
  'clientState',
  'signature',
  'token',
  'timestamp',
  'webhookTimestamp',
  'challenge',
  'event',
  'type',
  '__proto__',
];
const jsonBodies = fc
  .letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom('Notification', 'url_verification', 'endpoint.url_validation', 1764201600000),
      tie('object'),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
    object: fc.dictionary(fc.constantFrom(...FIELDS), tie('value'), { maxKeys: 6 }),
  }))
  .value.map((value) => Buffer.from(JSON.stringify(value) ?? ''));
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  jsonBodies,
  fc.webQueryParameters().map((text) => Buffer.from(text)),
);

const requests: fc.Arbitrary<RawRequest> = fc.record({
  method: fc.constantFrom('POST', 'GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', '__proto__', ''),
  url: fc.webPath(),
  publicUrl: fc.oneof(
    fc.webUrl({ withQueryParameters: true }),
    fc.string({ maxLength: 60 }),
    fc.constant('https://hooks.example.test/webhook/1'),
  ),
  headers,
  query,
  body: bodies,
});

const documents: fc.Arbitrary<Documents> = fc.constantFrom(
  DOCUMENTS,
  {},
  Object.fromEntries(Object.keys(DOCUMENTS).map((url) => [url, { type: 'unavailable' } as const])),
  Object.fromEntries(Object.keys(DOCUMENTS).map((url) => [url, { type: 'missing' } as const])),
  Object.fromEntries(
    Object.keys(DOCUMENTS).map((url) => [
      url,
      { type: 'found', text: '{"keys":[null,{"kid":1}]}', fetchedMs: 0 } as const,
    ]),
  ),
);

function assertSound(verdict: Verdict, config: VerifierConfig): void {
  if (verdict.type === 'refused') {
    assert.ok([400, 401, 403, 405].includes(verdict.status) || verdict.code === 'document_unavailable', verdict.code);
    assert.ok(!JSON.stringify(verdict).includes(SECRET));
  } else if (verdict.type === 'challenge') {
    assert.ok(verdict.status === 200 || verdict.status === 204);
    assert.ok(Object.values(verdict.headers).every((value) => !/[\r\n]/.test(value)));
  } else if (verdict.type === 'needsFetch') {
    assert.ok(
      Object.hasOwn(DOCUMENTS, verdict.url) ||
        /^https:\/\/[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|paypal\.com)\//.test(verdict.url),
    );
  } else if (config.scheme.type !== 'none') {
    assert.fail('a random request was accepted');
  }
}

/** The signed sample with one part replaced by something random: gets past the first checks. */
function nearlyRight(right: RawRequest): fc.Arbitrary<RawRequest> {
  const names = Object.keys(right.headers);
  const oneHeader = fc
    .tuple(fc.constantFrom(...(names.length > 0 ? names : ['x'])), fc.array(headerValue, { maxLength: 2 }))
    .map(([name, values]) => ({ ...right, headers: { ...right.headers, [name]: values } }));
  return fc.oneof(
    oneHeader,
    bodies.map((body) => ({ ...right, body })),
    fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'TRACE').map((method) => ({ ...right, method })),
    query.map((text) => ({ ...right, query: text, publicUrl: `${right.publicUrl}?${text}` })),
  );
}

for (const sender of SENDERS) {
  test(`${sender.platform.id}: random requests get a verdict and never get in`, () => {
    fc.assert(
      fc.property(requests, documents, (request, given) => {
        assertSound(verify(sender.config, request, NOW_MS, given), sender.config);
        assert.ok(eventsOf(sender.config, request, jsonBody(request)?.value).length > 0);
      }),
      RUNS,
    );
  });

  test(`${sender.platform.id}: nearly right requests get a verdict`, () => {
    fc.assert(
      fc.property(nearlyRight(arrived(signedSample(sender))), documents, (request, given) => {
        const verdict = verify(sender.config, request, NOW_MS, given);
        // A part that is not covered may be anything, so acceptance is no finding here.
        if (verdict.type !== 'verified') assertSound(verdict, sender.config);
      }),
      RUNS,
    );
  });
}
