// Secrets of a webhook: masked when they are shown, kept when the mask comes back, cut out of what is stored of a request.

import { findPlatform } from './platforms/index.ts';
import type { VerifierConfig } from './verifiers/config.ts';
import type { RawRequest } from './verifiers/verifier.ts';
import type { WebhookConfig } from './webhook.ts';

/** What is shown instead of a secret; sent back, it means "keep the one you have" (contract 2.1). */
const MASK = '***';

/** Fields of a platform whose values nobody may see again. */
function secretFields({ sourcePlatform = '' }: WebhookConfig): ReadonlySet<string> {
  const fields = findPlatform(sourcePlatform)?.fields ?? [];
  return new Set(fields.filter(({ secret }) => secret).map(({ name }) => name));
}

/** The configuration as it may be shown. `secretValue` is masked even when there is none (contract, chapter 8, trap 12). */
export function masked(config: WebhookConfig): WebhookConfig {
  const { fields, secrets } = config;
  const secret = secretFields(config);
  return {
    ...config,
    secretValue: MASK,
    ...(fields && {
      fields: Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name, secret.has(name) && value !== '' ? MASK : value]),
      ),
    }),
    ...(secrets && { secrets: secrets.map(({ id }) => ({ id, value: MASK })) }),
  };
}

/**
 * The configuration with every value that a sender proves itself with replaced, the expected headers of HEADER_BASED among
 * them. `place`: `secretValue`, `fields.apiKey`, `secrets[0]`.
 */
export function replaceSecrets(
  config: WebhookConfig,
  replace: (secret: string, place: string) => string,
): WebhookConfig {
  const all = (values: Readonly<Record<string, string>>, place: string): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, replace(value, `${place}.${name}`)]));
  const { secretValue, secretKey, headers, fields, secrets } = config;
  return {
    ...config,
    ...(secretValue !== undefined && { secretValue: replace(secretValue, 'secretValue') }),
    ...(secretKey !== undefined && { secretKey: replace(secretKey, 'secretKey') }),
    ...(headers && { headers: all(headers, 'headers') }),
    ...(fields && { fields: all(fields, 'fields') }),
    ...(secrets && {
      secrets: secrets.map((secret, i) => ({ ...secret, value: replace(secret.value, `secrets[${i}]`) })),
    }),
  };
}

/** The secret in use, wherever it stands. */
function currentSecret(config: WebhookConfig): string | undefined {
  if (config.secretValue) return config.secretValue;
  // A public key is rotated like a secret, though anybody may see it.
  const keys = findPlatform(config.sourcePlatform ?? '')?.fields.filter(({ to }) => to.type === 'secret') ?? [];
  return keys.map(({ name }) => own(config.fields, name)).find(Boolean);
}

/** Puts the secrets of before where the mask stands; under a name that is new in `secrets`, the one in use so far. */
export function withKeptSecrets(config: WebhookConfig, before: WebhookConfig): WebhookConfig {
  const { secretValue, fields, secrets, ...rest } = config;
  const kept = secretValue === MASK ? before.secretValue : secretValue;
  const old = new Map((before.secrets ?? []).map(({ id, value }) => [id, value]));
  return {
    ...rest,
    ...(kept !== undefined && { secretValue: kept }),
    ...(fields && {
      fields: Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [
          name,
          value === MASK ? (own(before.fields, name) ?? '') : value,
        ]),
      ),
    }),
    ...(secrets && {
      secrets: secrets.map(({ id, value }) => ({
        id,
        value: value === MASK ? (old.get(id) ?? currentSecret(before) ?? '') : value,
      })),
    }),
  };
}

const own = (record: Readonly<Record<string, string>> | undefined, name: string): string | undefined =>
  record && Object.hasOwn(record, name) ? record[name] : undefined;

/** Names of headers that are credentials whoever sends them. */
const CREDENTIAL_HEADERS = ['authorization', 'cookie', 'proxy-authorization', 'x-api-key', 'x-authorization'];

/** What of a request must not be stored: values that would let their reader send events of his own. */
export interface Credentials {
  /** Lower case. */
  readonly headers: ReadonlySet<string>;
  readonly query: ReadonlySet<string>;
  /** Headers with signatures: worthless for another body, and needed to verify a refused event again. */
  readonly signatures: ReadonlySet<string>;
}

export function credentialsOf(config: WebhookConfig, verifier: VerifierConfig | undefined): Credentials {
  const headers = new Set(CREDENTIAL_HEADERS);
  const query = new Set<string>();
  const signatures = new Set<string>();
  for (const name of Object.keys(config.headers ?? {})) headers.add(name.toLowerCase());
  const { scheme } = verifier ?? {};
  if (scheme?.type === 'api-key')
    for (const place of scheme.places)
      if (place.in === 'header') headers.add(place.name.toLowerCase());
      else query.add(place.name);
  if (scheme?.type === 'hmac') for (const name of scheme.headers) signatures.add(name.toLowerCase());
  for (const handshake of verifier?.handshakes ?? [])
    if (handshake.type === 'echo-query' && handshake.token) query.add(handshake.token.parameter);
  return { headers, query, signatures };
}

const REUSABLE = /^(basic|bearer) /i;

export function redactedHeaders(headers: RawRequest['headers'], credentials: Credentials): RawRequest['headers'] {
  const shown: Record<string, readonly string[]> = Object.create(null);
  for (const name in headers) {
    const values = headers[name] ?? [];
    const isSignature = credentials.signatures.has(name) && !values.some((value) => REUSABLE.test(value));
    shown[name] = credentials.headers.has(name) && !isSignature ? values.map(() => MASK) : values;
  }
  return shown;
}

/** Stored headers as people may see them: signatures stay behind too where a credential could stand. */
export function shownHeaders(stored: string): Record<string, readonly string[]> {
  const shown = JSON.parse(stored) as Record<string, readonly string[]>;
  for (const name of CREDENTIAL_HEADERS) if (Object.hasOwn(shown, name)) shown[name] = [MASK];
  return shown;
}

/** The query without credentials; as it came where there are none. */
export function openQuery(query: string, { query: names }: Credentials): string {
  if (query === '' || names.size === 0) return query;
  const open = query.split('&').filter((pair) => !names.has(nameOf(pair)));
  return open.join('&');
}

const nameOf = (pair: string): string => [...new URLSearchParams(pair).keys()][0] ?? '';

/** Path and query as they are stored. */
export function redactedUrl(url: string, credentials: Credentials): string {
  const mark = url.indexOf('?');
  if (mark < 0 || credentials.query.size === 0) return url;
  const pairs = url.slice(mark + 1).split('&');
  const shown = pairs.map((pair) => (credentials.query.has(nameOf(pair)) ? `${pair.split('=', 1)[0]}=${MASK}` : pair));
  return `${url.slice(0, mark)}?${shown.join('&')}`;
}
