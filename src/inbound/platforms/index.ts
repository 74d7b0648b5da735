// The table of contents of platforms, in the order in which they are offered. A new one is a file of facts and a line here.

import { apiKey } from './api-key.ts';
import { basic } from './basic.ts';
import { bitbucket } from './bitbucket.ts';
import { cloudevents } from './cloudevents.ts';
import { custom } from './custom.ts';
import { designer } from './designer.ts';
import { discord } from './discord.ts';
import { docusign } from './docusign.ts';
import { dropbox } from './dropbox.ts';
import { eventgrid } from './eventgrid.ts';
import { eventgridEntra } from './eventgrid-entra.ts';
import { facebook } from './facebook.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { gitlabSigned } from './gitlab-signed.ts';
import { hmac } from './hmac.ts';
import { hubspot } from './hubspot.ts';
import { intercom } from './intercom.ts';
import { jira } from './jira.ts';
import { linear } from './linear.ts';
import { mailgun } from './mailgun.ts';
import { msgraph } from './msgraph.ts';
import { msteams } from './msteams.ts';
import { none } from './none.ts';
import { okta } from './okta.ts';
import { pagerduty } from './pagerduty.ts';
import { paypal } from './paypal.ts';
import type { Platform } from './platform.ts';
import { pubsub } from './pubsub.ts';
import { sendgrid } from './sendgrid.ts';
import { shopify } from './shopify.ts';
import { slack } from './slack.ts';
import { sns } from './sns.ts';
import { square } from './square.ts';
import { standardwebhooks } from './standardwebhooks.ts';
import { stripe } from './stripe.ts';
import { svix } from './svix.ts';
import { twilio } from './twilio.ts';
import { twitter } from './twitter.ts';
import { typeform } from './typeform.ts';
import { zendesk } from './zendesk.ts';
import { zoom } from './zoom.ts';

const SEED_PLATFORMS = [github, slack, twilio, stripe, pagerduty, zendesk, twitter, facebook, sendgrid, msteams];
const GENERIC = [custom, none, basic, apiKey, hmac, standardwebhooks];
const MORE_PLATFORMS = [
  svix,
  shopify,
  gitlab,
  gitlabSigned,
  linear,
  jira,
  bitbucket,
  discord,
  sns,
  square,
  hubspot,
  zoom,
  dropbox,
  intercom,
  typeform,
  docusign,
  mailgun,
  okta,
  pubsub,
  eventgrid,
  eventgridEntra,
  msgraph,
  cloudevents,
  paypal,
  designer,
];

export const PLATFORMS: readonly Platform[] = [...SEED_PLATFORMS, ...GENERIC, ...MORE_PLATFORMS];

const BY_NAME = new Map<string, Platform>(
  PLATFORMS.flatMap((platform) =>
    [platform.id, platform.name, ...platform.aliases].map((name) => [plain(name), platform] as const),
  ),
);

/** By id, display name or another spelling, without regard to case, blanks and punctuation: `Microsoft Teams`, `GITHUB`. */
export function findPlatform(name: string): Platform | undefined {
  return BY_NAME.get(plain(name));
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
