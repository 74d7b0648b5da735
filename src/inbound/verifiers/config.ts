// What a request is checked against, as plain data: a scheme with its parameters, secrets, handshakes, identity.
// Platforms fill these shapes with facts; the scheme files beside this one are the code that reads them.

/** A secret with the name under which its last use is shown. A list of them makes rotation possible. */
export interface Secret {
  readonly id: string;
  readonly value: string;
}

/** Everything the verifier of one webhook needs. Immutable but for `urlVerified`, which the caller reads from its store. */
export interface VerifierConfig {
  readonly scheme: Scheme;
  /** Any of these may fit; the current one comes first and is the one that signs samples. */
  readonly secrets: readonly Secret[];
  /** Named settings that are no signing secrets: a topic, an audience, a user name, a verify token. */
  readonly values: Readonly<Record<string, string>>;
  /** Methods that may carry an event, upper case. Others are refused with 405 unless a handshake takes them. */
  readonly methods: readonly string[];
  readonly handshakes: readonly Handshake[];
  readonly identity: Identity;
  /** Where several events lie in one request: '' for a body that is an array, else the path of the array. */
  readonly batch?: string;
  /** Only for the scheme `challenge`: whether the handshake has been seen before. */
  readonly urlVerified?: boolean;
}

export type HmacAlgorithm = 'sha1' | 'sha256' | 'sha384' | 'sha512';
export type DigestEncoding = 'hex' | 'base64' | 'base64url';
/** How the text of a secret becomes key bytes. `whsec`: base64 after an optional `whsec_` (not for Stripe, which uses `text`). */
export type KeyEncoding = 'text' | 'base64' | 'hex' | 'whsec';

/** A time that the sender signed. Without `toleranceSeconds` its age is not judged, only its form. */
export interface TimestampRule {
  /** header: a header of its own; signature: an item of the signature header; body: a path in the JSON body. */
  readonly from: 'header' | 'signature' | 'body';
  /** Header name, item prefix (`t=`) or path (`webhookTimestamp`). */
  readonly name: string;
  readonly format: 'seconds' | 'milliseconds' | 'iso';
  /** Exact number of digits: needed where time and body are signed without a separator, or digits could be moved over. */
  readonly digits?: number;
  readonly toleranceSeconds?: number;
}

/** HMAC over a text that is put together from the request. Covers most platforms without any code of their own. */
export interface HmacScheme {
  readonly type: 'hmac';
  /** Header names that may hold the signature; the first one present counts. */
  readonly headers: readonly string[];
  /** plain: the value is one signature; list: several, see `separator`; numbered: `<name>-1`, `<name>-2`, … each hold one. */
  readonly layout: 'plain' | 'list' | 'numbered';
  readonly separator?: ',' | ' ';
  /** What stands before the digest (`sha256=`, `v0=`, '' for nothing). Items with another prefix do not count. */
  readonly prefixes: readonly string[];
  readonly algorithm: HmacAlgorithm;
  /** For senders that name the method in the prefix (Atlassian): the methods we allow. Overrides `algorithm`. */
  readonly algorithmByPrefix?: Readonly<Record<string, HmacAlgorithm>>;
  readonly encoding: DigestEncoding;
  readonly key: KeyEncoding;
  /** Signed text: literal characters and {body} {timestamp} {url} {method} {path} {query} {header:Name}. */
  readonly template: string;
  readonly templateByMethod?: Readonly<Record<string, string>>;
  /** Percent escapes of {url} that the sender decodes before signing (HubSpot). */
  readonly urlDecodes?: readonly string[];
  readonly timestamp?: TimestampRule;
}

/** A signature that anyone can check but only the platform can make. */
export interface PublicKeyScheme {
  readonly type: 'public-key';
  readonly algorithm: 'ed25519' | 'ecdsa-p256';
  readonly header: string;
  readonly encoding: 'hex' | 'base64';
  /** hex: 32 raw bytes; spki: base64 of a DER SubjectPublicKeyInfo, with or without PEM armour. */
  readonly key: 'hex' | 'spki';
  readonly template: string;
  readonly timestamp: TimestampRule;
}

/** Twilio: HMAC-SHA1 over the public URL and the sorted form, or over a URL that carries the hash of the body. */
export interface TwilioScheme {
  readonly type: 'twilio';
}

/** Standard Webhooks v1 (HMAC-SHA256) and v1a (Ed25519), under one or more families of header names. */
export interface StandardWebhooksScheme {
  readonly type: 'standard-webhooks';
  readonly families: readonly ('webhook-' | 'svix-')[];
  readonly toleranceSeconds: number;
}

/** Every header must be there exactly once with one of its values. */
export interface HeadersScheme {
  readonly type: 'headers';
  readonly headers: readonly { readonly name: string; readonly values: readonly string[] }[];
}

/** HTTP Basic (RFC 7617). The user name is the value `username`, the passwords are the secrets. */
export interface BasicScheme {
  readonly type: 'basic';
}

/** A shared value in a header or in the query. Every place that is filled must be right, at least one must be filled. */
export interface ApiKeyScheme {
  readonly type: 'api-key';
  readonly places: readonly { readonly in: 'header' | 'query'; readonly name: string; readonly prefix?: string }[];
}

/** A shared value in each item of the body (Microsoft Graph). */
export interface BodyFieldScheme {
  readonly type: 'body-field';
  /** Path of the array whose items carry the value. */
  readonly items: string;
  readonly field: string;
}

/** Mailgun: the body carries a signed token; nothing else of it is signed. */
export interface MailgunScheme {
  readonly type: 'mailgun';
  readonly toleranceSeconds?: number;
}

/** AWS SNS: RSA over chosen fields of the body, with a certificate from AWS. The value `topicArn` is pinned. */
export interface SnsScheme {
  readonly type: 'sns';
  readonly toleranceSeconds: number;
}

/** PayPal: RSA over ids, time and checksum, with a certificate from PayPal. The value `webhookId` is part of the text. */
export interface PaypalScheme {
  readonly type: 'paypal';
  readonly toleranceSeconds?: number;
}

/** A bearer JWT of an identity provider. `{name}` in a text stands for the value of that name. */
export interface JwtScheme {
  readonly type: 'jwt';
  readonly algorithm: 'RS256';
  readonly jwksUrl: string;
  readonly issuers: readonly string[];
  readonly audience: string;
  /** Each claim must have one of its names in the token with exactly that value. An empty text asks for nothing. */
  readonly claims: readonly { readonly names: readonly string[]; readonly equals: string | true }[];
  readonly leewaySeconds: number;
}

/** Orkes' challenge verifier: nothing but a challenge until one was answered, then everything, unproven. */
export interface ChallengeScheme {
  readonly type: 'challenge';
  readonly field: string;
}

/** Anyone may send. */
export interface NoneScheme {
  readonly type: 'none';
}

export type Scheme =
  | HmacScheme
  | PublicKeyScheme
  | TwilioScheme
  | StandardWebhooksScheme
  | HeadersScheme
  | BasicScheme
  | ApiKeyScheme
  | BodyFieldScheme
  | MailgunScheme
  | SnsScheme
  | PaypalScheme
  | JwtScheme
  | ChallengeScheme
  | NoneScheme;

/** A question that a platform asks to see whether an address is ours. Answering one proves nothing about later requests. */
export type Handshake =
  /** Give a query parameter back as plain text. With `token`, only when that parameter equals the value of that name. */
  | {
      readonly type: 'echo-query';
      readonly method: 'GET' | 'POST';
      readonly parameter: string;
      readonly mode?: { readonly parameter: string; readonly equals: string };
      readonly token?: { readonly parameter: string; readonly value: string };
    }
  /** Give a request header back as `{"<as>": value}` (Okta). */
  | { readonly type: 'echo-header'; readonly header: string; readonly as: string }
  /** X: answer `crc_token` with its HMAC. */
  | { readonly type: 'crc'; readonly parameter: string; readonly as: string }
  /** CloudEvents HTTP webhook 1.0, section 4: OPTIONS with WebHook-Request-Origin. */
  | { readonly type: 'cloudevents-options' }
  /** Answer HEAD with 200 (Intercom). */
  | { readonly type: 'accept-head' }
  /** Slack's certificate check: `ssl_check=1`, unsigned, never an event. */
  | { readonly type: 'ssl-check' }
  /** After proof: a body whose `when.path` equals `when.equals` gets its `field` back as plain text (Slack). */
  | {
      readonly type: 'echo-body';
      readonly when: { readonly path: string; readonly equals: string };
      readonly field: string;
    }
  /** After proof: Zoom's plainToken with its HMAC. */
  | { readonly type: 'zoom' }
  /** After proof: Discord's PING, of interactions (type 1) and of webhook events (type 0). */
  | { readonly type: 'discord-ping' }
  /** After proof: Event Grid's validation event. */
  | { readonly type: 'event-grid' };

/** One piece of a key. Paths are dotted (`event.id`, `0.eventId`) and read own properties only. */
export type IdentityPart = { readonly header: string } | { readonly body: string } | { readonly query: string };

/** How one event is named: alternatives in order; the first whose parts are all present counts, parts joined with `.`. */
export interface Identity {
  /** Empty: never treat two requests as the same by id (Dropbox tells only that something changed). */
  readonly dedupe: readonly (readonly IdentityPart[])[];
  readonly eventType: readonly (readonly IdentityPart[])[];
  /** Whether the id is covered by the proof. If not, a replay can carry a new id, so also compare contents. */
  readonly idSigned: boolean;
  /** True where equal requests are different events, so that comparing contents would lose some (Dropbox). */
  readonly repeatable?: boolean;
}
