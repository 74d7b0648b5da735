// The request of one attempt: address, headers and signatures from the webhook as it is now, the message as it was said then.

import type { Json, JsonObject } from '../core/json.ts';
import type { Said } from './fan-out.ts';
import { type FlowWebhookConfig, isCredential, MASK, takesBody } from './flow-webhook.ts';
import type { Guard } from './guard.ts';
import { checkHeader, type TlsSettings } from './request.ts';
import type { HttpFault, HttpResponse, ResponseHead } from './result.ts';
import { type Secrets, type Signed, signFlowWebhook, signStandardWebhook } from './sign.ts';
import { bodyKind, type Read, readTemplate, renderEncoded, renderText, type Template } from './template.ts';

export interface Outgoing {
  readonly ok: true;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly tls: TlsSettings;
  /** The texts that went into the signatures, by scheme. */
  readonly signedTexts: Readonly<Record<string, string>>;
}

export type OutgoingRefusal = { readonly ok: false; readonly fault: 'guard' | 'ours'; readonly reason: string };

export interface Occasion {
  readonly deliveryId: string;
  readonly nowMs: number;
  readonly guard: Guard;
}

/** Same for all attempts; receivers that check the flow signature find it here, others in `webhook-id` as well. */
const DELIVERY_HEADER = 'X-Webhook-Delivery';

/** `said` comes from the database, so it is read with care. */
export function outgoingRequest(
  config: FlowWebhookConfig,
  said: Said,
  { deliveryId, nowMs, guard }: Occasion,
): Outgoing | OutgoingRefusal {
  const { method } = config;
  const read: Read = ({ source }) => (Object.hasOwn(said.values, source) ? (said.values[source] as Json) : null);
  const templates = templatesOf(config);
  const verdict = guard.checkUrl(renderEncoded(templates.url, read));
  if (!verdict.ok) return { ok: false, fault: 'guard', reason: verdict.reason };
  const url = verdict.href;
  const body = takesBody(method) ? (said.body ?? '') : undefined;
  const headers: Record<string, string> = Object.create(null);
  for (const [name, template] of templates.headers) {
    const value = renderText(template, read);
    headers[name] = value;
    const checked = checkHeader(name, value);
    if (!checked.ok) return { ok: false, fault: 'ours', reason: checked.reason };
  }
  if (body && !Object.keys(headers).some((name) => name.toLowerCase() === 'content-type'))
    headers['Content-Type'] = bodyKind(body, undefined) === 'json' ? 'application/json' : 'text/plain; charset=utf-8';
  headers[DELIVERY_HEADER] = deliveryId;
  const signed = signaturesOf(config, deliveryId, { method, url, body, nowMs });
  for (const { headers: own } of signed.values()) Object.assign(headers, own);
  return {
    ok: true,
    ...{ method, url, headers },
    ...(body !== undefined && { body }),
    tls: { validate: config.validateSsl, ca: config.ca, cert: config.cert, key: config.key },
    signedTexts: Object.fromEntries([...signed].map(([scheme, { signedText }]) => [scheme, signedText])),
  };
}

interface Templates {
  readonly url: Template;
  readonly headers: readonly (readonly [name: string, value: Template])[];
}

/** A webhook that is not changed is the same object for all its deliveries. */
const known = new WeakMap<FlowWebhookConfig, Templates>();

function templatesOf(config: FlowWebhookConfig): Templates {
  const before = known.get(config);
  if (before) return before;
  const headers = Object.entries(config.headers).map(([name, text]) => [name, readTemplate(text)] as const);
  const made: Templates = { url: readTemplate(config.url), headers };
  known.set(config, made);
  return made;
}

function signaturesOf(
  { secretKey, previousSecretKey, signatures }: FlowWebhookConfig,
  id: string,
  input: Parameters<typeof signFlowWebhook>[1],
): Map<string, Signed> {
  const signed = new Map<string, Signed>();
  if (secretKey === undefined) return signed;
  const secrets: Secrets = {
    current: secretKey,
    ...(previousSecretKey !== undefined && { previous: previousSecretKey }),
  };
  if (signatures.includes('flow')) signed.set('flow', signFlowWebhook(secrets, input));
  if (signatures.includes('standard')) signed.set('standard', signStandardWebhook(secrets, id, input));
  return signed;
}

/** Headers for people: credentials masked. */
const shownHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, isCredential(name) ? MASK : value]));

/** What is kept and shown of a request: no credentials. */
export const requestRecord = ({ method, url, headers }: Outgoing): JsonObject => ({
  method,
  url,
  headers: shownHeaders(headers),
});

/** Shorter ones would mask half of any text, and are no credentials. */
const MIN_CREDENTIAL_LENGTH = 6;

/** Texts of a request that nobody may read in the answer either, although receivers for tests send back what they got. */
function credentialsOf({ headers }: Outgoing): readonly string[] {
  const values = Object.entries(headers).flatMap(([name, value]) => (isCredential(name) ? [value] : []));
  // The token without its scheme, which may come back alone.
  const tokens = values.map((value) => value.slice(value.lastIndexOf(' ') + 1));
  return [...values, ...tokens].filter((text) => text.length >= MIN_CREDENTIAL_LENGTH);
}

/** What is kept and shown of what came back: no credentials of ours. Bytes that are no UTF-8 show as U+FFFD. */
export function resultRecord(result: HttpResponse | HttpFault, outgoing: Outgoing): JsonObject {
  const { timing, remoteAddress } = result;
  const answer = result.type === 'response' ? result : result.partial;
  return {
    ...(answer && {
      response: answerRecord(answer, result.type === 'response' ? result.truncated : true, credentialsOf(outgoing)),
    }),
    ...(result.type === 'fault' && { fault: result.fault, reason: result.reason }),
    timing: { ...timing },
    ...(remoteAddress !== undefined && { remoteAddress }),
  };
}

function answerRecord(
  { status, headers, body }: ResponseHead & { readonly body: Uint8Array },
  cut: boolean,
  credentials: readonly string[],
): JsonObject {
  const clean = (text: string): string => credentials.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  const shown = Object.entries(headers).map(([name, values]): [string, Json] => [
    name,
    name === 'set-cookie' || isCredential(name) ? [MASK] : values.map(clean),
  ]);
  return { status, headers: Object.fromEntries(shown), body: clean(new TextDecoder().decode(body)), truncated: cut };
}
