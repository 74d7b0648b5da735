// No authentication: whoever knows the address may send.

import type { NoneScheme } from './config.ts';
import type { SchemeCode } from './verifier.ts';
import { verified } from './verifier.ts';

export const none: SchemeCode<NoneScheme> = {
  verify: () => verified('nothing', false),
  sign: (_scheme, _config, draft) => ({ ok: true, request: draft }),
  check: () => [],
};
