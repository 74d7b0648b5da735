// A proof that travels in the body (Microsoft Graph's clientState) is taken out of it once it was checked: whoever reads the
// event, or a workflow that got its payload, could send events of his own with it.

import type { Call } from './call.ts';
import type { BodyFieldScheme, Secret } from './verifiers/config.ts';
import { atPath, jsonBody } from './verifiers/request.ts';

const MASK = '***';

/** The call as it may be kept and handed on; the same one where the body holds no proof. */
export function withoutProof(call: Call): Call {
  const { ready, unpacked } = call;
  const scheme = ready.verifier?.scheme;
  if (scheme?.type !== 'body-field') return call;
  const body = masked(unpacked.body, scheme, ready.verifier?.secrets ?? []);
  if (body === undefined) return call;
  // What was packed is kept unpacked: packed anew it would be other bytes just the same.
  const { 'content-encoding': _, ...headers } = call.request.headers;
  return { ...call, request: { ...call.request, headers, body }, unpacked: { ok: true, body, wasPacked: false } };
}

/** Undefined where none of the secrets stands in its place. */
function masked(body: Uint8Array, { items, field }: BodyFieldScheme, secrets: readonly Secret[]): Buffer | undefined {
  const values = new Set<unknown>(secrets.map(({ value }) => value).filter((value) => value !== ''));
  const holds = (bytes: Uint8Array): boolean => {
    const list = atPath(jsonBody({ body: bytes })?.value, items);
    return Array.isArray(list) && list.some((item) => values.has(atPath(item, field)));
  };
  if (!holds(body)) return undefined;
  let text = Buffer.from(body).toString('utf8');
  for (const value of values) text = text.replaceAll(JSON.stringify(value), JSON.stringify(MASK));
  const masked = Buffer.from(text);
  // A sender may write its letters as escapes: then the whole is written anew.
  return holds(masked) ? Buffer.from(JSON.stringify(JSON.parse(text), maskOf(field, values))) : masked;
}

const maskOf =
  (field: string, values: ReadonlySet<unknown>) =>
  (name: string, value: unknown): unknown =>
    name === field && values.has(value) ? MASK : value;
