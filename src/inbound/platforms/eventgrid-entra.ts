// Azure Event Grid with a Microsoft Entra token.
// Source: Microsoft docs, "Deliver events to Microsoft Entra protected endpoints".

import { EVENT_GRID_HANDSHAKES, EVENT_GRID_IDENTITY, EVENT_GRID_SAMPLE } from './eventgrid.ts';
import { type Platform, valueField } from './platform.ts';

/** Application id of Event Grid in the public cloud, as Microsoft's scripts name it. National clouds have others. */
const EVENT_GRID_APP_ID = '4962773b-9cdb-44cf-a8bf-237846a00ab7';

export const eventgridEntra: Platform = {
  id: 'eventgrid-entra',
  name: 'Azure Event Grid (Entra ID)',
  aliases: ['azureeventgridentra', 'eventgridaad'],
  scheme: {
    type: 'jwt',
    algorithm: 'RS256',
    jwksUrl: 'https://login.microsoftonline.com/{tenantId}/discovery/v2.0/keys',
    issuers: ['https://login.microsoftonline.com/{tenantId}/v2.0', 'https://sts.windows.net/{tenantId}/'],
    audience: '{audience}',
    // Tokens of version 1 say appid, those of version 2 say azp.
    claims: [{ names: ['azp', 'appid'], equals: '{senderAppId}' }],
    leewaySeconds: 60,
  },
  fields: [
    valueField('tenantId', 'Tenant ID', 'Of the directory that holds the app registration.'),
    valueField(
      'audience',
      'Audience',
      'Application ID or Application ID URI of the app registration for this webhook.',
    ),
    valueField('senderAppId', 'Sender application ID', 'Event Grid itself, or the managed identity that delivers.', {
      required: false,
      initial: EVENT_GRID_APP_ID,
    }),
  ],
  methods: ['POST'],
  handshakes: EVENT_GRID_HANDSHAKES,
  identity: EVENT_GRID_IDENTITY,
  batch: '',
  format: 'cloudevents',
  deadlineMs: 30_000,
  retries: 'for 24 h by default; 400, 401, 403, 404 and 413 only rarely or never',
  sample: EVENT_GRID_SAMPLE,
  guide: [
    'Register an application for this webhook in Entra ID; enter its tenant and its application ID (URI) here.',
    'Give it the role AzureEventGridSecureWebhookSubscriber and assign it to Event Grid and to yourself.',
    'Create the event subscription with endpoint type Web Hook and the URL of this webhook.',
    'Under Additional features, switch on Entra authentication with the same tenant and application.',
  ],
  caution: 'The token proves the sender, not the body.',
  docs: 'https://learn.microsoft.com/en-us/azure/event-grid/secure-webhook-delivery',
};
