// The source platforms of the webhook form (contract 2.3 and the older documentation): what each asks for, how it signs, what to do
// over there, and a small sample of our own writing.

import type { WebhookConfig } from '../../../src/http/contract/webhook.ts';
import type { PlatformEntry } from '../../../src/http/contract/webhook-event.ts';

type VerifierName = WebhookConfig['verifier'];

/** Every platform that the server knows: GET /api/webhook-platforms. */
export type PlatformCatalog = readonly (typeof PlatformEntry)['_output'][];

/** How a request is signed. Texts may hold {body} {timestamp} {url} {form} {digest}. */
export interface HmacRecipe {
  readonly type: 'hmac';
  readonly hash: 'SHA-1' | 'SHA-256';
  readonly key: 'text' | 'base64';
  readonly encoding: 'hex' | 'base64';
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestamp?: 'seconds' | 'iso';
}

export type SignRecipe =
  | HmacRecipe
  /** The configured headers themselves. */
  | { readonly type: 'headers' }
  /** The server signs its own sample; this page does not know how. */
  | { readonly type: 'server' }
  /** Only the platform has the private key. */
  | { readonly type: 'publicKey'; readonly headers: readonly string[] };

export interface Ask {
  readonly label: string;
  readonly help: string;
  readonly required: boolean;
}

export interface WebhookPlatform {
  /** `sourcePlatform` as Conductor's form sends it. */
  readonly id: string;
  readonly name: string;
  readonly verifier: VerifierName;
  readonly headerKey?: string;
  readonly method: 'Header' | 'Signature' | 'Challenge';
  /** Goes to `secretValue`, which is never shown again. */
  readonly secret?: Ask;
  /** Goes to `secretKey`, which is no secret: a public key, or a word that both sides know. */
  readonly key?: Ask;
  /** What a platform of the server's catalogue asks for, by name: goes to `fields`. */
  readonly fields?: PlatformCatalog[number]['fields'];
  /** What turns the URL to Verified. */
  readonly verifiedBy: string;
  readonly guide: readonly string[];
  readonly recipe: SignRecipe;
  readonly sample: {
    readonly contentType: string;
    readonly body: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly docs?: string;
}

const JSON_TYPE = 'application/json';
const json = (value: unknown) => ({ contentType: JSON_TYPE, body: JSON.stringify(value) });
const ask = (label: string, help: string, required = true): Ask => ({ label, help, required });
const hub = (headers: Record<string, string>): HmacRecipe => ({
  type: 'hmac',
  hash: 'SHA-256',
  key: 'text',
  encoding: 'hex',
  text: '{body}',
  headers,
});
const SIGNED = 'the first request whose signature is right';

export const WEBHOOK_PLATFORMS: readonly WebhookPlatform[] = [
  {
    id: 'Github',
    name: 'GitHub',
    verifier: 'SIGNATURE_BASED',
    headerKey: 'X-Hub-Signature-256',
    method: 'Signature',
    secret: ask('Secret', 'The text you enter as Secret when you add the webhook at GitHub.'),
    verifiedBy: SIGNED,
    guide: [
      'At GitHub, open the repository or organisation, then Settings, Webhooks, Add webhook.',
      'Paste the URL as Payload URL and choose application/json as content type.',
      'Enter the same secret there as here.',
      'Choose the events and save. GitHub sends a ping at once: it verifies the URL.',
    ],
    recipe: hub({ 'X-Hub-Signature-256': 'sha256={digest}' }),
    sample: {
      ...json({
        action: 'opened',
        number: 7,
        pull_request: { title: 'Tune the horns' },
        repository: { full_name: 'acme/hall' },
      }),
      headers: { 'X-GitHub-Event': 'pull_request' },
    },
    docs: 'https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries',
  },
  {
    id: 'Slack',
    name: 'Slack',
    verifier: 'SLACK_BASED',
    method: 'Challenge',
    secret: ask(
      'Signing secret',
      'In your Slack app: Basic Information, App Credentials. Without it, requests are accepted unsigned once the URL is verified.',
      false,
    ),
    verifiedBy: 'the challenge that Slack sends when you save the request URL',
    guide: [
      'At api.slack.com/apps, open your app and, under Basic Information, copy the signing secret into this webhook.',
      'Under Features, Event Subscriptions, switch on Enable Events.',
      'Paste the URL as Request URL. Slack sends its challenge and shows Verified; so does this page.',
      'Subscribe to the events you need, save, and reinstall the app to your workspace.',
    ],
    recipe: {
      ...hub({ 'X-Slack-Signature': 'v0={digest}', 'X-Slack-Request-Timestamp': '{timestamp}' }),
      text: 'v0:{timestamp}:{body}',
      timestamp: 'seconds',
    },
    sample: json({
      type: 'event_callback',
      event_id: 'Ev01',
      event: { type: 'message', channel: 'C01', text: 'hello' },
    }),
    docs: 'https://docs.slack.dev/authentication/verifying-requests-from-slack',
  },
  {
    id: 'Stripe',
    name: 'Stripe',
    verifier: 'STRIPE',
    headerKey: 'Stripe-Signature',
    method: 'Signature',
    secret: ask('Endpoint secret', 'Begins with whsec_. Stripe shows it on the page of the endpoint.'),
    verifiedBy: SIGNED,
    guide: [
      'In the Stripe dashboard, open Developers, Webhooks, and add an endpoint.',
      'Paste the URL and choose the events.',
      'Reveal the signing secret of the endpoint and enter it here.',
      'Send a test event from there: it verifies the URL.',
    ],
    recipe: {
      ...hub({ 'Stripe-Signature': 't={timestamp},v1={digest}' }),
      text: '{timestamp}.{body}',
      timestamp: 'seconds',
    },
    sample: json({ id: 'evt_1', type: 'payment_intent.succeeded', data: { object: { id: 'pi_1', amount: 4200 } } }),
    docs: 'https://docs.stripe.com/webhooks/signatures',
  },
  {
    id: 'Microsoft Teams',
    name: 'Microsoft Teams',
    verifier: 'HMAC_BASED',
    headerKey: 'Authorization',
    method: 'Signature',
    secret: ask('Security token', 'The base64 text that Teams shows once, when the outgoing webhook is created.'),
    verifiedBy: SIGNED,
    guide: [
      'In Teams, open the team, then Manage team, Apps, Create an outgoing webhook.',
      'Give it a name and paste the URL as Callback URL.',
      'Teams shows a security token once: enter it here.',
      'Mention the webhook by its name in a channel: the message verifies the URL.',
    ],
    recipe: { ...hub({ Authorization: 'HMAC {digest}' }), key: 'base64', encoding: 'base64' },
    sample: json({ type: 'message', id: '1', text: '<at>fermata</at> go', from: { name: 'Clara' } }),
  },
  {
    id: 'SendGrid',
    name: 'SendGrid',
    verifier: 'SENDGRID',
    method: 'Signature',
    key: ask('Verification key', 'The public key that SendGrid shows under Signed Event Webhook.'),
    verifiedBy: SIGNED,
    guide: [
      'In SendGrid, open Settings, Mail Settings, Event Webhooks, and create one.',
      'Paste the URL as Post URL and choose the events.',
      'Switch on Signed Event Webhook and copy the verification key to here.',
      'Press Test your integration: the event verifies the URL.',
    ],
    recipe: {
      type: 'publicKey',
      headers: ['X-Twilio-Email-Event-Webhook-Signature', 'X-Twilio-Email-Event-Webhook-Timestamp'],
    },
    sample: json([{ email: 'clara@example.com', event: 'delivered', sg_event_id: 'a1', timestamp: 1764000000 }]),
  },
  {
    id: 'Custom',
    name: 'Custom',
    verifier: 'HEADER_BASED',
    method: 'Header',
    verifiedBy: 'the first request that carries all headers with their values',
    guide: [
      'Choose a header name and a long random value, and enter both here.',
      'Let your system send that header with every request to the URL.',
      'Send one request: it verifies the URL.',
    ],
    recipe: { type: 'headers' },
    sample: json({ event: { type: 'message', text: 'hello' } }),
  },
  {
    id: 'Twilio',
    name: 'Twilio',
    verifier: 'SIGNATURE_BASED',
    headerKey: 'X-Twilio-Signature',
    method: 'Signature',
    secret: ask('Auth token', 'On the first page of the Twilio console, under Account Info.'),
    verifiedBy: SIGNED,
    guide: [
      'Copy the auth token from the Twilio console to here.',
      'Open the phone number or messaging service that should call, and paste the URL as its webhook (HTTP POST).',
      'The URL must be exactly the public one: Twilio signs it.',
      'Send a message to the number: it verifies the URL.',
    ],
    recipe: {
      type: 'hmac',
      hash: 'SHA-1',
      key: 'text',
      encoding: 'base64',
      text: '{url}{form}',
      headers: { 'X-Twilio-Signature': '{digest}' },
    },
    sample: { contentType: 'application/x-www-form-urlencoded', body: 'From=%2B15550100&Body=hello&MessageSid=SM01' },
  },
  {
    id: 'PagerDuty',
    name: 'PagerDuty',
    verifier: 'SIGNATURE_BASED',
    headerKey: 'X-PagerDuty-Signature',
    method: 'Signature',
    secret: ask('Secret', 'Shown once, when the webhook subscription is created.'),
    verifiedBy: SIGNED,
    guide: [
      'In PagerDuty, open Integrations, Generic Webhooks (v3), New Webhook.',
      'Paste the URL as Webhook URL, choose the scope and the events.',
      'PagerDuty shows the signing secret once: enter it here.',
      'Press Send Test Event: it verifies the URL.',
    ],
    recipe: hub({ 'X-PagerDuty-Signature': 'v1={digest}' }),
    sample: json({ event: { id: '01', event_type: 'incident.triggered', data: { title: 'The organ is silent' } } }),
  },
  {
    id: 'Zendesk',
    name: 'Zendesk',
    verifier: 'SIGNATURE_BASED',
    headerKey: 'X-Zendesk-Webhook-Signature',
    method: 'Signature',
    secret: ask('Signing secret', 'In the Zendesk admin centre, on the page of the webhook: Reveal secret.'),
    verifiedBy: SIGNED,
    guide: [
      'In the admin centre, open Apps and integrations, Webhooks, Create webhook.',
      'Paste the URL as Endpoint URL, with method POST and format JSON.',
      'Reveal the signing secret and enter it here.',
      'Press Test webhook: it verifies the URL.',
    ],
    recipe: {
      ...hub({ 'X-Zendesk-Webhook-Signature': '{digest}', 'X-Zendesk-Webhook-Signature-Timestamp': '{timestamp}' }),
      encoding: 'base64',
      text: '{timestamp}{body}',
      timestamp: 'iso',
    },
    sample: json({ type: 'ticket.created', detail: { id: '35436', subject: 'No sound' } }),
  },
  {
    id: 'Twitter',
    name: 'X (Twitter)',
    verifier: 'TWITTER',
    headerKey: 'x-twitter-webhooks-signature',
    method: 'Signature',
    secret: ask('Consumer secret', 'The API key secret of your app in the developer portal.'),
    verifiedBy: 'the CRC check, or the first request whose signature is right',
    guide: [
      'In the developer portal, copy the consumer secret of your app to here and save.',
      'Register the URL as a webhook through the Account Activity API.',
      'X calls the URL with a crc_token; the right answer verifies the URL.',
      'Subscribe the accounts whose events you need.',
    ],
    recipe: { ...hub({ 'x-twitter-webhooks-signature': 'sha256={digest}' }), encoding: 'base64' },
    sample: json({ for_user_id: '1', tweet_create_events: [{ id_str: '10', text: 'hello' }] }),
  },
  {
    id: 'Facebook',
    name: 'Facebook',
    verifier: 'SIGNATURE_BASED',
    headerKey: 'X-Hub-Signature-256',
    method: 'Challenge',
    secret: ask('App secret', 'In the app dashboard: Settings, Basic, App secret.'),
    key: ask('Verify token', 'A word of your choice. Enter the same there, beside the callback URL.'),
    verifiedBy: 'the challenge that Facebook sends when you save the callback URL',
    guide: [
      'In the app dashboard, copy the app secret to here, invent a verify token, and save.',
      'Add the product Webhooks and paste the URL as Callback URL.',
      'Enter the verify token and press Verify and save.',
      'Subscribe to the fields you need.',
    ],
    recipe: hub({ 'X-Hub-Signature-256': 'sha256={digest}' }),
    sample: json({ object: 'page', entry: [{ id: '1', time: 1764000000, changes: [{ field: 'feed' }] }] }),
  },
];

export const CUSTOM = WEBHOOK_PLATFORMS.find(({ id }) => id === 'Custom') as WebhookPlatform;

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Those of the documentation, then all others of the server's catalogue. */
export function allPlatforms(catalog: PlatformCatalog): readonly WebhookPlatform[] {
  const known = new Set(WEBHOOK_PLATFORMS.flatMap(({ id, name }) => [plain(id), plain(name)]));
  const more = catalog
    .filter(({ id, name, aliases }) => ![id, name, ...aliases].some((one) => known.has(plain(one))))
    .map(
      (entry): WebhookPlatform => ({
        id: entry.id,
        name: entry.name,
        verifier: 'PLATFORM',
        method: 'Signature',
        fields: entry.fields,
        verifiedBy: 'the first request that is proven',
        guide: entry.guide,
        recipe: { type: 'server' },
        sample: {
          contentType: entry.sample.headers['Content-Type'] ?? JSON_TYPE,
          body: entry.sample.body,
          headers: entry.sample.headers,
        },
        ...(entry.docs === undefined ? {} : { docs: entry.docs }),
      }),
    );
  return [...WEBHOOK_PLATFORMS, ...more];
}

/** The platform of a stored webhook: by its name in any spelling, else by a verifier that only one platform has. */
export function platformOf(
  config: { sourcePlatform?: string | undefined; verifier?: string | undefined },
  platforms: readonly WebhookPlatform[] = WEBHOOK_PLATFORMS,
): WebhookPlatform | undefined {
  const name = plain(config.sourcePlatform ?? '');
  const byName = platforms.find((p) => plain(p.id) === name || plain(p.name) === name);
  if (byName) return byName;
  const byVerifier = WEBHOOK_PLATFORMS.filter(({ verifier }) => verifier === config.verifier);
  return byVerifier.length === 1 ? byVerifier[0] : undefined;
}
