// Conductor's WebhookConfig to a verifier: seven enum names, eleven source platforms, and ours beside them.
// Where the enum and the source platform disagree, the platform decides, since it names who really sends.

import type { HmacScheme, Secret } from '../verifiers/config.ts';
import { type Configured, type Credentials, configure } from './configure.ts';
import { custom } from './custom.ts';
import { github } from './github.ts';
import { findPlatform } from './index.ts';
import { msteams } from './msteams.ts';
import { none } from './none.ts';
import type { Platform } from './platform.ts';
import { sendgrid } from './sendgrid.ts';
import { slack } from './slack.ts';
import { stripe } from './stripe.ts';
import { twitter } from './twitter.ts';

/** Conductor's names, `NONE` of its open-source port, and `PLATFORM` of ours: whatever `sourcePlatform` prescribes. */
export const VERIFIER_NAMES = [
  'HEADER_BASED',
  'SIGNATURE_BASED',
  'HMAC_BASED',
  'SLACK_BASED',
  'STRIPE',
  'SENDGRID',
  'TWITTER',
  'NONE',
  'PLATFORM',
] as const;

export type VerifierName = (typeof VERIFIER_NAMES)[number];

/** The part of a WebhookConfig that verification needs, under its wire names; the last three are ours. */
export interface WebhookVerification {
  readonly verifier?: string;
  readonly sourcePlatform?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly headerKey?: string;
  /** SENDGRID: the public key. Facebook: the verify token. */
  readonly secretKey?: string;
  readonly secretValue?: string;
  /** From the store, not from a client. */
  readonly urlVerified?: boolean;
  /** Fields of the platform by name. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Further secrets that are accepted as well. */
  readonly secrets?: readonly Secret[];
  readonly methods?: readonly string[];
  readonly toleranceSeconds?: number;
}

/** Platforms whose credential is the person's choice, so that an enum name says more than they do. */
const GENERIC_IDS: ReadonlySet<string> = new Set(['custom', 'none', 'basic', 'api-key', 'hmac']);

/** The verifier of a webhook definition, or all that is wrong with it (to be answered with 400). */
export function verifierFor(webhook: WebhookVerification): Configured {
  const source = findPlatform(webhook.sourcePlatform ?? '');
  const name = VERIFIER_NAMES.find((known) => known === webhook.verifier);
  if (name === undefined && webhook.verifier !== undefined) {
    return problem('verifier', `The verifier must be one of ${VERIFIER_NAMES.join(', ')}.`);
  }
  const sender = source !== undefined && !GENERIC_IDS.has(source.id) ? source : undefined;
  const credentials = credentialsOf(webhook);
  switch (name) {
    case 'HEADER_BASED':
      return configure(headerBased(source), { ...credentials, fields: {} });
    case 'SIGNATURE_BASED':
      return signatureBased(sender ?? github, webhook, credentials);
    case 'HMAC_BASED':
      return configure(sender !== undefined && sender !== msteams ? sender : hmacBased(webhook.headerKey), credentials);
    case 'SLACK_BASED':
      return slackBased(credentials);
    case 'STRIPE':
      return configure(at(stripe, webhook.headerKey), credentials);
    case 'SENDGRID':
      return configure(sendgrid, { ...credentials, secrets: sendgridKeys(webhook) });
    case 'TWITTER':
      return configure(twitter, credentials);
    case 'NONE':
      return configure(none, { ...credentials, fields: {} });
    case 'PLATFORM':
    case undefined:
      return byPlatform(source, webhook, credentials);
  }
}

function problem(where: string, message: string): Configured {
  return { ok: false, problems: [{ at: where, message }] };
}

function credentialsOf(webhook: WebhookVerification): Credentials {
  return {
    fields: webhook.fields,
    secrets: [...named('secretValue', webhook.secretValue), ...(webhook.secrets ?? [])],
    headers: webhook.headers,
    methods: webhook.methods,
    toleranceSeconds: webhook.toleranceSeconds,
    urlVerified: webhook.urlVerified ?? false,
  };
}

function named(id: string, value: string | undefined): readonly Secret[] {
  return value === undefined || value === '' ? [] : [{ id, value }];
}

/** Documented place of the public key first; a client may also have put it where every other secret stands. */
function sendgridKeys(webhook: WebhookVerification): readonly Secret[] {
  const key = named('secretKey', webhook.secretKey);
  return [...(key.length > 0 ? key : named('secretValue', webhook.secretValue)), ...(webhook.secrets ?? [])];
}

function signatureBased(sender: Platform, webhook: WebhookVerification, credentials: Credentials): Configured {
  if (sender === sendgrid) return configure(sendgrid, { ...credentials, secrets: sendgridKeys(webhook) });
  return configure(at(sender, webhook.headerKey), withVerifyToken(sender, webhook, credentials));
}

function byPlatform(source: Platform | undefined, webhook: WebhookVerification, credentials: Credentials): Configured {
  if (source === sendgrid) return configure(sendgrid, { ...credentials, secrets: sendgridKeys(webhook) });
  if (source !== undefined) return configure(source, withVerifyToken(source, webhook, credentials));
  if (webhook.sourcePlatform === undefined && webhook.headers !== undefined) return configure(custom, credentials);
  return problem('sourcePlatform', 'The source platform is unknown: name a platform, or choose a verifier.');
}

/** Conductor has no field for Facebook's verify token; `secretKey` is free there. */
function withVerifyToken(platform: Platform, webhook: WebhookVerification, credentials: Credentials): Credentials {
  const wanted = platform.fields.some((field) => field.name === 'verifyToken');
  if (!wanted || webhook.secretKey === undefined || webhook.fields?.verifyToken !== undefined) return credentials;
  return { ...credentials, fields: { ...credentials.fields, verifyToken: webhook.secretKey } };
}

/** Agreed headers, while events keep the names that their real sender gives them. */
function headerBased(source: Platform | undefined): Platform {
  return source === undefined ? custom : { ...custom, identity: source.identity, batch: source.batch };
}

function at(platform: Platform, headerKey: string | undefined): Platform {
  if (headerKey === undefined || headerKey === '' || platform.scheme.type !== 'hmac') return platform;
  return { ...platform, scheme: { ...platform.scheme, headers: [headerKey] } };
}

/** Conductor strips `HMAC ` where it stands and does not miss it where it does not. */
function hmacBased(headerKey: string | undefined): Platform {
  const scheme: HmacScheme = { ...(msteams.scheme as HmacScheme), prefixes: ['HMAC ', ''] };
  return at({ ...msteams, scheme }, headerKey);
}

/** Without a signing secret, Orkes' documented challenge behaviour: unproven events once the challenge was answered. */
function slackBased(credentials: Credentials): Configured {
  const hasSecret = (credentials.secrets ?? []).length > 0 || (credentials.fields?.signingSecret ?? '') !== '';
  if (hasSecret) return configure(slack, credentials);
  const unproven: Platform = {
    ...slack,
    scheme: { type: 'challenge', field: 'challenge' },
    fields: [],
    handshakes: slack.handshakes.filter((handshake) => handshake.type === 'ssl-check'),
    caution: 'Without a signing secret anyone who knows the URL can send events. Enter the signing secret of the app.',
  };
  return configure(unproven, { ...credentials, fields: {} });
}
