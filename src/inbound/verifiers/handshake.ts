// Answers to the questions by which platforms see whether an address is ours.
// An answer is never an event and proves nothing; where the platform signs the question, it is verified first.

import { createHmac } from 'node:crypto';
import type { Handshake, VerifierConfig } from './config.ts';
import { equalText } from './encoding.ts';
import { formPairs, headerValues, jsonBody, queryValues, textAt } from './request.ts';
import type { Challenge, RawRequest, Refused } from './verifier.ts';
import { noSecret, refuse } from './verifier.ts';

/** Longer questions are not given back; Graph's tokens are the longest, some hundred characters. */
const MAX_CHALLENGE_LENGTH = 4096;
/** Bodies beyond this are events: Event Grid's validation event, the largest question, is about one kilobyte. */
const MAX_QUESTION_BYTES = 64 * 1024;
/**
 * What we sign on demand. X signs events with the same secret as this answer, so a question that could be an event's body
 * would make us a forger: no braces, quotes or blanks, hence no JSON object.
 */
const SIGNABLE_TOKEN = /^[A-Za-z0-9_\-.=+/]{1,256}$/;
/** An origin as CloudEvents writes it: a DNS name, or what Azure sends. No line breaks, no lists. */
const ORIGIN = /^[A-Za-z0-9.:/_-]{1,255}$/;
const ZOOM_QUESTION = 'endpoint.url_validation';
const EVENT_GRID_QUESTION = 'Microsoft.EventGrid.SubscriptionValidationEvent';
const RATE = /^[1-9][0-9]{0,8}$/;

type Answer = Challenge | Refused | undefined;

/** The answer to a question that needs no proof, or undefined when the request is none. */
export function answerUnproven(config: VerifierConfig, request: RawRequest): Answer {
  for (const handshake of config.handshakes) {
    const answer = unproven(handshake, config, request);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** The answer to a question that was proven like an event, or undefined when the request is an event. */
export function answerProven(config: VerifierConfig, request: RawRequest, secretId: string | undefined): Answer {
  if (request.body.length > MAX_QUESTION_BYTES) return undefined;
  for (const handshake of config.handshakes) {
    const answer = proven(handshake, config, request, secretId);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** Plain text that no browser takes for a page: an echo as HTML would be reflected script. */
export function plainText(text: string, isProven: boolean): Challenge | Refused {
  if (text.length > MAX_CHALLENGE_LENGTH) {
    return refuse(400, 'bad_challenge', `The challenge is longer than ${MAX_CHALLENGE_LENGTH} characters.`);
  }
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
  return { type: 'challenge', status: 200, headers, body: text, proven: isProven };
}

function json(value: unknown, isProven: boolean): Challenge {
  const headers = { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' };
  return { type: 'challenge', status: 200, headers, body: JSON.stringify(value), proven: isProven };
}

function empty(status: number, isProven: boolean, headers: Readonly<Record<string, string>> = {}): Challenge {
  return { type: 'challenge', status, headers, body: '', proven: isProven };
}

function unproven(handshake: Handshake, config: VerifierConfig, request: RawRequest): Answer {
  switch (handshake.type) {
    case 'echo-query':
      return request.method === handshake.method ? echoQuery(handshake, config, request) : undefined;
    case 'echo-header':
      return echoHeader(handshake, request);
    case 'crc':
      return request.method === 'GET' ? answerCrc(handshake, config, request) : undefined;
    case 'cloudevents-options':
      return request.method === 'OPTIONS' ? cloudEventsOptions(config, request) : undefined;
    case 'accept-head':
      return request.method === 'HEAD' ? empty(200, false) : undefined;
    case 'ssl-check':
      return isSslCheck(request) ? empty(200, false) : undefined;
    case 'echo-body':
    case 'zoom':
    case 'discord-ping':
    case 'event-grid':
      return undefined;
  }
}

function proven(handshake: Handshake, config: VerifierConfig, request: RawRequest, secretId?: string): Answer {
  switch (handshake.type) {
    case 'echo-body': {
      if (!mentions(request, handshake.when.equals)) return undefined;
      const body = jsonBody(request)?.value;
      if (textAt(body, handshake.when.path) !== handshake.when.equals) return undefined;
      const text = textAt(body, handshake.field);
      return text === undefined ? emptyChallenge(handshake.field) : plainText(text, true);
    }
    case 'zoom':
      return answerZoom(config, request, secretId);
    case 'discord-ping':
      return answerDiscord(request);
    case 'event-grid':
      return answerEventGrid(request);
    case 'echo-query':
    case 'echo-header':
    case 'crc':
    case 'cloudevents-options':
    case 'accept-head':
    case 'ssl-check':
      return undefined;
  }
}

/** Spares ordinary events a second parse: a question names itself in plain letters. */
function mentions(request: RawRequest, word: string): boolean {
  return Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength).includes(word);
}

function emptyChallenge(name: string): Refused {
  return refuse(
    400,
    'bad_challenge',
    `The request asks for an answer to a challenge, but ${name} is empty or there twice.`,
  );
}

function echoQuery(
  handshake: Extract<Handshake, { type: 'echo-query' }>,
  config: VerifierConfig,
  request: RawRequest,
): Answer {
  const { parameter, mode, token } = handshake;
  const values = queryValues(request, parameter);
  const modes = mode === undefined ? [] : queryValues(request, mode.parameter);
  if (values.length === 0 && modes.length === 0) return undefined;
  if (mode !== undefined && (modes.length !== 1 || modes[0] !== mode.equals)) {
    return refuse(400, 'bad_challenge', `The query parameter ${mode.parameter} must be ${mode.equals}.`);
  }
  if (token !== undefined) {
    const wanted = config.values[token.value] ?? '';
    if (wanted === '')
      return refuse(403, 'not_configured', 'No verify token is set for this webhook: enter one here and there.');
    const given = queryValues(request, token.parameter);
    if (given.length !== 1 || !equalText(given[0] ?? '', wanted)) {
      return refuse(
        403,
        'wrong_credential',
        `The query parameter ${token.parameter} is not the verify token of this webhook.`,
      );
    }
  }
  return values.length === 1 && values[0] !== '' ? plainText(values[0] ?? '', false) : emptyChallenge(parameter);
}

function echoHeader(handshake: Extract<Handshake, { type: 'echo-header' }>, request: RawRequest): Answer {
  const values = headerValues(request, handshake.header);
  if (request.method !== 'GET' || values.length === 0) return undefined;
  const value = values[0] ?? '';
  if (values.length > 1 || value === '' || value.length > MAX_CHALLENGE_LENGTH) return emptyChallenge(handshake.header);
  return json({ [handshake.as]: value }, false);
}

function answerCrc(
  handshake: Extract<Handshake, { type: 'crc' }>,
  config: VerifierConfig,
  request: RawRequest,
): Answer {
  const values = queryValues(request, handshake.parameter);
  if (values.length === 0) return undefined;
  const secret = config.secrets[0]?.value ?? '';
  if (secret === '') return noSecret();
  if (values.length > 1 || !SIGNABLE_TOKEN.test(values[0] ?? '')) return emptyChallenge(handshake.parameter);
  const digest = createHmac('sha256', secret)
    .update(values[0] ?? '')
    .digest('base64');
  return json({ [handshake.as]: `sha256=${digest}` }, false);
}

/** Section 4 of the CloudEvents HTTP webhook specification 1.0; without the origin header it is no such question. */
function cloudEventsOptions(config: VerifierConfig, request: RawRequest): Answer {
  const origin = headerValues(request, 'webhook-request-origin');
  if (origin.length === 0) return undefined;
  if (origin.length > 1 || !ORIGIN.test(origin[0] ?? '')) return emptyChallenge('WebHook-Request-Origin');
  const rate = headerValues(request, 'webhook-request-rate');
  const allowed = config.values.allowedRate ?? '';
  const asked = rate.length === 1 && RATE.test(rate[0] ?? '') ? rate[0] : undefined;
  const headers: Record<string, string> = {
    Allow: config.methods.join(', '),
    'WebHook-Allowed-Origin': origin[0] ?? '',
  };
  // The answer must name a rate when one was asked for; `*` means no limit.
  if (rate.length > 0) headers['WebHook-Allowed-Rate'] = allowed !== '' ? allowed : (asked ?? '*');
  return empty(200, false, headers);
}

/** Slack's check of our certificate: an unsigned form or query with ssl_check=1. Whatever else it holds is dropped. */
function isSslCheck(request: RawRequest): boolean {
  if (request.method === 'GET') return queryValues(request, 'ssl_check').includes('1');
  if (request.method !== 'POST' || request.body.length > MAX_QUESTION_BYTES) return false;
  return formPairs(request)?.some(([key, value]) => key === 'ssl_check' && value === '1') ?? false;
}

/** Zoom asks for the HMAC of a token; only after proof, and only of a token that cannot be a signed text `v0:…`. */
function answerZoom(config: VerifierConfig, request: RawRequest, secretId: string | undefined): Answer {
  if (!mentions(request, ZOOM_QUESTION)) return undefined;
  const body = jsonBody(request)?.value;
  if (textAt(body, 'event') !== ZOOM_QUESTION) return undefined;
  const plainToken = textAt(body, 'payload.plainToken') ?? '';
  const secret = config.secrets.find(({ id }) => id === secretId)?.value ?? '';
  if (secret === '' || !SIGNABLE_TOKEN.test(plainToken)) return emptyChallenge('plainToken');
  const encryptedToken = createHmac('sha256', secret).update(plainToken).digest('hex');
  return json({ plainToken, encryptedToken }, true);
}

/** Interactions ask with type 1, webhook events with type 0; type 1 with an `event` is a webhook event. */
function answerDiscord(request: RawRequest): Answer {
  const body = jsonBody(request)?.value;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const type = Object.hasOwn(body, 'type') ? (body as { readonly type: unknown }).type : undefined;
  if (type === 0) return empty(204, true);
  return type === 1 && !Object.hasOwn(body, 'event') ? json({ type: 1 }, true) : undefined;
}

function answerEventGrid(request: RawRequest): Answer {
  if (!mentions(request, EVENT_GRID_QUESTION)) return undefined;
  const body = jsonBody(request)?.value;
  if (textAt(body, '0.eventType') !== EVENT_GRID_QUESTION) return undefined;
  const code = textAt(body, '0.data.validationCode');
  return code === undefined ? emptyChallenge('validationCode') : json({ validationResponse: code }, true);
}
