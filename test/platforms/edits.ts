// Single changes to a signed request: a header, the body, the time, the signature.

import { jsonBody } from '../../src/inbound/verifiers/request.ts';
import { arrived, type Draft, type RawRequest } from '../../src/inbound/verifiers/verifier.ts';
import { NOW_MS, type Sender, signedSample } from './senders.ts';

export interface Tampered {
  readonly name: string;
  readonly request: RawRequest;
  readonly nowMs?: number;
}

export type Edit = (draft: Draft) => Draft;

export const text = (draft: Draft) => Buffer.from(draft.body).toString('utf8');
export const withBody =
  (body: string | Uint8Array): Edit =>
  (draft) => ({ ...draft, body: Buffer.from(body as string) });
export const withMethod =
  (method: string): Edit =>
  (draft) => ({ ...draft, method });

export function withHeader(name: string, edit: (value: string) => string | undefined): Edit {
  return (draft) => {
    const headers = { ...draft.headers };
    const key = Object.keys(headers).find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
    const value = edit(headers[key] ?? '');
    delete headers[key];
    return { ...draft, headers: value === undefined ? headers : { ...headers, [key]: value } };
  };
}

export function withJson(edit: (body: Record<string, unknown>) => unknown): Edit {
  return (draft) => {
    const body = structuredClone(jsonBody(arrived(draft))?.value) as Record<string, unknown>;
    return { ...draft, body: Buffer.from(JSON.stringify(edit(body))) };
  };
}

export function changed(value: string, index: number): string {
  const old = value[index] ?? '';
  const other = old === 'A' || old === 'a' || old === '0' ? (old === '0' ? '1' : 'B') : old === 'b' ? '0' : 'a';
  return value.slice(0, index) + (/[0-9a-f]/.test(old) ? (old === '0' ? '1' : '0') : other) + value.slice(index + 1);
}

/** The same header twice: which of the two counts must not be a question. */
export function twice(draft: Draft, name: string): RawRequest {
  const request = arrived(draft);
  const values = request.headers[name.toLowerCase()] ?? [];
  return { ...request, headers: { ...request.headers, [name.toLowerCase()]: [...values, ...values] } };
}

export const COMMON_BODY_EDITS: readonly (readonly [string, Edit])[] = [
  ['a blank after the body', (draft) => withBody(`${text(draft)} `)(draft)],
  ['a line break after the body', (draft) => withBody(`${text(draft)}\n`)(draft)],
  ['one byte of the body flipped', (draft) => withBody(flipped(draft.body))(draft)],
  ['the last byte of the body lost', (draft) => withBody(draft.body.subarray(0, -1))(draft)],
  ['an empty body', withBody('')],
  ['a byte order mark before the body', (draft) => withBody(`\ufeff${text(draft)}`)(draft)],
  ['another body', withBody('{"amount":1000000}')],
];

function flipped(body: Uint8Array): Uint8Array {
  const copy = Buffer.from(body);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
}

export function reserialised(draft: Draft): Draft {
  const value = jsonBody(arrived(draft))?.value;
  const indent = text(draft).includes('\n') ? 0 : 2;
  return { ...draft, body: Buffer.from(JSON.stringify(value, null, indent)) };
}

/** Edits of a signature header, for one whose digest is in base64 or hex at the end of the value. */
export function signatureEdits(header: string, encoding: string): readonly (readonly [string, Edit])[] {
  const edits: (readonly [string, Edit])[] = [
    ['no signature', withHeader(header, () => undefined)],
    ['an empty signature', withHeader(header, () => '')],
    ['a digit of the signature changed', withHeader(header, (value) => changed(value, value.length - 10))],
    ['a truncated signature', withHeader(header, (value) => value.slice(0, -4))],
    ['junk after the signature', withHeader(header, (value) => `${value}AAAA`)],
    ['a blank inside the signature', withHeader(header, (value) => `${value.slice(0, -6)} ${value.slice(-6)}`)],
    ['a word for a signature', withHeader(header, () => 'undefined')],
    ['a prototype for a signature', withHeader(header, () => '__proto__')],
  ];
  if (encoding === 'hex')
    edits.push(['the signature in upper case', withHeader(header, (value) => value.toUpperCase())]);
  else
    edits.push([
      'the signature in another alphabet',
      withHeader(header, (value) => `${value.slice(0, -6)}_-${value.slice(-4)}`),
    ]);
  return edits;
}

export function timeEdits(header: string): readonly (readonly [string, Edit])[] {
  return [
    ['no time', withHeader(header, () => undefined)],
    ['letters after the time', withHeader(header, (value) => `${value}abc`)],
    [
      'a time one second later',
      withHeader(header, (value) => value.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10))),
    ],
    ['a word for a time', withHeader(header, () => 'now')],
    ['a negative time', withHeader(header, (value) => `-${value}`)],
    ['a time in exponent form', withHeader(header, () => '1.7e9')],
    [
      'the first digit of the body moved to the time',
      (draft) => withBody(text(draft).slice(1))(withHeader(header, (value) => value + text(draft)[0])(draft)),
    ],
    ['the last digit of the time moved to the body', (draft) => movedToBody(draft, header)],
  ];
}

function movedToBody(draft: Draft, header: string): Draft {
  const key = Object.keys(draft.headers).find((name) => name.toLowerCase() === header.toLowerCase()) ?? '';
  const value = draft.headers[key] ?? '';
  return withBody(value.slice(-1) + text(draft))({
    ...draft,
    headers: { ...draft.headers, [key]: value.slice(0, -1) },
  });
}

/** The request as a sender with another secret would send it. */
export function byAnotherKey(sender: Sender): Draft {
  const secrets = [{ id: 'other', value: Buffer.from('another secret of another webhook').toString('base64') }];
  return signedSample({ ...sender, config: { ...sender.config, secrets } });
}

export function apply(draft: Draft, edits: readonly (readonly [string, Edit])[]): readonly Tampered[] {
  return edits.map(([name, edit]) => ({ name, request: arrived(edit(draft)) }));
}

export function aging(draft: Draft, toleranceSeconds: number): readonly Tampered[] {
  return [
    { name: 'a second too old', request: arrived(draft), nowMs: NOW_MS + (toleranceSeconds + 1) * 1000 },
    { name: 'a second too far in the future', request: arrived(draft), nowMs: NOW_MS - (toleranceSeconds + 1) * 1000 },
  ];
}
