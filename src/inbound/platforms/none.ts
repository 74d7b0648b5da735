// No authentication: the address is the only secret.

import { anySender, jsonSample, type Platform } from './platform.ts';

export const none: Platform = {
  id: 'none',
  name: 'No Auth',
  aliases: ['noauth'],
  scheme: { type: 'none' },
  fields: [],
  ...anySender,
  sample: jsonSample({ event: 'doorbell', at: 'stage entrance' }),
  guide: [
    'Give the URL of this webhook to the sender.',
    'Whoever learns it can send events: keep it secret and check what workflows do with the payload.',
    'Choose a credential as soon as the sender supports one; observe mode shows first whether it would fit.',
  ],
  caution: 'Nothing is proven about these events.',
};
