// An API key in a header or query parameter of your choice.

import { anySender, jsonSample, type Platform, schemeField, secretField } from './platform.ts';

export const apiKey: Platform = {
  id: 'api-key',
  name: 'API Key',
  aliases: ['apikey', 'apikeyauth'],
  scheme: { type: 'api-key', places: [{ in: 'header', name: 'X-API-Key', prefix: '' }] },
  fields: [
    secretField('key', 'API key', 'A long random text; the sender must send the same.'),
    schemeField('name', 'places.0.name', 'Name', 'Name of the header or query parameter that holds the key.', {
      initial: 'X-API-Key',
    }),
    schemeField('in', 'places.0.in', 'Place', 'Where the key stands. Query strings tend to end up in logs.', {
      kind: 'choice',
      options: ['header', 'query'],
      initial: 'header',
    }),
    schemeField(
      'prefix',
      'places.0.prefix',
      'Prefix',
      'What stands before the key, with its blank: "Bearer " for a bearer token.',
      {
        initial: '',
      },
    ),
  ],
  ...anySender,
  sample: jsonSample({ event: 'ticket.sold', seat: 'C12' }),
  guide: [
    'Choose a long random key and the name of the header that carries it.',
    'Let the sender set that header on every request to the URL of this webhook.',
    'To change the key, add the new one first: both are accepted until you remove the old one.',
  ],
  caution: 'A key proves the sender, not the body. Use https only.',
};
