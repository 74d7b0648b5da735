// Mailgun: a signed token inside the body. Only time and token are signed, so whoever holds one captured pair could send any
// content under it: the token must be remembered (it is the key for duplicates).

import { createHash, createHmac } from 'node:crypto';
import type { MailgunScheme, TimestampRule } from './config.ts';
import { decodeHex, equalSignature } from './encoding.ts';
import { keyProblems } from './hmac.ts';
import { atPath, formPairs, jsonBody, textAt } from './request.ts';
import { checkAge, malformedTimestamp, parseTimestamp } from './timestamp.ts';
import type { RawRequest, Refused, SchemeCode } from './verifier.ts';
import { arrived, noSecret, refuse, verified } from './verifier.ts';

/** Time and token are signed without a separator, so the number of digits is fixed. */
const TIME: TimestampRule = { from: 'body', name: 'timestamp', format: 'seconds', digits: 10 };
const TOKEN = /^[0-9A-Za-z_-]{16,128}$/;
const HEX_SHA256_LENGTH = 64;

interface Fields {
  readonly timestamp: string;
  readonly token: string;
  readonly signature: string;
}

export const mailgun: SchemeCode<MailgunScheme> = {
  verify(scheme, config, request, nowMs) {
    const read = readFields(request);
    if ('type' in read) return read;
    const { timestamp, token, signature } = read.fields;
    const timeMs = parseTimestamp(timestamp, TIME);
    if (timeMs === undefined) return malformedTimestamp('the field timestamp', TIME);
    if (!TOKEN.test(token) || decodeHex(signature) === undefined || signature.length !== HEX_SHA256_LENGTH) {
      return refuse(401, 'malformed_signature', "The fields token and signature are not of Mailgun's form.");
    }
    if (config.secrets.every((secret) => secret.value === '')) return noSecret();
    const fitting = config.secrets.find(
      ({ value }) => value !== '' && equalSignature(signature, mac(value, timestamp, token)),
    );
    if (fitting === undefined) {
      return refuse(
        401,
        'wrong_signature',
        'The signature in the body does not fit its token with the webhook signing key. It is not the API key: Mailgun shows it under API security.',
      );
    }
    const late = checkAge(timeMs, scheme.toleranceSeconds, nowMs, 'the field timestamp');
    return late ?? verified('sender', false, fitting.id);
  },
  sign(_scheme, config, draft, nowMs) {
    const body: unknown = jsonBody(arrived(draft))?.value;
    if (typeof body !== 'object' || body === null) return { ok: false, reason: 'The body must be a JSON object.' };
    const timestamp = String(Math.floor(nowMs / 1000));
    const token = createHash('sha256').update(timestamp).update(draft.body).digest('hex').slice(0, 50);
    const signature = { timestamp, token, signature: mac(config.secrets[0]?.value ?? '', timestamp, token) };
    return { ok: true, request: { ...draft, body: Buffer.from(JSON.stringify({ ...body, signature })) } };
  },
  check: (_scheme, config) => keyProblems(config, 'text'),
};

function mac(key: string, timestamp: string, token: string): string {
  return createHmac('sha256', key).update(timestamp).update(token).digest('hex');
}

/** The three fields: under `signature` in JSON, at the top of a form in Mailgun's older webhooks. */
function readFields(request: RawRequest): { readonly fields: Fields } | Refused {
  const form = formPairs(request);
  if (form !== undefined) {
    const [timestamp, token, signature] = ['timestamp', 'token', 'signature'].map((name) => {
      const values = form.filter(([key]) => key === name);
      return values.length === 1 ? values[0]?.[1] : undefined;
    });
    return asFields(timestamp, token, signature);
  }
  const parsed = jsonBody(request);
  if (parsed === undefined) return refuse(400, 'malformed_body', 'The body is neither JSON nor a form.');
  const nested = atPath(parsed.value, 'signature');
  return asFields(textAt(nested, 'timestamp'), textAt(nested, 'token'), textAt(nested, 'signature'));
}

function asFields(
  timestamp: string | undefined,
  token: string | undefined,
  signature: string | undefined,
): { readonly fields: Fields } | Refused {
  if (timestamp === undefined || token === undefined || signature === undefined) {
    return refuse(
      401,
      'missing_credential',
      'The body has no signature with timestamp, token and signature, each once.',
    );
  }
  return { fields: { timestamp, token, signature } };
}
