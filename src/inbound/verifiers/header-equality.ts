// Headers that must be there with agreed values: Conductor's HEADER_BASED.
// It proves that the sender knows the values, not that the body is theirs.

import type { HeadersScheme } from './config.ts';
import { equalHeaderText } from './encoding.ts';
import { requireHeader } from './request.ts';
import type { ConfigProblem, SchemeCode } from './verifier.ts';
import { refuse, verified } from './verifier.ts';

/** RFC 9110, section 5.1: a header name is a token. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

export const headerEquality: SchemeCode<HeadersScheme> = {
  verify(scheme, _config, request) {
    if (scheme.headers.length === 0) {
      return refuse(401, 'not_configured', 'No header is configured for this webhook, so nothing can be verified.');
    }
    for (const { name, values } of scheme.headers) {
      const received = requireHeader(request, name);
      if (typeof received !== 'string') return received;
      const fits = values.filter((value) => equalHeaderText(received, value)).length > 0;
      if (!fits) return refuse(403, 'wrong_credential', `The header ${name} does not have the agreed value.`);
    }
    return verified('sender', false);
  },
  sign(scheme, _config, draft) {
    const agreed = scheme.headers.map(({ name, values }) => [name, values[0] ?? ''] as const);
    return { ok: true, request: { ...draft, headers: { ...draft.headers, ...Object.fromEntries(agreed) } } };
  },
  check(scheme) {
    if (scheme.headers.length === 0) return [{ at: 'scheme.headers', message: 'At least one header is needed.' }];
    const names = scheme.headers.map(({ name }) => name.toLowerCase());
    return scheme.headers.flatMap(({ name, values }, index): ConfigProblem[] => {
      const at = `scheme.headers.${index}`;
      if (!HEADER_NAME.test(name)) return [{ at, message: `"${name}" is not a header name.` }];
      if (names.indexOf(name.toLowerCase()) !== index) return [{ at, message: `The header ${name} is named twice.` }];
      return values.some((value) => value === '') || values.length === 0
        ? [{ at, message: `The header ${name} needs a value.` }]
        : [];
    });
  },
};
