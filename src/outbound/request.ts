// What a caller may put into an outgoing request; everything else is refused before any I/O.
// Header rules: RFC 9110 5.5 and 5.6.2, so that no value can end its line and begin another header or request.
import { createHash, X509Certificate } from 'node:crypto';
import { unescape as percentDecode } from 'node:querystring';
import { createSecureContext, type SecureContext } from 'node:tls';

/** PEM texts. `ca` replaces the built-in roots. With `validate: false` any certificate is taken, expired ones too. */
export type TlsSettings = {
  readonly validate: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
};

export type Headers = Readonly<Record<string, string | readonly string[]>>;

export type HttpRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body?: string | Uint8Array;
  /** From the call of `send` to the last byte of the answer: waiting for a connection, connecting, and the answer. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs?: number;
  /** The longest silence while the answer is waited for or read. */
  readonly readTimeoutMs?: number;
  readonly maxResponseBytes: number;
  readonly tls: TlsSettings;
  readonly signal?: AbortSignal;
};

export type Problem = { readonly ok: false; readonly reason: string };

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** These frame the message or name its target; the client writes them itself. */
const reservedHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const maxHeaderLines = 100;
const maxHeadersBytes = 32 * 1024;
/** A request body far beyond what a webhook or an HTTP task holds; it keeps one mistake from filling the memory. */
const maxRequestBytes = 16 * 1024 * 1024;
const maxSecureContexts = 500;

export type PreparedRequest = {
  readonly ok: true;
  readonly method: string;
  /** Name, value, name, value. */
  readonly headerLines: readonly string[];
  readonly body: Buffer | undefined;
};

export function prepareRequest(request: HttpRequest, url: URL, userAgent: string): PreparedRequest | Problem {
  const method = request.method.toUpperCase();
  if (!methods.has(method)) return problem(`the method must be one of ${[...methods].join(', ')}`);
  if (!isDuration(request.timeoutMs)) return problem('the time limit must be a positive number of milliseconds');
  if (request.connectTimeoutMs !== undefined && !isDuration(request.connectTimeoutMs)) {
    return problem('the connect time limit must be a positive number of milliseconds');
  }
  if (request.readTimeoutMs !== undefined && !isDuration(request.readTimeoutMs)) {
    return problem('the read time limit must be a positive number of milliseconds');
  }
  if (!Number.isSafeInteger(request.maxResponseBytes) || request.maxResponseBytes < 0) {
    return problem('the limit of the answer must be a whole number of bytes');
  }
  const body = readBody(request.body);
  if (body && body.byteLength > maxRequestBytes) return problem(`the body is larger than ${maxRequestBytes} bytes`);
  const headers = readHeaders(request.headers);
  if (!headers.ok) return headers;
  // Bytes are kept as they come, so a receiver must not compress them; whoever asks for it gets compressed bytes.
  const defaults = { 'user-agent': userAgent, accept: '*/*', 'accept-encoding': 'identity', ...basicCredentials(url) };
  const missing = Object.entries(defaults).filter(([name]) => !headers.names.has(name));
  return { ok: true, method, headerLines: [...missing.flat(), ...headers.lines], body };
}

/** One header on its own, for forms that check what a user types. */
export function checkHeader(name: string, value: string): { readonly ok: true } | Problem {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    return problem('a header name may hold letters, digits and a few signs only');
  }
  if (reservedHeaders.has(name.toLowerCase())) return problem(`the header "${name}" is set by Fermata itself`);
  if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) {
    return problem(`the header "${name}" holds a line end, a control character or a character outside Latin-1`);
  }
  return { ok: true };
}

/** User name and password of the URL, where the guard lets them be, as RFC 7617 wants them. */
function basicCredentials(url: URL): { authorization?: string } {
  if (url.username === '' && url.password === '') return {};
  const pair = `${percentDecode(url.username)}:${percentDecode(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

type ReadHeaders = { readonly ok: true; readonly lines: readonly string[]; readonly names: ReadonlySet<string> };

function readHeaders(headers: Headers): ReadHeaders | Problem {
  const lines: string[] = [];
  const names = new Set<string>();
  let bytes = 0;
  for (const [name, values] of Object.entries(headers)) {
    for (const value of typeof values === 'string' ? [values] : values) {
      const checked = checkHeader(name, value);
      if (!checked.ok) return checked;
      bytes += name.length + value.length;
      if (lines.length >= 2 * maxHeaderLines || bytes > maxHeadersBytes) {
        return problem(`the headers have more than ${maxHeaderLines} lines or ${maxHeadersBytes} bytes`);
      }
      lines.push(name, value);
      names.add(name.toLowerCase());
    }
  }
  return { ok: true, lines, names };
}

function readBody(body: string | Uint8Array | undefined): Buffer | undefined {
  if (body === undefined) return undefined;
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/** Longest delay that a Node timer holds; a larger one would fire at once. */
function isDuration(valueMs: number): boolean {
  return valueMs > 0 && valueMs <= 2 ** 31 - 1;
}

export type TlsMaterial = { readonly ok: true; readonly key: string; readonly context: SecureContext };

/** Contexts are kept by a hash of their settings, since reading certificates for every connection is slow. */
export function createTlsCache(): (settings: TlsSettings) => TlsMaterial | Problem {
  const contexts = new Map<string, SecureContext>();
  return (settings) => {
    const { validate, ca, cert, key: privateKey } = settings;
    const plain = ca === undefined && cert === undefined && privateKey === undefined;
    const key = `${validate}:${plain ? '' : digest([ca, cert, privateKey])}`;
    const known = contexts.get(key);
    if (known) return { ok: true, key, context: known };
    const read = readTls(settings);
    if (!read.ok) return read;
    const [oldest] = contexts.keys();
    if (oldest !== undefined && contexts.size >= maxSecureContexts) contexts.delete(oldest);
    contexts.set(key, read.context);
    return { ok: true, key, context: read.context };
  };
}

/** Also for forms: says whether these texts are certificates and keys that belong together. */
export function readTls(settings: TlsSettings): { readonly ok: true; readonly context: SecureContext } | Problem {
  const { ca, cert, key } = settings;
  if ((cert === undefined) !== (key === undefined)) return problem('a client certificate and its key come together');
  try {
    if (ca !== undefined) new X509Certificate(ca); // createSecureContext passes over a CA that it cannot read
    return { ok: true, context: createSecureContext({ ca, cert, key, minVersion: 'TLSv1.2' }) };
  } catch {
    return problem('the CA, the client certificate or its key cannot be read, or they do not belong together');
  }
}

function digest(parts: readonly (string | undefined)[]): string {
  return createHash('sha256')
    .update(JSON.stringify(parts.map((part) => part ?? null)))
    .digest('hex');
}

function problem(reason: string): Problem {
  return { ok: false, reason };
}
