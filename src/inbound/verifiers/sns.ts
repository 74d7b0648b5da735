// AWS SNS over HTTPS: an RSA signature over chosen fields of the body, checked with a certificate of AWS.
// Any AWS account can make a valid signature for its own topic, so the topic is pinned. Source: SNS developer guide.

import { sign as signBytes } from 'node:crypto';
import { certificateKey, fitsPin, type UrlPin } from './certificate.ts';
import type { SnsScheme, VerifierConfig } from './config.ts';
import { decodeBase64, equalText } from './encoding.ts';
import { checkSignature, readPrivateKey } from './public-key.ts';
import { atPath, headerValues, jsonBody, textAt } from './request.ts';
import { checkAge, parseIso } from './timestamp.ts';
import type { Draft, RawRequest, Refused, SchemeCode, Signed, SigningKeys, Verdict } from './verifier.ts';
import { arrived, refuse, verified } from './verifier.ts';

const CERTIFICATE: UrlPin = {
  host: /^sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?$/,
  path: /^\/[A-Za-z0-9_-]{1,128}\.pem$/,
  query: false,
};
const SUBSCRIBE: UrlPin = { host: CERTIFICATE.host, path: /^\/$/, query: true };
const TOPIC_ARN = /^arn:aws[a-z-]{0,20}:sns:[a-z0-9-]{3,30}:\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/;

/** Signed fields in their order; Subject only when present. */
const CONFIRMATION = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
const FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Notification', ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']],
  ['SubscriptionConfirmation', CONFIRMATION],
  ['UnsubscribeConfirmation', CONFIRMATION],
]);
const HASH_BY_VERSION: ReadonlyMap<string, 'sha1' | 'sha256'> = new Map([
  ['1', 'sha1'],
  ['2', 'sha256'],
]);

const OTHER_FIELDS = ['Signature', 'SignatureVersion', 'SigningCertURL'];

/** The string fields of a message, by name; only names of the protocol. */
type Message = ReadonlyMap<string, string>;

export const sns: SchemeCode<SnsScheme> = {
  verify(scheme, config, request, nowMs, documents) {
    const read = readMessage(request);
    if ('type' in read) return read;
    const { message } = read;
    const topic = checkTopic(config, message);
    if (topic !== undefined) return topic;
    const hash = HASH_BY_VERSION.get(message.get('SignatureVersion') ?? '');
    const signature = decodeBase64(message.get('Signature') ?? '');
    if (hash === undefined || signature === undefined || signature.length === 0) {
      return refuse(401, 'malformed_signature', 'Signature is not base64, or SignatureVersion is neither 1 nor 2.');
    }
    const timeMs = parseIso(message.get('Timestamp') ?? '');
    if (timeMs === undefined) return refuse(401, 'malformed_timestamp', 'Timestamp is not an ISO 8601 time.');
    const late = checkAge(timeMs, scheme.toleranceSeconds, nowMs, 'Timestamp');
    if (late !== undefined) return late;
    const url = message.get('SigningCertURL') ?? '';
    if (!fitsPin(url, CERTIFICATE)) {
      return refuse(403, 'untrusted_url', 'SigningCertURL is not the address of a certificate of AWS SNS.');
    }
    const certificate = certificateKey(url, documents, nowMs);
    if (!('key' in certificate)) return certificate;
    return checkSignature(Buffer.from(signedText(message)), certificate.key, signature, hash)
      ? accept(message)
      : refuse(401, 'wrong_signature', 'The signature of the SNS message does not fit its fields.');
  },
  sign: (_scheme, _config, draft, nowMs, keys) => signSns(draft, nowMs, keys),
  check(_scheme, config) {
    const topics = pinnedTopics(config);
    if (topics.length === 0) return [{ at: 'values.topicArn', message: 'The ARN of the topic is needed.' }];
    return topics.every((topic) => TOPIC_ARN.test(topic))
      ? []
      : [{ at: 'values.topicArn', message: 'This is not the ARN of an SNS topic (arn:aws:sns:region:account:name).' }];
  },
};

function readMessage(request: RawRequest): { readonly message: Message } | Refused {
  if (headerValues(request, 'x-amz-sns-rawdelivery').includes('true')) {
    return refuse(
      401,
      'missing_header',
      'Raw message delivery removes the signature: switch it off in the subscription.',
    );
  }
  const body = jsonBody(request)?.value;
  const type = textAt(body, 'Type');
  const fields = type === undefined ? undefined : FIELDS.get(type);
  if (fields === undefined) {
    return refuse(
      400,
      'malformed_body',
      'The body is not an SNS message: JSON with a Type that SNS knows is expected.',
    );
  }
  const message = new Map<string, string>();
  for (const name of [...fields, ...OTHER_FIELDS]) {
    const value = atPath(body, name);
    if ((value === undefined || value === null) && name === 'Subject') continue;
    if (typeof value !== 'string') return refuse(400, 'malformed_body', `The SNS message has no text in ${name}.`);
    // Fields are signed line by line, so a line break elsewhere than in Message could pass one field off as another.
    if (name !== 'Message' && value.includes('\n')) {
      return refuse(400, 'malformed_body', `The SNS message has a line break in ${name}.`);
    }
    message.set(name, value);
  }
  return { message };
}

function pinnedTopics(config: VerifierConfig): readonly string[] {
  return (config.values.topicArn ?? '').split(/[\s,]/).filter((topic) => topic !== '');
}

function checkTopic(config: VerifierConfig, message: Message): Refused | undefined {
  const pinned = pinnedTopics(config);
  if (pinned.length === 0)
    return refuse(401, 'not_configured', 'No topic is set for this webhook: enter the ARN of the topic.');
  if (pinned.some((topic) => equalText(topic, message.get('TopicArn') ?? ''))) return undefined;
  return refuse(403, 'wrong_topic', 'The message is of another topic than the one this webhook is for.');
}

function signedText(message: Message): string {
  const fields = FIELDS.get(message.get('Type') ?? '') ?? [];
  return fields.flatMap((name) => (message.has(name) ? [`${name}\n${message.get(name)}\n`] : [])).join('');
}

/** A confirmation is answered by calling its URL; nothing of it is an event. */
function accept(message: Message): Verdict {
  if (message.get('Type') !== 'SubscriptionConfirmation') return verified('body', false);
  const url = message.get('SubscribeURL') ?? '';
  if (!fitsPin(url, SUBSCRIBE)) return refuse(403, 'untrusted_url', 'SubscribeURL is not an address of AWS SNS.');
  return { type: 'challenge', status: 200, headers: {}, body: '', proven: true, visit: url };
}

function signSns(draft: Draft, nowMs: number, keys: SigningKeys): Signed {
  const key = readPrivateKey(keys.privateKey);
  if (key === undefined || keys.certificateUrl === undefined) {
    return { ok: false, reason: 'Only AWS can sign this. To try it out, use a key and a certificate of your own.' };
  }
  const body: unknown = jsonBody(arrived(draft))?.value;
  if (typeof body !== 'object' || body === null) return { ok: false, reason: 'The body must be a JSON object.' };
  const stamped = {
    ...body,
    Timestamp: new Date(nowMs).toISOString(),
    SignatureVersion: '2',
    Signature: '',
    SigningCertURL: keys.certificateUrl,
  };
  const read = readMessage({ ...arrived(draft), body: Buffer.from(JSON.stringify(stamped)) });
  if ('type' in read) return { ok: false, reason: read.reason };
  const signature = signBytes('sha256', Buffer.from(signedText(read.message)), key).toString('base64');
  return { ok: true, request: { ...draft, body: Buffer.from(JSON.stringify({ ...stamped, Signature: signature })) } };
}
