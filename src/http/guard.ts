// Who may call a route: reads the credential, and without a key lets only this machine's own programs and pages in.

import type { IncomingHttpHeaders } from 'node:http';
import type { Gate } from '../access/gate.ts';
import type { Principal } from '../access/need.ts';
import type { Problem } from './answer.ts';
import { problem } from './answer.ts';
import type { RouteNeed } from './route.ts';

export type Guard = (need: RouteNeed, method: string, headers: IncomingHttpHeaders) => Principal | Problem;

const NOBODY: Principal = { name: 'nobody', may: new Set() };
const BEARER = /^bearer +/i;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;

/** `publicUrl`: the address under which this server knows itself to be called as well. */
export function createGuard(gate: Gate, publicUrl: () => string): Guard {
  return (need, method, headers) => {
    if (need === 'open') return NOBODY;
    const trouble = gate.open ? foreignPage(method, headers, publicUrl()) : undefined;
    if (trouble) return problem(403, trouble);
    const credential = credentialOf(headers);
    const principal = gate.recognise(credential);
    if (!principal)
      return {
        ...problem(
          401,
          'this call needs the key of the installation: send it as X-Authorization or Authorization: Bearer',
        ),
        // Conductor's clients fetch a new token for this word and try again; for a bare 401 they give up.
        ...(credential !== undefined && { error: 'INVALID_TOKEN' }),
        headers: { 'WWW-Authenticate': 'Bearer' },
      };
    return principal.may.has(need) ? principal : problem(403, `this call needs the right to ${need}`);
  };
}

/** Conductor's clients send X-Authorization, others a bearer token or an API key header. */
function credentialOf(headers: IncomingHttpHeaders): string | undefined {
  const { authorization, 'x-authorization': conductor, 'x-api-key': key } = headers;
  const text = conductor ?? key ?? authorization;
  return typeof text === 'string' ? text.replace(BEARER, '') : undefined;
}

/**
 * Without a key, whoever can reach the server may do all. A web page of somebody else must not count as such: neither
 * through a name that suddenly means this machine (DNS rebinding: `Host`), nor by posting a form here (`Origin`).
 */
function foreignPage(method: string, headers: IncomingHttpHeaders, publicUrl: string): string | undefined {
  const own = (name: string): boolean => LOOPBACK.test(name) || name === hostOf(publicUrl);
  const host = hostOf(`http://${headers.host ?? ''}`);
  if (host === undefined || !own(host))
    return 'without FERMATA_API_KEY this server answers only to calls for this machine; set a key, or PUBLIC_URL if it is known under this name';
  const { origin } = headers;
  if (origin === undefined || method === 'GET' || method === 'HEAD') return undefined;
  const from = hostOf(origin);
  return from !== undefined && own(from) ? undefined : 'a page of another site may not change anything here';
}

const hostOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).hostname : undefined);
