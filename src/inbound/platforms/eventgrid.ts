// Azure Event Grid with a secret in the query of the URL, in its own schema or as CloudEvents.
// Source: Microsoft docs, "Endpoint validation with Event Grid event schema" and "Authenticate event delivery".

import type { Handshake, Identity } from '../verifiers/config.ts';
import { type Platform, schemeField, secretField } from './platform.ts';

/** Validation by event, or by OPTIONS where the subscription uses CloudEvents. */
export const EVENT_GRID_HANDSHAKES: readonly Handshake[] = [{ type: 'cloudevents-options' }, { type: 'event-grid' }];

export const EVENT_GRID_IDENTITY: Identity = {
  dedupe: [
    [{ body: 'topic' }, { body: 'id' }],
    [{ body: 'source' }, { body: 'id' }],
  ],
  eventType: [[{ body: 'eventType' }], [{ body: 'type' }]],
  idSigned: false,
};

export const EVENT_GRID_SAMPLE = {
  method: 'POST',
  headers: {
    'Content-Type': 'application/json; charset=utf-8',
    'aeg-event-type': 'Notification',
    'aeg-subscription-name': 'FERMATA',
    'aeg-delivery-count': '0',
  },
  body: JSON.stringify([
    {
      id: '831e1650-0000-4000-8000-000000000001',
      topic: '/subscriptions/0000/resourceGroups/acme/providers/Microsoft.Storage/storageAccounts/scores',
      subject: '/blobServices/default/containers/in/blobs/score.pdf',
      eventType: 'Microsoft.Storage.BlobCreated',
      eventTime: '2026-11-22T10:00:00.0000000Z',
      data: { api: 'PutBlob', contentLength: 524288, url: 'https://scores.blob.core.windows.net/in/score.pdf' },
      dataVersion: '1',
      metadataVersion: '1',
    },
  ]),
} as const;

export const eventgrid: Platform = {
  id: 'eventgrid',
  name: 'Azure Event Grid',
  aliases: ['azureeventgrid', 'eventgridsecret'],
  scheme: { type: 'api-key', places: [{ in: 'query', name: 'code', prefix: '' }] },
  fields: [
    secretField(
      'secret',
      'Secret',
      'A long random text; append it to the URL as ?code=… when you create the subscription.',
    ),
    schemeField('parameter', 'places.0.name', 'Query parameter', 'Name of the query parameter that holds the secret.', {
      initial: 'code',
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
    'Invent a long secret and enter it here.',
    'In the Azure portal, add an event subscription with endpoint type Web Hook.',
    'As endpoint, paste the URL of this webhook followed by ?code= and the secret.',
    'Event Grid asks once whether the address is yours; this server answers by itself.',
  ],
  caution: 'The secret proves the sender, not the body, and stands in the URL. Entra ID is the better choice.',
  docs: 'https://learn.microsoft.com/en-us/azure/event-grid/security-authentication',
};
