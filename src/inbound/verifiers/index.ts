// The table of contents of verification: one line per scheme, and the three things that can be done with a configuration.
// Order inside one request: question that needs no proof, method, proof with its time, question that needs proof.

import { apiKey } from './api-key.ts';
import { basic } from './basic.ts';
import { bodyField } from './body-field.ts';
import { challenge } from './challenge.ts';
import type { Scheme, VerifierConfig } from './config.ts';
import { answerProven, answerUnproven } from './handshake.ts';
import { headerEquality } from './header-equality.ts';
import { hmac } from './hmac.ts';
import { jwt } from './jwt.ts';
import { mailgun } from './mailgun.ts';
import { none } from './none.ts';
import { paypal } from './paypal.ts';
import { publicKey } from './public-key.ts';
import { sns } from './sns.ts';
import { standardWebhooks } from './standard-webhooks.ts';
import { twilio } from './twilio.ts';
import type { ConfigProblem, Draft, SchemeCode, Signed, SigningKeys, Verify } from './verifier.ts';
import { refuse } from './verifier.ts';

const SCHEMES: { readonly [T in Scheme['type']]: SchemeCode<Extract<Scheme, { type: T }>> } = {
  hmac,
  'public-key': publicKey,
  twilio,
  'standard-webhooks': standardWebhooks,
  headers: headerEquality,
  basic,
  'api-key': apiKey,
  'body-field': bodyField,
  mailgun,
  sns,
  paypal,
  jwt,
  challenge,
  none,
};

function codeOf(scheme: Scheme): SchemeCode<Scheme> {
  return SCHEMES[scheme.type] as SchemeCode<Scheme>;
}

/**
 * Judges one request. Pure and total: whatever arrives, the answer is a verdict.
 *
 * @param nowMs epoch milliseconds, against which signed times are judged
 * @param documents certificates and key sets by URL, as asked for by an earlier `needsFetch`
 */
export const verify: Verify = (config, request, nowMs, documents = {}) => {
  const question = answerUnproven(config, request);
  if (question !== undefined) return question;
  if (!config.methods.includes(request.method)) {
    const allowed = config.methods.join(', ');
    return refuse(405, 'method_not_allowed', `This webhook takes ${allowed}, not this method.`, { Allow: allowed });
  }
  const verdict = codeOf(config.scheme).verify(config.scheme, config, request, nowMs, documents);
  if (verdict.type !== 'verified') return verdict;
  return answerProven(config, request, verdict.secretId) ?? verdict;
};

/**
 * The request as the platform would sign it, for samples and tests. The first secret signs.
 *
 * @returns the signed request (URL and body may change with the signature), or why it cannot be signed
 */
export function sign(config: VerifierConfig, draft: Draft, nowMs: number, keys: SigningKeys = {}): Signed {
  return codeOf(config.scheme).sign(config.scheme, config, draft, nowMs, keys);
}

/** What in a configuration can never work, for the moment when it is saved. */
export function checkConfig(config: VerifierConfig): readonly ConfigProblem[] {
  return codeOf(config.scheme).check(config.scheme, config);
}
