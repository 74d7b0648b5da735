// Microsoft Graph change notifications.
// Source: Microsoft Graph docs, "Receive change notifications through webhooks".

import { type Platform, secretField } from './platform.ts';

export const msgraph: Platform = {
  id: 'msgraph',
  name: 'Microsoft Graph',
  aliases: ['graph', 'microsoftgraph'],
  scheme: { type: 'body-field', items: 'value', field: 'clientState' },
  fields: [
    secretField(
      'clientState',
      'Client state',
      'A long random text of at most 128 characters; set it in the subscription.',
    ),
  ],
  methods: ['POST'],
  handshakes: [{ type: 'echo-query', method: 'POST', parameter: 'validationToken' }],
  identity: {
    dedupe: [[{ body: 'id' }]],
    eventType: [[{ body: 'changeType' }], [{ body: 'lifecycleEvent' }]],
    idSigned: false,
  },
  batch: 'value',
  deadlineMs: 3_000,
  retries: 'for up to 4 h; slow endpoints are throttled',
  acknowledge: { status: 202, headers: {}, body: '' },
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      value: [
        {
          id: 'lsgTZMr9KwAAA',
          subscriptionId: '7f105c7d-0000-4000-8000-000000000001',
          subscriptionExpirationDateTime: '2026-11-23T10:00:00.0000000Z',
          clientState: '',
          changeType: 'created',
          resource: 'users/clara/messages/AAMkAGUwNjQ4',
          tenantId: '84bd8158-0000-4000-8000-000000000001',
          resourceData: { '@odata.type': '#Microsoft.Graph.Message', id: 'AAMkAGUwNjQ4' },
        },
      ],
    }),
  },
  guide: [
    'Invent a long client state and enter it here.',
    'Create a subscription through the Graph API with the URL of this webhook as notificationUrl and that clientState.',
    'Graph asks once with a validation token; this server answers by itself.',
    'Renew the subscription before it expires, for instance with a scheduled workflow.',
  ],
  caution: 'The client state proves the sender, not the body.',
  docs: 'https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks',
};
