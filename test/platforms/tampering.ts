// What an attacker would change in a captured request, by the kind of proof that the platform uses.

import { createHmac, createPublicKey } from 'node:crypto';
import type { Scheme } from '../../src/inbound/verifiers/config.ts';
import { jsonBody } from '../../src/inbound/verifiers/request.ts';
import { arrived, type Draft, type RawRequest } from '../../src/inbound/verifiers/verifier.ts';
import { NOW_MS, RSA_PRIVATE_KEY, type Sender, signedSample } from './senders.ts';

export interface Tampered {
  readonly name: string;
  readonly request: RawRequest;
  readonly nowMs?: number;
}

type Edit = (draft: Draft) => Draft;

const text = (draft: Draft) => Buffer.from(draft.body).toString('utf8');
const withBody =
  (body: string | Uint8Array): Edit =>
  (draft) => ({ ...draft, body: Buffer.from(body as string) });
const withMethod =
  (method: string): Edit =>
  (draft) => ({ ...draft, method });

function withHeader(name: string, edit: (value: string) => string | undefined): Edit {
  return (draft) => {
    const headers = { ...draft.headers };
    const key = Object.keys(headers).find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
    const value = edit(headers[key] ?? '');
    delete headers[key];
    return { ...draft, headers: value === undefined ? headers : { ...headers, [key]: value } };
  };
}

function withJson(edit: (body: Record<string, unknown>) => unknown): Edit {
  return (draft) => {
    const body = structuredClone(jsonBody(arrived(draft))?.value) as Record<string, unknown>;
    return { ...draft, body: Buffer.from(JSON.stringify(edit(body))) };
  };
}

function changed(value: string, index: number): string {
  const old = value[index] ?? '';
  const other = old === 'A' || old === 'a' || old === '0' ? (old === '0' ? '1' : 'B') : old === 'b' ? '0' : 'a';
  return value.slice(0, index) + (/[0-9a-f]/.test(old) ? (old === '0' ? '1' : '0') : other) + value.slice(index + 1);
}

/** The same header twice: which of the two counts must not be a question. */
function twice(draft: Draft, name: string): RawRequest {
  const request = arrived(draft);
  const values = request.headers[name.toLowerCase()] ?? [];
  return { ...request, headers: { ...request.headers, [name.toLowerCase()]: [...values, ...values] } };
}

const COMMON_BODY_EDITS: readonly (readonly [string, Edit])[] = [
  ['a blank after the body', (draft) => withBody(`${text(draft)} `)(draft)],
  ['a line break after the body', (draft) => withBody(`${text(draft)}\n`)(draft)],
  ['one byte of the body flipped', (draft) => withBody(flipped(draft.body))(draft)],
  ['the last byte of the body lost', (draft) => withBody(draft.body.subarray(0, -1))(draft)],
  ['an empty body', withBody('')],
  ['a byte order mark before the body', (draft) => withBody(`\ufeff${text(draft)}`)(draft)],
  ['another body', withBody('{"amount":1000000}')],
];

function flipped(body: Uint8Array): Uint8Array {
  const copy = Buffer.from(body);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
}

function reserialised(draft: Draft): Draft {
  const value = jsonBody(arrived(draft))?.value;
  const indent = text(draft).includes('\n') ? 0 : 2;
  return { ...draft, body: Buffer.from(JSON.stringify(value, null, indent)) };
}

/** Edits of a signature header, for one whose digest is in base64 or hex at the end of the value. */
function signatureEdits(header: string, encoding: string): readonly (readonly [string, Edit])[] {
  const edits: (readonly [string, Edit])[] = [
    ['no signature', withHeader(header, () => undefined)],
    ['an empty signature', withHeader(header, () => '')],
    ['a digit of the signature changed', withHeader(header, (value) => changed(value, value.length - 10))],
    ['a truncated signature', withHeader(header, (value) => value.slice(0, -4))],
    ['junk after the signature', withHeader(header, (value) => `${value}AAAA`)],
    ['a blank inside the signature', withHeader(header, (value) => `${value.slice(0, -6)} ${value.slice(-6)}`)],
    ['a word for a signature', withHeader(header, () => 'undefined')],
    ['a prototype for a signature', withHeader(header, () => '__proto__')],
  ];
  if (encoding === 'hex')
    edits.push(['the signature in upper case', withHeader(header, (value) => value.toUpperCase())]);
  else
    edits.push([
      'the signature in another alphabet',
      withHeader(header, (value) => `${value.slice(0, -6)}_-${value.slice(-4)}`),
    ]);
  return edits;
}

function timeEdits(header: string): readonly (readonly [string, Edit])[] {
  return [
    ['no time', withHeader(header, () => undefined)],
    ['letters after the time', withHeader(header, (value) => `${value}abc`)],
    [
      'a time one second later',
      withHeader(header, (value) => value.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10))),
    ],
    ['a word for a time', withHeader(header, () => 'now')],
    ['a negative time', withHeader(header, (value) => `-${value}`)],
    ['a time in exponent form', withHeader(header, () => '1.7e9')],
    [
      'the first digit of the body moved to the time',
      (draft) => withBody(text(draft).slice(1))(withHeader(header, (value) => value + text(draft)[0])(draft)),
    ],
    ['the last digit of the time moved to the body', (draft) => movedToBody(draft, header)],
  ];
}

function movedToBody(draft: Draft, header: string): Draft {
  const key = Object.keys(draft.headers).find((name) => name.toLowerCase() === header.toLowerCase()) ?? '';
  const value = draft.headers[key] ?? '';
  return withBody(value.slice(-1) + text(draft))({
    ...draft,
    headers: { ...draft.headers, [key]: value.slice(0, -1) },
  });
}

/** The request as a sender with another secret would send it. */
function byAnotherKey(sender: Sender): Draft {
  const secrets = [{ id: 'other', value: Buffer.from('another secret of another webhook').toString('base64') }];
  return signedSample({ ...sender, config: { ...sender.config, secrets } });
}

function apply(draft: Draft, edits: readonly (readonly [string, Edit])[]): readonly Tampered[] {
  return edits.map(([name, edit]) => ({ name, request: arrived(edit(draft)) }));
}

/** Every way in which the signed sample of this sender is spoilt. */
export function tamper(sender: Sender): readonly Tampered[] {
  const draft = signedSample(sender);
  const { scheme } = sender.config;
  const list = [
    ...byScheme(sender, scheme, draft),
    { name: 'a method it does not take', request: arrived(withMethod('TRACE')(draft)) },
  ];
  const original = JSON.stringify(arrived(draft));
  return list.filter(({ request, nowMs }) => JSON.stringify(request) !== original || nowMs !== undefined);
}

function byScheme(sender: Sender, scheme: Scheme, draft: Draft): readonly Tampered[] {
  switch (scheme.type) {
    case 'hmac': {
      const header = scheme.layout === 'numbered' ? `${scheme.headers[0]}-1` : (scheme.headers[0] ?? '');
      const time = scheme.timestamp?.from === 'header' ? timeEdits(scheme.timestamp.name) : [];
      const url: readonly (readonly [string, Edit])[] = scheme.template.includes('{url}')
        ? [
            ['another path', (one) => ({ ...one, publicUrl: `${one.publicUrl}/` })],
            ['a query', (one) => ({ ...one, publicUrl: `${one.publicUrl}?a=1` })],
            ['another host', (one) => ({ ...one, publicUrl: one.publicUrl.replace('hooks.', 'evil.') })],
            ['http', (one) => ({ ...one, publicUrl: one.publicUrl.replace('https:', 'http:') })],
          ]
        : [];
      const aged =
        scheme.timestamp?.toleranceSeconds === undefined ? [] : aging(draft, scheme.timestamp.toleranceSeconds);
      return [
        ...apply(draft, [
          ...COMMON_BODY_EDITS,
          ['the body written anew', reserialised],
          ...signatureEdits(header, scheme.encoding),
          ...time,
          ...url,
        ]),
        { name: 'the signature twice', request: twice(draft, header) },
        { name: 'another secret', request: arrived(byAnotherKey(sender)) },
        ...prefixEdits(scheme.prefixes, header, draft),
        ...aged,
      ];
    }
    case 'public-key':
      return [
        ...apply(draft, [
          ...COMMON_BODY_EDITS,
          ['the body written anew', reserialised],
          ...timeEdits(scheme.timestamp.name),
        ]),
        ...apply(
          draft,
          signatureEdits(scheme.header, scheme.encoding).filter(([name]) => name !== 'the signature in upper case'),
        ),
        { name: 'the signature twice', request: twice(draft, scheme.header) },
      ];
    case 'standard-webhooks': {
      const family = scheme.families[0] ?? '';
      const id = `${family}id`;
      return [
        ...apply(draft, [
          ...COMMON_BODY_EDITS,
          ...signatureEdits(`${family}signature`, 'base64'),
          ...timeEdits(`${family}timestamp`),
        ]),
        ...apply(draft, [
          ['another id', withHeader(id, (value) => changed(value, 6))],
          ['no id', withHeader(id, () => undefined)],
          ['a full stop in the id', withHeader(id, (value) => `${value}.1`)],
          ['version v2', withHeader(`${family}signature`, (value) => value.replace('v1,', 'v2,'))],
          [
            'version v1a with a shared secret',
            withHeader(`${family}signature`, (value) => value.replace('v1,', 'v1a,')),
          ],
        ]),
        { name: 'the id twice', request: twice(draft, id) },
        { name: 'another secret', request: arrived(byAnotherKey(sender)) },
        ...aging(draft, scheme.toleranceSeconds),
      ];
    }
    case 'twilio':
      return [...twilioEdits(draft), { name: 'another secret', request: arrived(byAnotherKey(sender)) }];
    case 'headers':
      return scheme.headers.flatMap(({ name }) => [
        ...credentialEdits(draft, name),
        { name: `${name} twice`, request: twice(draft, name) },
      ]);
    case 'basic':
      return basicEdits(draft);
    case 'api-key': {
      const place = scheme.places[0];
      if (place?.in === 'query') return queryEdits(draft, place.name);
      const header = place?.name ?? '';
      return [...credentialEdits(draft, header), { name: `${header} twice`, request: twice(draft, header) }];
    }
    case 'body-field':
      return graphEdits(draft);
    case 'mailgun':
      return mailgunEdits(draft);
    case 'sns':
      return snsEdits(draft);
    case 'paypal':
      return paypalEdits(draft);
    case 'jwt':
      return jwtEdits(sender, draft);
    case 'challenge':
    case 'none':
      return [];
  }
}

function aging(draft: Draft, toleranceSeconds: number): readonly Tampered[] {
  return [
    { name: 'a second too old', request: arrived(draft), nowMs: NOW_MS + (toleranceSeconds + 1) * 1000 },
    { name: 'a second too far in the future', request: arrived(draft), nowMs: NOW_MS - (toleranceSeconds + 1) * 1000 },
  ];
}

function prefixEdits(prefixes: readonly string[], header: string, draft: Draft): readonly Tampered[] {
  const prefix = prefixes[0] ?? '';
  if (prefix === '') return [];
  const other = (replacement: string) => withHeader(header, (value) => value.replace(prefix, replacement));
  return apply(draft, [
    ['no prefix', other('')],
    ['the prefix of an older method', other(prefix.startsWith('sha') ? 'md5=' : 'v9=')],
    ['the prefix in upper case', other(prefix.toUpperCase() === prefix ? prefix.toLowerCase() : prefix.toUpperCase())],
    ['a blank before the prefix', other(` ${prefix} `)],
  ]);
}

function credentialEdits(draft: Draft, header: string): readonly Tampered[] {
  return apply(draft, [
    [`${header} missing`, withHeader(header, () => undefined)],
    [`${header} empty`, withHeader(header, () => '')],
    [`${header} with another value`, withHeader(header, () => 'guess')],
    [`${header} truncated`, withHeader(header, (value) => value.slice(0, -1))],
    [`${header} with a tail`, withHeader(header, (value) => `${value}x`)],
    [`${header} with a blank`, withHeader(header, (value) => `${value} `)],
    [`${header} in upper case`, withHeader(header, (value) => value.toUpperCase())],
    [`${header} with a changed letter`, withHeader(header, (value) => changed(value, 1))],
    [`${header} with a null character`, withHeader(header, (value) => `${value}\0`)],
    [`${header} repeated by commas`, withHeader(header, (value) => `${value}, ${value}`)],
    [
      `${header} beyond Latin-1`,
      withHeader(header, (value) => String.fromCharCode(value.charCodeAt(0) + 0x100) + value.slice(1)),
    ],
  ]);
}

function basicEdits(draft: Draft): readonly Tampered[] {
  const pair = (value: string) => withHeader('Authorization', () => `Basic ${Buffer.from(value).toString('base64')}`);
  const right = Buffer.from((draft.headers.Authorization ?? '').slice(6), 'base64').toString();
  const colon = right.indexOf(':');
  return [
    ...credentialEdits(draft, 'Authorization'),
    ...apply(draft, [
      ['another user', pair(`robert${right.slice(colon)}`)],
      ['another password', pair(`${right.slice(0, colon)}:guess`)],
      ['no password', pair(`${right.slice(0, colon)}:`)],
      ['no colon', pair(right.replace(':', ''))],
      ['user and password exchanged', pair(`${right.slice(colon + 1)}:${right.slice(0, colon)}`)],
      ['a bearer token', withHeader('Authorization', (value) => value.replace('Basic', 'Bearer'))],
    ]),
  ].filter(({ name }) => name !== 'Authorization with a null character');
}

function queryEdits(draft: Draft, name: string): readonly Tampered[] {
  const [base = '', query = ''] = draft.publicUrl.split('?');
  const value = query.slice(name.length + 1);
  const url =
    (after: string): Edit =>
    (one) => ({ ...one, publicUrl: base + after });
  return apply(draft, [
    ['no query', url('')],
    ['an empty value', url(`?${name}=`)],
    ['no value', url(`?${name}`)],
    ['another value', url(`?${name}=guess`)],
    ['a truncated value', url(`?${name}=${value.slice(0, -6)}`)],
    ['a tail', url(`?${name}=${value}x`)],
    ['a blank', url(`?${name}=${value}+`)],
    ['twice', url(`?${name}=${value}&${name}=${value}`)],
    ['right and wrong', url(`?${name}=${value}&${name}=guess`)],
    ['another name', url(`?${name.toUpperCase()}=${value}`)],
    ['in an array', url(`?${name}[]=${value}`)],
    ['in the fragment', url(`#?${name}=${value}`)],
  ]);
}

function twilioEdits(draft: Draft): readonly Tampered[] {
  const header = 'X-Twilio-Signature';
  const url =
    (edit: (value: string) => string): Edit =>
    (one) => ({ ...one, publicUrl: edit(one.publicUrl) });
  return [
    ...apply(draft, signatureEdits(header, 'base64')),
    ...apply(draft, [
      ['a field added', (one) => withBody(`${text(one)}&Admin=1`)(one)],
      ['a field removed', (one) => withBody(text(one).replace(/&Body=[^&]*/, ''))(one)],
      ['a value changed', (one) => withBody(text(one).replace('eight', 'nine'))(one)],
      ['a value repeated differently', (one) => withBody(`${text(one)}&From=%2B1`)(one)],
      ['an empty body', withBody('')],
      ['the fields as JSON', (one) => withHeader('Content-Type', () => 'application/json')(one)],
      ['no content type', withHeader('Content-Type', () => undefined)],
      ['another path', url((value) => `${value}/`)],
      ['a query', url((value) => `${value}?a=1`)],
      ['another host', url((value) => value.replace('hooks.', 'evil.'))],
      ['http', url((value) => value.replace('https:', 'http:'))],
      ['a hash of the body that was not signed', url((value) => `${value}?bodySHA256=${'0'.repeat(64)}`)],
    ]),
    { name: 'the signature twice', request: twice(draft, header) },
  ];
}

function graphEdits(draft: Draft): readonly Tampered[] {
  type Item = Record<string, unknown>;
  const items = (edit: (item: Item) => unknown) =>
    withJson((body) => ({ ...body, value: (body.value as Item[]).map(edit) }));
  const state = (value: unknown) => items((item) => ({ ...item, clientState: value }));
  return apply(draft, [
    ['no client state', items(({ clientState: _gone, ...rest }) => rest)],
    ['an empty client state', state('')],
    ['another client state', state('guess')],
    ['null', state(null)],
    ['a number', state(1)],
    ['an array', state([draft.body.length])],
    ['an object', state({ toString: 'x' })],
    ['true', state(true)],
    ['no items', withJson(() => ({ value: [] }))],
    ['items that are no array', withJson((body) => ({ value: (body.value as Item[])[0] }))],
    [
      'one right and one wrong item',
      withJson((body) => ({ value: [...(body.value as Item[]), { clientState: 'guess' }] })),
    ],
    ['a right item and nothing', withJson((body) => ({ value: [...(body.value as Item[]), null] }))],
    ['an array as the body', withJson((body) => body.value)],
    ['no JSON', withBody('value')],
    ['an empty body', withBody('')],
    ['state in the prototype', (one) => withBody(text(one).replace('"clientState"', '"__proto__"'))(one)],
  ]);
}

function mailgunEdits(draft: Draft): readonly Tampered[] {
  type Signature = Record<string, string>;
  const field = (name: string, edit: (value: string) => unknown) =>
    withJson((body) => ({
      ...body,
      signature: { ...(body.signature as Signature), [name]: edit((body.signature as Signature)[name] ?? '') },
    }));
  const moved = withJson((body) => {
    const { timestamp = '', token = '', signature } = body.signature as Signature;
    return { ...body, signature: { timestamp: timestamp.slice(0, -1), token: timestamp.slice(-1) + token, signature } };
  });
  return apply(draft, [
    ['no signature', withJson(({ signature: _gone, ...rest }) => rest)],
    ['an empty signature', field('signature', () => '')],
    ['a changed signature', field('signature', (value) => changed(value, 5))],
    ['a truncated signature', field('signature', (value) => value.slice(0, -2))],
    ['a signature in upper case', field('signature', (value) => value.toUpperCase())],
    ['junk after the signature', field('signature', (value) => `${value}zz`)],
    ['another token', field('token', (value) => changed(value, 3))],
    ['no token', field('token', () => undefined)],
    ['an object for a token', field('token', () => ({}))],
    ['another time', field('timestamp', (value) => String(Number(value) + 1))],
    ['letters after the time', field('timestamp', (value) => `${value}abc`)],
    ['a digit moved from time to token', moved],
    ['an array for a signature', withJson((body) => ({ ...body, signature: [body.signature] }))],
    ['no JSON', withBody('token')],
    ['an empty body', withBody('')],
  ]);
}

function snsEdits(draft: Draft): readonly Tampered[] {
  const field = (name: string, edit: (value: string) => unknown) =>
    withJson((body) => ({ ...body, [name]: edit(String(body[name])) }));
  const url = (value: string) => field('SigningCertURL', () => value);
  const host = 'https://sns.eu-central-1.amazonaws.com';
  return [
    ...apply(draft, [
      ['another message', field('Message', (value) => `${value} `)],
      ['another subject', field('Subject', () => 'Backup failed')],
      ['no subject', withJson(({ Subject: _gone, ...rest }) => rest)],
      ['another id', field('MessageId', (value) => `${value}0`)],
      ['another topic', field('TopicArn', (value) => `${value}2`)],
      ['the topic of another account', field('TopicArn', (value) => value.replace('123456789012', '999999999999'))],
      ['another type', field('Type', () => 'SubscriptionConfirmation')],
      ['an unknown type', field('Type', () => '__proto__')],
      ['version 1', field('SignatureVersion', () => '1')],
      ['version 3', field('SignatureVersion', () => '3')],
      ['an empty signature', field('Signature', () => '')],
      ['junk after the signature', field('Signature', (value) => `${value}AAAA`)],
      ['a changed signature', field('Signature', (value) => changed(value, 20))],
      ['a line break in a field', field('MessageId', (value) => `${value}\nSubject`)],
      ['an object for a message', field('Message', () => ({}))],
      ['another time', field('Timestamp', () => '2026-11-22T10:00:01.000Z')],
      ['a word for a time', field('Timestamp', () => 'today')],
      ['raw delivery', withHeader('x-amz-sns-rawdelivery', () => 'true')],
      ['a certificate elsewhere', url('https://evil.example/SimpleNotificationService-0123abcd.pem')],
      ['a certificate beside AWS', url('https://sns.eu-central-1.amazonaws.com.evil.example/a.pem')],
      ['a certificate behind user info', url('https://sns.eu-central-1.amazonaws.com@evil.example/a.pem')],
      ['a certificate in a bucket', url('https://bucket.s3.amazonaws.com/a.pem')],
      ['a certificate over http', url('http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abcd.pem')],
      ['a certificate on another port', url(`${host}:8443/a.pem`)],
      ['a certificate with a query', url(`${host}/a.pem?x=1`)],
      ['a certificate up a path', url(`${host}/x/../a.pem`)],
      ['a certificate that is no .pem', url(`${host}/a.pem.txt`)],
      ['no JSON', withBody('Notification')],
      ['an array', withJson((body) => [body])],
    ]),
    ...aging(draft, 3600),
  ];
}

function paypalEdits(draft: Draft): readonly Tampered[] {
  const url = (value: string) => withHeader('Paypal-Cert-Url', () => value);
  return [
    ...apply(draft, [
      ...COMMON_BODY_EDITS,
      ...signatureEdits('Paypal-Transmission-Sig', 'base64'),
      ['another transmission', withHeader('Paypal-Transmission-Id', (value) => `${value}0`)],
      ['a separator in the transmission', withHeader('Paypal-Transmission-Id', (value) => `${value}|x`)],
      ['another time', withHeader('Paypal-Transmission-Time', () => '2026-11-22T10:00:01Z')],
      ['a word for a time', withHeader('Paypal-Transmission-Time', () => 'today')],
      ['another method', withHeader('Paypal-Auth-Algo', () => 'SHA1withRSA')],
      ['a certificate elsewhere', url('https://evil.example/v1/notifications/certs/CERT-1')],
      ['a certificate beside PayPal', url('https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1')],
      ['a certificate over http', url('http://api.paypal.com/v1/notifications/certs/CERT-1')],
      ['a certificate up a path', url('https://api.paypal.com/v1/notifications/certs/../../CERT-1')],
      ['no certificate', withHeader('Paypal-Cert-Url', () => undefined)],
    ]),
    { name: 'the signature twice', request: twice(draft, 'Paypal-Transmission-Sig') },
  ];
}

function jwtEdits(sender: Sender, draft: Draft): readonly Tampered[] {
  const token = (draft.headers.Authorization ?? '').slice('Bearer '.length);
  const [head = '', claims = '', signature = ''] = token.split('.');
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const bearer = (value: string) => withHeader('Authorization', () => `Bearer ${value}`);
  const header = (extra: object) => bearer(`${encode({ ...decode(head), ...extra })}.${claims}.${signature}`);
  const claim = (extra: object) => bearer(`${head}.${encode({ ...decode(claims), ...extra })}.${signature}`);
  const confused = () => {
    const key = createPublicKey(RSA_PRIVATE_KEY).export({ format: 'pem', type: 'spki' });
    const signed = `${encode({ alg: 'HS256', typ: 'JWT', kid: 'key-1' })}.${claims}`;
    return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
  };
  const values = (extra: Record<string, string>) =>
    arrived(signedSample({ ...sender, config: { ...sender.config, values: { ...sender.config.values, ...extra } } }));
  return [
    ...apply(draft, [
      ['no token', withHeader('Authorization', () => undefined)],
      ['an empty token', bearer('')],
      ['basic credentials', withHeader('Authorization', () => 'Basic YTpi')],
      ['algorithm none', bearer(`${encode({ alg: 'none', kid: 'key-1' })}.${claims}.`)],
      ['HS256 with the public key', bearer(confused())],
      ['an unknown key', header({ kid: 'key-2' })],
      ['no key id', header({ kid: undefined })],
      ['a critical extension', header({ crit: ['b64'] })],
      ['no signature', bearer(`${head}.${claims}.`)],
      ['two parts', bearer(`${head}.${claims}`)],
      ['four parts', bearer(`${token}.x`)],
      ['a changed signature', bearer(`${head}.${claims}.${changed(signature, 20)}`)],
      ['changed claims', claim({ admin: true })],
      ['another issuer', claim({ iss: 'https://evil.example' })],
      ['another audience', claim({ aud: 'https://evil.example' })],
      ['a list without our audience', claim({ aud: ['a', 'b'] })],
      ['no expiry', claim({ exp: undefined })],
      ['a text for an expiry', claim({ exp: '9999999999' })],
      ['padding', bearer(`${token}=`)],
      ['claims that are no object', bearer(`${head}.${encode('x')}.${signature}`)],
    ]),
    { name: 'the token twice', request: twice(draft, 'Authorization') },
    { name: 'another audience, rightly signed', request: values({ audience: 'https://evil.example' }) },
    { name: 'another sender, rightly signed', request: values({ serviceAccount: 'x@evil.example', senderAppId: 'x' }) },
    { name: 'an expired token', request: arrived(draft), nowMs: NOW_MS + 361_000 },
    { name: 'a token from the future', request: arrived(draft), nowMs: NOW_MS - 61_000 },
  ];
}
