// Signs outgoing webhooks in two schemes: X-Webhook-Signature (as Designer Cloud's flow webhooks do) and Standard Webhooks.
// Pure; also returns the exact text that was signed, so that a test request can show it.
import { createHmac } from 'node:crypto';

/** During a rotation `previous` is still signed with, so that a consumer may change its secret at any moment. */
export type Secrets = { readonly current: string; readonly previous?: string };

export type Signed = {
  readonly headers: Readonly<Record<string, string>>;
  /** What went into the HMAC; bytes of the body that are not UTF-8 are shown as U+FFFD. */
  readonly signedText: string;
};

export type SignInput = {
  readonly method: string;
  /** Exactly as it is sent: `href` of the guard's verdict. */
  readonly url: string;
  readonly body?: string | Uint8Array;
  readonly nowMs: number;
};

const methodsWithBody = new Set(['POST', 'PUT', 'PATCH']);

/**
 * `X-Webhook-Signature: t=<unix ms>,sha256=<hex>`: HMAC-SHA256 over `t.body` for POST, PUT and PATCH, over `t.url` for
 * GET and DELETE (Alteryx Designer Cloud, "Verify Webhook Signatures"). The header holds one signature, always, and by
 * the current secret: its documentation tells consumers to split at "," and "=", and readers written that way take the
 * first, the last or the only pair. The previous secret's signature has a header of the same form for itself.
 */
export function signFlowWebhook(secrets: Secrets, input: SignInput): Signed {
  const content = methodsWithBody.has(input.method.toUpperCase()) ? (input.body ?? '') : input.url;
  const header = (secret: string): string => {
    const signature = createHmac('sha256', secret).update(`${input.nowMs}.`).update(content).digest('hex');
    return `t=${input.nowMs},sha256=${signature}`;
  };
  return {
    headers: {
      'X-Webhook-Signature': header(secrets.current),
      ...(secrets.previous !== undefined && { 'X-Webhook-Signature-Previous': header(secrets.previous) }),
    },
    signedText: `${input.nowMs}.${readable(content)}`,
  };
}

/**
 * `webhook-id`, `webhook-timestamp` (seconds), `webhook-signature: v1,<base64>`: HMAC-SHA256 over `id.timestamp.body`
 * (standardwebhooks.com, specification 1.0). `id` stays the same over all attempts; it must not hold a ".". Signatures
 * by current and previous secret stand side by side, and one that matches is enough. Throws on a secret that
 * `checkSecret` refuses: it must not have been stored.
 */
export function signStandardWebhook(secrets: Secrets, id: string, input: Pick<SignInput, 'body' | 'nowMs'>): Signed {
  if (!/^[\w-]+$/.test(id)) throw new Error('a webhook id holds letters, digits, "_" and "-" only');
  const timestamp = Math.floor(input.nowMs / 1000);
  const content = input.body ?? '';
  const prefix = `${id}.${timestamp}.`;
  const signatures = [secrets.current, ...(secrets.previous === undefined ? [] : [secrets.previous])].map((secret) => {
    const key = standardKey(secret);
    if (!key) throw new Error('a whsec_ secret is not base64');
    return `v1,${createHmac('sha256', key).update(prefix).update(content).digest('base64')}`;
  });
  return {
    headers: { 'webhook-id': id, 'webhook-timestamp': `${timestamp}`, 'webhook-signature': signatures.join(' ') },
    signedText: prefix + readable(content),
  };
}

const secretPrefix = 'whsec_';
/** Standard Webhooks wants 24 to 64 bytes; the seed lets a secret be any text, so short ones are only advised against. */
const maxSecretLength = 500;

export type SecretVerdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export function checkSecret(secret: string): SecretVerdict {
  if (secret === '') return { ok: false, reason: 'the secret is empty' };
  if (secret.length > maxSecretLength) {
    return { ok: false, reason: `the secret is longer than ${maxSecretLength} characters` };
  }
  if (!standardKey(secret)) return { ok: false, reason: 'what follows "whsec_" must be base64, and not empty' };
  return { ok: true };
}

/**
 * The `whsec_…` spelling under which Standard Webhooks libraries know this secret: as it is when it has the prefix,
 * otherwise the base64 of its bytes. The flow scheme uses the secret's own characters in both cases.
 */
export function standardSecret(secret: string): string {
  return secret.startsWith(secretPrefix) ? secret : secretPrefix + Buffer.from(secret).toString('base64');
}

/** Undefined for a `whsec_` secret that is not canonical base64: two libraries could read two keys from it. */
function standardKey(secret: string): Buffer | undefined {
  if (!secret.startsWith(secretPrefix)) return Buffer.from(secret);
  const encoded = secret.slice(secretPrefix.length);
  const key = Buffer.from(encoded, 'base64');
  return key.length > 0 && key.toString('base64') === encoded ? key : undefined;
}

function readable(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
}
