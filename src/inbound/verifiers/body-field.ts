// A shared value in every item of the body: Microsoft Graph's clientState.
// It proves that the sender knows the value; the rest of the body is not protected by it.

import type { BodyFieldScheme } from './config.ts';
import { equalText } from './encoding.ts';
import { keyProblems } from './hmac.ts';
import { atPath, jsonBody } from './request.ts';
import type { SchemeCode } from './verifier.ts';
import { arrived, noSecret, refuse, verified } from './verifier.ts';

export const bodyField: SchemeCode<BodyFieldScheme> = {
  verify(scheme, config, request) {
    const items = atPath(jsonBody(request)?.value, scheme.items);
    if (!Array.isArray(items) || items.length === 0) {
      return refuse(400, 'malformed_body', `The body is not JSON with a filled array in ${scheme.items}.`);
    }
    if (config.secrets.every((secret) => secret.value === '')) return noSecret();
    const given = items.map((item) => atPath(item, scheme.field));
    if (given.some((value) => typeof value !== 'string')) {
      return refuse(401, 'missing_credential', `An item of ${scheme.items} has no ${scheme.field}.`);
    }
    const fitting = config.secrets.find(
      ({ value }) => value !== '' && given.every((one) => typeof one === 'string' && equalText(one, value)),
    );
    return fitting === undefined
      ? refuse(403, 'wrong_credential', `The ${scheme.field} of an item is not the agreed one.`)
      : verified('sender', false, fitting.id);
  },
  sign(scheme, config, draft) {
    const body: unknown = jsonBody(arrived(draft))?.value;
    const items = atPath(body, scheme.items);
    if (typeof body !== 'object' || body === null || !Array.isArray(items)) {
      return { ok: false, reason: `The body must be JSON with an array in ${scheme.items}.` };
    }
    const signed = items.map((item: object) => ({ ...item, [scheme.field]: config.secrets[0]?.value ?? '' }));
    return { ok: true, request: { ...draft, body: Buffer.from(JSON.stringify({ ...body, [scheme.items]: signed })) } };
  },
  check: (_scheme, config) => keyProblems(config, 'text'),
};
