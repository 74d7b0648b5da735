// The contract of verification: what arrived, what a verdict is, and what each scheme must be able to do.
// Everything here is pure: time and fetched documents are handed in, and a refusal is a value, never an exception.

import type { Scheme, VerifierConfig } from './config.ts';

/** What arrived, exactly as it arrived. */
export interface RawRequest {
  /** Upper case. */
  readonly method: string;
  /** Path and query as received, not normalised: `/webhook/1?a=%27`. */
  readonly url: string;
  /** The configured public base followed by `url`. URL-signed platforms are checked against this. */
  readonly publicUrl: string;
  /** Names in lower case, values in order of arrival, one entry per header line. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** What follows the `?`, undecoded; empty without one. */
  readonly query: string;
  readonly body: Uint8Array;
}

/** Whose word a verified event is: the sender signed these very bytes, the sender showed a shared value, or nobody's. */
export type Authenticates = 'body' | 'sender' | 'nothing';

export interface Verified {
  readonly type: 'verified';
  readonly authenticates: Authenticates;
  /** Whether the query is covered too. If not, a captured request can be repeated with other query parameters. */
  readonly coversQuery: boolean;
  /** Which of the configured secrets fitted. */
  readonly secretId?: string;
}

/** Stable words for a refusal; `reason` explains them to a person. */
export type RefusalCode =
  | 'method_not_allowed'
  | 'missing_header'
  | 'repeated_header'
  | 'missing_credential'
  | 'wrong_credential'
  | 'malformed_signature'
  | 'wrong_signature'
  | 'body_not_signed'
  | 'malformed_timestamp'
  | 'stale_timestamp'
  | 'malformed_body'
  | 'malformed_token'
  | 'wrong_token'
  | 'wrong_topic'
  | 'untrusted_url'
  | 'document_unavailable'
  | 'bad_certificate'
  | 'bad_challenge'
  | 'url_not_verified'
  | 'not_configured';

type RefusalStatus = 400 | 401 | 403 | 405 | 503;

export interface Refused {
  readonly type: 'refused';
  readonly status: RefusalStatus;
  readonly code: RefusalCode;
  /** What is wrong and what to do, for a person. Holds neither secrets, nor expected values, nor text of the sender. */
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The answer to a handshake. It is not an event: nothing is to be dispatched. */
export interface Challenge {
  readonly type: 'challenge';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the request was proven first. */
  readonly proven: boolean;
  /** A pinned URL that must be called with GET, through the address guard, to finish the handshake (SNS). */
  readonly visit?: string;
}

/** The verdict hangs on a public document. Fetch it (guarded, cached, size-limited) and ask again with it. */
export interface NeedsFetch {
  readonly type: 'needsFetch';
  readonly kind: 'certificate' | 'jwks';
  /** https, no user info, no port; host and path were checked against the platform's own. */
  readonly url: string;
  /** Set when a cached copy exists but lacks the key: only a copy fetched after this moment helps. */
  readonly newerThanMs?: number;
}

export type Verdict = Verified | Refused | Challenge | NeedsFetch;

/** A fetched document. `missing`: the address says there is none (4xx); `unavailable`: it could not be had just now. */
export type FetchedDocument =
  | { readonly type: 'found'; readonly text: string; readonly fetchedMs: number }
  | { readonly type: 'missing' }
  | { readonly type: 'unavailable' };

export type Documents = Readonly<Record<string, FetchedDocument>>;

export type Verify = (config: VerifierConfig, request: RawRequest, nowMs: number, documents?: Documents) => Verdict;

/** A request to be sent, before or after signing. Header names as they will be written. */
export interface Draft {
  readonly method: string;
  /** Full URL. */
  readonly publicUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What signing needs beyond the webhook's own secrets, for schemes whose private key only the platform has. */
export interface SigningKeys {
  /** Message id, where the scheme signs one. Default: made from body and time. */
  readonly id?: string;
  /** PEM (PKCS#8) or, for Standard Webhooks v1a, `whsk_…`. */
  readonly privateKey?: string;
  /** `kid` of a JWT. */
  readonly keyId?: string;
  /** Where the certificate lies that fits `privateKey` (SNS, PayPal). */
  readonly certificateUrl?: string;
}

export type Signed = { readonly ok: true; readonly request: Draft } | { readonly ok: false; readonly reason: string };

/** Something in a configuration that cannot work, found before any request arrives. */
export interface ConfigProblem {
  /** `secrets`, `values.<name>` or `scheme.<path>`. */
  readonly at: string;
  readonly message: string;
}

/** What each scheme file exports. */
export interface SchemeCode<S extends Scheme> {
  verify(scheme: S, config: VerifierConfig, request: RawRequest, nowMs: number, documents: Documents): Verdict;
  sign(scheme: S, config: VerifierConfig, draft: Draft, nowMs: number, keys: SigningKeys): Signed;
  check(scheme: S, config: VerifierConfig): readonly ConfigProblem[];
}

export function refuse(
  status: RefusalStatus,
  code: RefusalCode,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): Refused {
  return { type: 'refused', status, code, reason, headers };
}

export function verified(authenticates: Authenticates, coversQuery: boolean, secretId?: string): Verified {
  return secretId === undefined
    ? { type: 'verified', authenticates, coversQuery }
    : { type: 'verified', authenticates, coversQuery, secretId };
}

/** A webhook without its secret accepts nobody: 401 and not 5xx, since it is no outage and the event is kept anyway. */
export function noSecret(): Refused {
  return refuse(
    401,
    'not_configured',
    'No secret is set for this webhook, so nothing can be verified. Enter the secret that the platform shows, then verify the kept events again.',
  );
}

/** The draft as it would arrive here: what a signed sample looks like to `verify`. */
export function arrived(draft: Draft): RawRequest {
  const start = draft.publicUrl.indexOf('/', draft.publicUrl.indexOf('://') + 3);
  const url = (start < 0 ? '/' : draft.publicUrl.slice(start)).split('#', 1)[0] ?? '/';
  const mark = url.indexOf('?');
  const headers: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(draft.headers)) headers[name.toLowerCase()] = [value];
  return {
    method: draft.method,
    url,
    publicUrl: draft.publicUrl,
    headers,
    query: mark < 0 ? '' : url.slice(mark + 1),
    body: draft.body,
  };
}
