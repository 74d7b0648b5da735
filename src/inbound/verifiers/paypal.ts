// PayPal: RSA-SHA256 over `transmission id|time|webhook id|crc32(body)`, checked with a certificate of PayPal.
// Anybody can make another body with the same CRC-32, so a captured signature proves the sender, not the body.

import { sign as signBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { certificateKey, fitsPin, type UrlPin } from './certificate.ts';
import type { PaypalScheme } from './config.ts';
import { decodeBase64 } from './encoding.ts';
import { checkSignature, readPrivateKey } from './public-key.ts';
import { requireHeader } from './request.ts';
import { checkAge, parseIso } from './timestamp.ts';
import type { RawRequest, Refused, SchemeCode } from './verifier.ts';
import { refuse, verified } from './verifier.ts';

const CERTIFICATE: UrlPin = {
  host: /^api(?:\.sandbox)?\.paypal\.com$/,
  path: /^\/v1\/notifications\/certs\/[A-Za-z0-9_-]{1,200}$/,
  query: false,
};
const ALGORITHM = 'SHA256withRSA';
const HEADERS = {
  id: 'Paypal-Transmission-Id',
  time: 'Paypal-Transmission-Time',
  signature: 'Paypal-Transmission-Sig',
  certificate: 'Paypal-Cert-Url',
  algorithm: 'Paypal-Auth-Algo',
} as const;
const TRANSMISSION_ID = /^[A-Za-z0-9-]{1,128}$/;

type Fields = Readonly<Record<keyof typeof HEADERS, string>>;

export const paypal: SchemeCode<PaypalScheme> = {
  verify(scheme, config, request, nowMs, documents) {
    const read = readFields(request);
    if ('type' in read) return read;
    const { fields } = read;
    const webhookId = config.values.webhookId ?? '';
    if (webhookId === '') return refuse(401, 'not_configured', 'No webhook id is set: PayPal shows it beside the URL.');
    const signature = decodeBase64(fields.signature);
    if (signature === undefined || signature.length === 0 || !TRANSMISSION_ID.test(fields.id)) {
      return refuse(401, 'malformed_signature', `${HEADERS.signature} or ${HEADERS.id} is not of PayPal's form.`);
    }
    if (fields.algorithm !== ALGORITHM) {
      return refuse(401, 'malformed_signature', `${HEADERS.algorithm} must be ${ALGORITHM}.`);
    }
    const timeMs = parseIso(fields.time);
    if (timeMs === undefined) return refuse(401, 'malformed_timestamp', `${HEADERS.time} is not an ISO 8601 time.`);
    const late = checkAge(timeMs, scheme.toleranceSeconds, nowMs, `the header ${HEADERS.time}`);
    if (late !== undefined) return late;
    if (!fitsPin(fields.certificate, CERTIFICATE)) {
      return refuse(403, 'untrusted_url', `${HEADERS.certificate} is not the address of a certificate of PayPal.`);
    }
    const certificate = certificateKey(fields.certificate, documents, nowMs);
    if (!('key' in certificate)) return certificate;
    return checkSignature(signedText(fields.id, fields.time, webhookId, request.body), certificate.key, signature)
      ? verified('sender', false)
      : refuse(
          401,
          'wrong_signature',
          "PayPal's signature does not fit the request. Usual causes: the id of another webhook, or a simulator event, which cannot be verified.",
        );
  },
  sign(_scheme, config, draft, nowMs, keys) {
    const key = readPrivateKey(keys.privateKey);
    if (key === undefined || keys.certificateUrl === undefined) {
      return {
        ok: false,
        reason: 'Only PayPal can sign this. To try it out, use a key and a certificate of your own.',
      };
    }
    const id = keys.id ?? `sample-${nowMs}`;
    const time = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
    const data = signedText(id, time, config.values.webhookId ?? '', draft.body);
    const own = {
      [HEADERS.id]: id,
      [HEADERS.time]: time,
      [HEADERS.signature]: signBytes('sha256', data, key).toString('base64'),
      [HEADERS.certificate]: keys.certificateUrl,
      [HEADERS.algorithm]: ALGORITHM,
    };
    return { ok: true, request: { ...draft, headers: { ...draft.headers, ...own } } };
  },
  check(_scheme, config) {
    const id = config.values.webhookId ?? '';
    if (/^[A-Za-z0-9-]{1,64}$/.test(id)) return [];
    return [{ at: 'values.webhookId', message: 'The webhook id is needed as PayPal shows it: letters and digits.' }];
  },
};

function readFields(request: RawRequest): { readonly fields: Fields } | Refused {
  const fields: Record<string, string> = {};
  for (const [part, name] of Object.entries(HEADERS)) {
    const value = requireHeader(request, name);
    if (typeof value !== 'string') return value;
    fields[part] = value;
  }
  return { fields: fields as Fields };
}

function signedText(id: string, time: string, webhookId: string, body: Uint8Array): Buffer {
  return Buffer.from(`${id}|${time}|${webhookId}|${crc32(body)}`, 'utf8');
}
