// What an attacker would change in a captured request, by the kind of proof that the platform uses.

import type { Scheme } from '../../src/inbound/verifiers/config.ts';
import { arrived, type Draft } from '../../src/inbound/verifiers/verifier.ts';
import {
  aging,
  apply,
  byAnotherKey,
  COMMON_BODY_EDITS,
  changed,
  type Edit,
  reserialised,
  signatureEdits,
  type Tampered,
  text,
  timeEdits,
  twice,
  withBody,
  withHeader,
  withMethod,
} from './edits.ts';
import { type Sender, signedSample } from './senders.ts';
import { graphEdits, jwtEdits, mailgunEdits, paypalEdits, snsEdits } from './tampered-documents.ts';

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
