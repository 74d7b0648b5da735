// Bodies that were sent compressed, with a limit on what they unpack to: a kilobyte can hold a gigabyte.

import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { headerValues } from './verifiers/request.ts';
import type { RawRequest } from './verifiers/verifier.ts';

export type Unpacked =
  | { readonly ok: true; readonly body: Uint8Array; readonly wasPacked: boolean }
  | { readonly ok: false; readonly status: 400 | 413 | 415; readonly reason: string };

/** The same as the limit on what is sent. */
const MAX_UNPACKED_BYTES = 25 * 1024 * 1024;
/** Codings in one another; senders use one. */
const MAX_CODINGS = 3;

type Unpack = (body: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const gunzipAsync = promisify(gunzip) as Unpack;
const inflateAsync = promisify(inflate) as Unpack;
const inflateRawAsync = promisify(inflateRaw) as Unpack;

/** `deflate` means zlib (RFC 9110, 8.4.1.2), but some senders leave its two bytes of header out. */
const UNPACK: Readonly<Record<string, Unpack>> = {
  gzip: gunzipAsync,
  'x-gzip': gunzipAsync,
  deflate: (body, options) => (((body[0] ?? 0) & 0x0f) === 8 ? inflateAsync : inflateRawAsync)(body, options),
  br: promisify(brotliDecompress) as Unpack,
};

/** Codings of a request, in the order in which they were applied; none for a plain body. */
const codingsOf = (request: Pick<RawRequest, 'headers'>): readonly string[] =>
  headerValues(request as RawRequest, 'content-encoding')
    .flatMap((value) => value.split(','))
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');

export async function unpack(
  request: Pick<RawRequest, 'headers' | 'body'>,
  maxBytes = MAX_UNPACKED_BYTES,
): Promise<Unpacked> {
  const codings = codingsOf(request);
  // Nothing is nothing, whatever it is said to be packed with.
  if (codings.length === 0 || request.body.length === 0) return { ok: true, body: request.body, wasPacked: false };
  if (codings.length > MAX_CODINGS) return { ok: false, status: 400, reason: 'the body is compressed too many times' };
  let body = request.body;
  for (const coding of codings.toReversed()) {
    const how = Object.hasOwn(UNPACK, coding) ? UNPACK[coding] : undefined;
    if (!how) return { ok: false, status: 415, reason: 'the body may be compressed with gzip, deflate or br' };
    try {
      body = await how(body, { maxOutputLength: maxBytes });
    } catch (error) {
      const tooLarge = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
      return tooLarge
        ? { ok: false, status: 413, reason: `the body unpacks to more than ${maxBytes} bytes` }
        : { ok: false, status: 400, reason: `the body is not what its Content-Encoding says` };
    }
  }
  return { ok: true, body, wasPacked: true };
}
