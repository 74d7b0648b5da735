// From Conductor's seven names of verifiers (contract 2.3, 2.4) to the scheme that checks a request.
// What platforms sign and how is in platforms/; here is only which of them a configuration means.

import { custom } from './platforms/custom.ts';
import { github } from './platforms/github.ts';
import { findPlatform } from './platforms/index.ts';
import { msteams } from './platforms/msteams.ts';
import { none } from './platforms/none.ts';
import type { Platform } from './platforms/platform.ts';
import { sendgrid } from './platforms/sendgrid.ts';
import { slack } from './platforms/slack.ts';
import { stripe } from './platforms/stripe.ts';
import { twitter } from './platforms/twitter.ts';
import type { Scheme, Secret, VerifierConfig } from './verifiers/config.ts';
import type { WebhookConfig } from './webhook.ts';

/** `urlVerified` counts only for the challenge verifier: SLACK_BASED without a signing secret. */
export function verifierFor(config: WebhookConfig, urlVerified: boolean): VerifierConfig {
  switch (config.verifier) {
    case 'HEADER_BASED':
      return of(custom, [], { type: 'headers', headers: agreedHeaders(config) });
    case 'SIGNATURE_BASED': {
      const platform = signingPlatform(config.sourcePlatform);
      return of(platform, secretOf(config), underHeader(platform.scheme, config.headerKey));
    }
    case 'HMAC_BASED':
      return of(msteams, secretOf(config), underHeader(msteams.scheme, config.headerKey));
    case 'SLACK_BASED':
      return (config.secretValue ?? '') === ''
        ? {
            ...of(slack, [], { type: 'challenge', field: 'challenge' }),
            handshakes: [{ type: 'ssl-check' }],
            urlVerified,
          }
        : of(slack, secretOf(config), slack.scheme);
    case 'STRIPE':
      return of(stripe, secretOf(config), underHeader(stripe.scheme, config.headerKey));
    case 'SENDGRID':
      return of(sendgrid, secret(config.secretKey), sendgrid.scheme);
    case 'TWITTER':
      return of(twitter, secretOf(config), twitter.scheme);
    case 'NONE':
      return of(none, [], none.scheme);
  }
}

function of(platform: Platform, secrets: readonly Secret[], scheme: Scheme): VerifierConfig {
  const { methods, handshakes, identity, batch } = platform;
  return { scheme, secrets, values: {}, methods, handshakes, identity, ...(batch !== undefined && { batch }) };
}

/** SIGNATURE_BASED is GitHub's scheme, unless the platform is known to sign in its own way with one secret. */
function signingPlatform(sourcePlatform: string | undefined): Platform {
  const platform = findPlatform(sourcePlatform ?? '');
  const signs = platform?.scheme.type === 'hmac' || platform?.scheme.type === 'twilio';
  return platform && signs && platform.fields.every(({ required, to }) => !required || to.type === 'secret')
    ? platform
    : github;
}

const underHeader = (scheme: Scheme, headerKey: string | undefined): Scheme =>
  scheme.type === 'hmac' && headerKey ? { ...scheme, headers: [headerKey] } : scheme;

const agreedHeaders = ({ headers = {} }: WebhookConfig) =>
  Object.entries(headers).map(([name, value]) => ({ name, values: [value] }));

const secretOf = (config: WebhookConfig): readonly Secret[] => secret(config.secretValue);

const secret = (value: string | undefined): readonly Secret[] => (value ? [{ id: 'current', value }] : []);
