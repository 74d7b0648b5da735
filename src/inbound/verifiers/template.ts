// The text that a signature covers, put together from the request by a template such as `v0:{timestamp}:{body}`.
// The body is never turned into text on the way: a MAC is over bytes as they came.

import { requireHeader } from './request.ts';
import type { RawRequest, Refused } from './verifier.ts';
import { refuse } from './verifier.ts';

const TOKENS = ['body', 'timestamp', 'url', 'method', 'path', 'query'] as const;
const HEADER_TOKEN = 'header:';

type Piece = { readonly literal: string } | { readonly token: (typeof TOKENS)[number] } | { readonly header: string };

/** Cuts a template into pieces; the name of the first unknown token when there is one. */
function parseTemplate(template: string): { readonly pieces: readonly Piece[]; readonly unknown?: string } {
  const pieces: Piece[] = [];
  let rest = template;
  while (rest !== '') {
    const open = rest.indexOf('{');
    const close = rest.indexOf('}', open);
    if (open < 0 || close < 0) {
      pieces.push({ literal: rest });
      break;
    }
    if (open > 0) pieces.push({ literal: rest.slice(0, open) });
    const name = rest.slice(open + 1, close);
    const token = TOKENS.find((known) => known === name);
    if (token !== undefined) pieces.push({ token });
    else if (name.startsWith(HEADER_TOKEN)) pieces.push({ header: name.slice(HEADER_TOKEN.length) });
    else return { pieces, unknown: name };
    rest = rest.slice(close + 1);
  }
  return { pieces };
}

/** Why a template cannot be used, or undefined. */
export function templateProblem(template: string): string | undefined {
  if (template === '') return 'The template of the signed text is empty.';
  const { pieces, unknown } = parseTemplate(template);
  if (unknown === undefined)
    return pieces.every((piece) => 'literal' in piece)
      ? 'The template of the signed text holds nothing of the request: one signature would fit them all.'
      : undefined;
  return `The template of the signed text names {${unknown}}; known are ${TOKENS.map((token) => `{${token}}`).join(' ')} {header:Name}.`;
}

/** Whether a template covers the body, or the query. */
export function covers(template: string, what: 'body' | 'query' | 'timestamp'): boolean {
  return template.includes(`{${what}}`) || (what === 'query' && template.includes('{url}'));
}

interface TemplateValues {
  readonly timestamp: string;
  /** Percent escapes to decode in {url}. */
  readonly urlDecodes?: readonly string[];
}

/** The signed text as pieces to be hashed one after the other; refused when it needs a header that is not there once. */
export function renderTemplate(
  template: string,
  request: RawRequest,
  values: TemplateValues,
): readonly (string | Uint8Array)[] | Refused {
  const problem = templateProblem(template);
  if (problem !== undefined) return refuse(401, 'not_configured', problem);
  const rendered: (string | Uint8Array)[] = [];
  for (const piece of parseTemplate(template).pieces) {
    if ('literal' in piece) rendered.push(piece.literal);
    else if ('token' in piece) rendered.push(tokenValue(piece.token, request, values));
    else {
      const value = requireHeader(request, piece.header);
      if (typeof value !== 'string') return value;
      rendered.push(value);
    }
  }
  return rendered;
}

function tokenValue(token: (typeof TOKENS)[number], request: RawRequest, values: TemplateValues): string | Uint8Array {
  switch (token) {
    case 'body':
      return request.body;
    case 'timestamp':
      return values.timestamp;
    case 'url':
      return decodeEscapes(request.publicUrl, values.urlDecodes ?? []);
    case 'method':
      return request.method;
    case 'path':
      return request.url.split('?', 1)[0] ?? '';
    case 'query':
      return request.query;
  }
}

function decodeEscapes(url: string, escapes: readonly string[]): string {
  if (escapes.length === 0) return url;
  const known = new Set(escapes.map((code) => code.toUpperCase()));
  return url.replace(/%[0-9A-Fa-f]{2}/g, (code) =>
    known.has(code.toUpperCase()) ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : code,
  );
}
