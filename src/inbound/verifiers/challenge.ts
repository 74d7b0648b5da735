// Orkes' challenge verifier (SLACK_BASED without a signing secret): before the first challenge nothing else is accepted,
// afterwards everything is. It authenticates nobody, which is why a signing secret is always the better choice.

import type { ChallengeScheme } from './config.ts';
import { plainText } from './handshake.ts';
import { jsonBody, textAt } from './request.ts';
import type { SchemeCode } from './verifier.ts';
import { refuse, verified } from './verifier.ts';

export const challenge: SchemeCode<ChallengeScheme> = {
  verify(scheme, config, request) {
    const question = textAt(jsonBody(request)?.value, scheme.field);
    if (question !== undefined) return plainText(question, false);
    if (config.urlVerified === true) return verified('nothing', false);
    return refuse(
      403,
      'url_not_verified',
      `No challenge was answered yet, so events are refused. Enter the URL at the sender, which then asks with a body that has the field ${scheme.field}.`,
    );
  },
  sign: (_scheme, _config, draft) => ({ ok: true, request: draft }),
  check: () => [],
};
