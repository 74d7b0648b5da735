// Bodies of several parts (RFC 7578): fields become texts, files are described and cut out again when somebody asks.

import { once } from 'node:events';
import { Busboy } from '@fastify/busboy';
import { headerValues } from './verifiers/request.ts';
import type { RawRequest } from './verifiers/verifier.ts';

/** One part, in the order of the body. */
export interface Part {
  readonly field: string;
  /** Absent: a plain field. */
  readonly file?: { readonly name: string; readonly type: string };
  readonly body: Uint8Array;
}

export type Parts =
  | { readonly ok: true; readonly parts: readonly Part[] }
  | { readonly ok: false; readonly reason: string };

/** Far beyond any form; each part costs memory of its own. */
const MAX_PARTS = 1_000;
const MAX_FIELD_NAME_BYTES = 1_000;
const NAMELESS = 'a part of the body has no name';
const CUT_OFF = 'the body is not what its Content-Type multipart/form-data says, or it was cut off';

export async function readParts(request: Pick<RawRequest, 'headers'>, body: Uint8Array): Promise<Parts> {
  const [contentType = ''] = headerValues(request as RawRequest, 'content-type');
  const parts: { field: string; file?: { name: string; type: string }; chunks: Uint8Array[] }[] = [];
  let problem: string | undefined;
  try {
    const reader = new Busboy({
      headers: { 'content-type': contentType },
      limits: {
        parts: MAX_PARTS,
        fieldNameSize: MAX_FIELD_NAME_BYTES,
        fieldSize: body.length + 1,
        fileSize: body.length + 1,
      },
    });
    // Its types say that a name is always there; it is undefined where the sender gave none.
    const named = (field: string | undefined): string => {
      if (field === undefined) problem ??= NAMELESS;
      return field ?? '';
    };
    reader.on('field', (field, value) => void parts.push({ field: named(field), chunks: [Buffer.from(value)] }));
    reader.on('file', (given, stream, name = '', _encoding, type) => {
      const field = named(given);
      const part = { field, file: { name, type: type || 'application/octet-stream' }, chunks: [] as Uint8Array[] };
      parts.push(part);
      stream.on('data', (chunk: Uint8Array) => void part.chunks.push(chunk));
      // A file that breaks off says so itself; unheard, that would end the process.
      stream.on('error', () => {
        problem ??= CUT_OFF;
      });
    });
    reader.on('partsLimit', () => {
      problem = `the body has more than ${MAX_PARTS} parts`;
    });
    const done = once(reader, 'finish');
    reader.end(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    await done;
  } catch {
    problem ??= CUT_OFF;
  }
  if (problem !== undefined) return { ok: false, reason: problem };
  return { ok: true, parts: parts.map(({ chunks, ...part }) => ({ ...part, body: Buffer.concat(chunks) })) };
}
