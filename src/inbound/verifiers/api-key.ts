// A shared value in a header or in the query: API keys, GitLab's token, Okta's header, CloudEvents' access token.
// It proves that the sender knows the value, not that the body is theirs. Query strings tend to end up in logs.

import type { ApiKeyScheme } from './config.ts';
import { equalHeaderText } from './encoding.ts';
import { HEADER_NAME } from './header-equality.ts';
import { keyProblems } from './hmac.ts';
import { headerValues, queryValues } from './request.ts';
import type { Draft, RawRequest, SchemeCode } from './verifier.ts';
import { noSecret, refuse, verified } from './verifier.ts';

type Place = ApiKeyScheme['places'][number];

export const apiKey: SchemeCode<ApiKeyScheme> = {
  verify(scheme, config, request) {
    const filled = scheme.places.map((place) => ({ place, values: valuesAt(place, request) }));
    const given = filled.filter(({ values }) => values.length > 0);
    if (given.length === 0) {
      const names = scheme.places.map(describe).join(' or ');
      return refuse(401, 'missing_credential', `The shared value is missing: it is expected in ${names}.`);
    }
    const repeated = given.find(({ values }) => values.length > 1);
    if (repeated !== undefined) {
      return refuse(
        400,
        'repeated_header',
        `There are several values in ${describe(repeated.place)}; one is accepted.`,
      );
    }
    if (config.secrets.every((secret) => secret.value === '')) return noSecret();
    // With two places filled, both must be right: a wrong one is never covered by a right one.
    const fits = (secret: string) => given.every(({ place, values }) => holds(place, values[0] ?? '', secret));
    const fitting = config.secrets.find((secret) => secret.value !== '' && fits(secret.value));
    if (fitting !== undefined) return verified('sender', false, fitting.id);
    const names = given.map(({ place }) => describe(place)).join(' and ');
    return refuse(403, 'wrong_credential', `The value in ${names} is not the agreed one.`);
  },
  sign(scheme, config, draft) {
    const place = scheme.places[0];
    const secret = config.secrets[0]?.value ?? '';
    if (place === undefined) return { ok: false, reason: 'No place is configured for the shared value.' };
    return {
      ok: true,
      request: place.in === 'header' ? inHeader(draft, place, secret) : inQuery(draft, place, secret),
    };
  },
  check(scheme, config) {
    const bad = scheme.places.findIndex(({ in: where, name }) =>
      where === 'header' ? !HEADER_NAME.test(name) : name === '',
    );
    const names = bad < 0 ? [] : [{ at: `scheme.places.${bad}.name`, message: 'A valid name is needed here.' }];
    return [...names, ...keyProblems(config, 'text')];
  },
};

function valuesAt(place: Place, request: RawRequest): readonly string[] {
  return place.in === 'header' ? headerValues(request, place.name) : queryValues(request, place.name);
}

function describe(place: Place): string {
  return place.in === 'header' ? `the header ${place.name}` : `the query parameter ${place.name}`;
}

function holds(place: Place, received: string, secret: string): boolean {
  const prefix = place.prefix ?? '';
  // The name of an authentication scheme is case-insensitive (RFC 9110, section 11.1), the value is not.
  const start = received.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase() ? prefix.length : -1;
  return start >= 0 && equalHeaderText(received.slice(start), secret);
}

function inHeader(draft: Draft, place: Place, secret: string): Draft {
  return { ...draft, headers: { ...draft.headers, [place.name]: `${place.prefix ?? ''}${secret}` } };
}

function inQuery(draft: Draft, place: Place, secret: string): Draft {
  const mark = draft.publicUrl.includes('?') ? '&' : '?';
  const pair = `${encodeURIComponent(place.name)}=${encodeURIComponent(secret)}`;
  return { ...draft, publicUrl: `${draft.publicUrl}${mark}${pair}` };
}
