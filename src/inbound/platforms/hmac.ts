// HMAC with everything to choose: any sender that signs the body fits, without code.

import { anySender, jsonSample, type Platform, schemeField, secretField } from './platform.ts';

export const hmac: Platform = {
  id: 'hmac',
  name: 'HMAC',
  aliases: ['hmacverification'],
  scheme: {
    type: 'hmac',
    headers: ['X-Signature'],
    layout: 'plain',
    separator: ',',
    prefixes: [''],
    algorithm: 'sha256',
    encoding: 'hex',
    key: 'text',
    template: '{body}',
    timestamp: { from: 'header', name: '', format: 'seconds' },
  },
  fields: [
    secretField('secret', 'Secret', 'The key that the sender signs with.'),
    schemeField('header', 'headers.0', 'Header', 'Name of the header that holds the signature.', {
      initial: 'X-Signature',
    }),
    schemeField('algorithm', 'algorithm', 'Algorithm', 'Hash function of the HMAC. Prefer SHA-256 or more.', {
      kind: 'choice',
      options: ['sha256', 'sha384', 'sha512', 'sha1'],
      initial: 'sha256',
    }),
    schemeField('encoding', 'encoding', 'Encoding', 'How the signature is written.', {
      kind: 'choice',
      options: ['hex', 'base64', 'base64url'],
      initial: 'hex',
    }),
    schemeField('prefix', 'prefixes.0', 'Prefix', 'What stands before each signature, such as sha256= or v1=.', {
      initial: '',
    }),
    schemeField(
      'keyEncoding',
      'key',
      'Form of the secret',
      'text: used as it is; base64, hex: decoded first; whsec: decoded after whsec_.',
      {
        kind: 'choice',
        options: ['text', 'base64', 'hex', 'whsec'],
        initial: 'text',
      },
    ),
    schemeField(
      'template',
      'template',
      'Signed text',
      'Such as {body}, {timestamp}.{body}, v0:{timestamp}:{body} or {url}{body}.',
      {
        initial: '{body}',
      },
    ),
    schemeField(
      'layout',
      'layout',
      'Layout of the header',
      'plain: one signature; list: items such as t=…,v1=…; numbered: Name-1, Name-2.',
      {
        kind: 'choice',
        options: ['plain', 'list', 'numbered'],
        initial: 'plain',
      },
    ),
    schemeField('separator', 'separator', 'Separator', 'Between the items of a list.', {
      kind: 'choice',
      options: [',', ' '],
      initial: ',',
    }),
    schemeField(
      'timestampFrom',
      'timestamp.from',
      'Place of the time',
      'A header of its own, an item of the list, or a field of the JSON body.',
      {
        kind: 'choice',
        options: ['header', 'signature', 'body'],
        initial: 'header',
      },
    ),
    schemeField(
      'timestampName',
      'timestamp.name',
      'Name of the time',
      'Header name, item prefix such as t=, or field. Empty: no time is checked.',
      {
        initial: '',
      },
    ),
    schemeField(
      'timestampFormat',
      'timestamp.format',
      'Form of the time',
      'Seconds or milliseconds since 1970, or ISO 8601.',
      {
        kind: 'choice',
        options: ['seconds', 'milliseconds', 'iso'],
        initial: 'seconds',
      },
    ),
    schemeField(
      'toleranceSeconds',
      'timestamp.toleranceSeconds',
      'Tolerance (s)',
      'How far the time may be off, in both directions.',
      {
        kind: 'number',
      },
    ),
  ],
  ...anySender,
  sample: jsonSample({ event: 'order.paid', order: { id: 'A1', total: 42 } }),
  guide: [
    "Find in the sender's documentation: header, hash function, encoding and the exact text that is signed.",
    'Enter them here with the secret. Start with the signed text {body}; add {timestamp} only if the sender signs one.',
    'Use observe mode: events are checked but not refused, and each verdict says what did not fit.',
    'Switch to enforcing when the verdicts are right.',
  ],
};
