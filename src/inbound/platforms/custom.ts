// Any sender that can set headers: agreed headers with agreed values (Conductor's "Custom").

import { anySender, jsonSample, type Platform } from './platform.ts';

export const custom: Platform = {
  id: 'custom',
  name: 'Custom',
  aliases: ['headerbased'],
  scheme: { type: 'headers', headers: [] },
  fields: [
    {
      name: 'headers',
      label: 'Headers',
      help: 'Every request must carry each of these headers exactly once, with exactly this value.',
      kind: 'headers',
      secret: true,
      required: true,
      to: { type: 'scheme', path: 'headers' },
    },
  ],
  ...anySender,
  sample: jsonSample({ event: 'order.paid', order: { id: 'A1', total: 42 } }),
  guide: [
    'Choose a header name and a long random value, and enter both here.',
    'Let the sender set that header on every request to the URL of this webhook.',
    'Send one request: the URL counts as verified when the first one fits.',
  ],
  caution: 'A shared value proves the sender, not the body. Prefer HMAC where the sender can sign.',
};
