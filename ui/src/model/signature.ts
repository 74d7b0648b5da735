// Signs a sample request the way a platform does, with the browser's WebCrypto. The secret stays in this page.
import type { HmacRecipe, SignRecipe } from './webhook-platform.ts';

export interface SampleRequest {
  readonly url: string;
  readonly body: string;
  readonly contentType: string;
  readonly now: number;
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const hex = (data: ArrayBuffer): string =>
  [...new Uint8Array(data)].map((b) => b.toString(16).padStart(2, '0')).join('');
const base64 = (data: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(data)));

/** Key bytes of a secret; undefined when it is not the base64 that it should be. */
function keyBytes(secret: string, key: HmacRecipe['key']): Uint8Array<ArrayBuffer> | undefined {
  if (key === 'text') return bytes(secret);
  try {
    return Uint8Array.from(atob(secret.trim()), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Twilio's addition to the URL: parameters of the form, sorted by name, names and values run together. */
const formText = (body: string): string =>
  [...new URLSearchParams(body)]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => name + value)
    .join('');

const fill = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

export type Signed =
  | { readonly ok: true; readonly headers: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly reason: string };

/** Headers that prove `request`. `configured` are those of a header-based webhook. */
export async function sign(
  recipe: SignRecipe,
  secret: string,
  configured: Readonly<Record<string, string>>,
  request: SampleRequest,
): Promise<Signed> {
  if (recipe.type === 'headers') return { ok: true, headers: configured };
  if (recipe.type === 'server')
    return { ok: false, reason: 'The server can send a signed sample of this platform itself.' };
  if (recipe.type === 'publicKey')
    return {
      ok: false,
      reason:
        'Only the platform holds the private key, so a signature cannot be made here. Send a test event from there.',
    };
  if (secret === '') return { ok: false, reason: 'Paste the secret to compute the signature. It stays in this page.' };
  const key = keyBytes(secret, recipe.key);
  if (!key || key.length === 0) return { ok: false, reason: 'This secret is not base64.' };
  const { subtle } = globalThis.crypto;
  if (!subtle) return { ok: false, reason: 'Browsers compute signatures only on https pages and on localhost.' };
  const timestamp =
    recipe.timestamp === 'iso' ? new Date(request.now).toISOString() : String(Math.floor(request.now / 1_000));
  const values = { body: request.body, url: request.url, form: formText(request.body), timestamp };
  const algorithm = { name: 'HMAC', hash: recipe.hash };
  const imported = await subtle.importKey('raw', key, algorithm, false, ['sign']);
  const raw = await subtle.sign('HMAC', imported, bytes(fill(recipe.text, values)));
  const digest = recipe.encoding === 'hex' ? hex(raw) : base64(raw);
  const headers = Object.entries(recipe.headers).map(([name, value]) => [name, fill(value, { timestamp, digest })]);
  return { ok: true, headers: Object.fromEntries(headers) };
}
