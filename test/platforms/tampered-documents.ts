// What an attacker would change where the proof lies in the body, in a token or in a certificate.

import { createHmac, createPublicKey } from 'node:crypto';
import { arrived, type Draft } from '../../src/inbound/verifiers/verifier.ts';
import {
  aging,
  apply,
  COMMON_BODY_EDITS,
  changed,
  signatureEdits,
  type Tampered,
  text,
  twice,
  withBody,
  withHeader,
  withJson,
} from './edits.ts';
import { NOW_MS, RSA_PRIVATE_KEY, type Sender, signedSample } from './senders.ts';

export function graphEdits(draft: Draft): readonly Tampered[] {
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

export function mailgunEdits(draft: Draft): readonly Tampered[] {
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

export function snsEdits(draft: Draft): readonly Tampered[] {
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

export function paypalEdits(draft: Draft): readonly Tampered[] {
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

export function jwtEdits(sender: Sender, draft: Draft): readonly Tampered[] {
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
