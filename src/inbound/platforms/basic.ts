// HTTP Basic authentication with a user name and one or more passwords. RFC 7617.

import { anySender, jsonSample, type Platform, secretField, valueField } from './platform.ts';

export const basic: Platform = {
  id: 'basic',
  name: 'Basic Auth',
  aliases: ['basicauth', 'httpbasic'],
  scheme: { type: 'basic' },
  fields: [
    valueField('username', 'User name', 'Any name without a colon; the sender must use the same.'),
    secretField('password', 'Password', 'A long random text; the sender must use the same.'),
  ],
  ...anySender,
  sample: jsonSample({ event: 'curtain.up', hall: 'main' }),
  guide: [
    'Choose a user name and a long password, and enter both here.',
    'Let the sender use them as HTTP Basic credentials; many take them in the URL, as https://user:password@host/…',
    'Send one request: it is accepted when both fit, and asked again with 401 when they are missing.',
  ],
  caution: 'A password proves the sender, not the body. Use https only.',
};
