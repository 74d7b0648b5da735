// Text that every database takes: PostgreSQL has no NUL in text, and neither database has half surrogate pairs.
// Such characters are written with an escape, so that nothing is lost and equal stays equal.

const ESCAPE = '\u001b';
const NEEDS_ESCAPE = /[\u0000\u001b]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ESCAPED = /\u001b(?:u([0-9a-f]{4}))/g;

/** Text as stored. Costs a scan (0.2 us for 2 KB), and a copy only where there is something to escape. */
export function toStored(text: string): string {
  if (!text.includes('\u0000') && !text.includes(ESCAPE) && text.isWellFormed()) return text;
  return text.replace(NEEDS_ESCAPE, (char) => `${ESCAPE}u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The inverse of `toStored`. */
export function fromStored(text: string): string {
  if (!text.includes(ESCAPE)) return text;
  return text.replace(ESCAPED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

export const toStoredOrNull = (text: string | undefined): string | null => (text === undefined ? null : toStored(text));
export const fromStoredOrNothing = (cell: unknown): string | undefined =>
  typeof cell === 'string' ? fromStored(cell) : undefined;

const ASCII_END = 0x80;

/** Text as PostgreSQL's `encode(bytes, 'escape')` spells it. */
export const octalText = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => {
    if (byte >= ASCII_END || byte === 0) return `\\${byte.toString(8).padStart(3, '0')}`;
    return byte === 0x5c ? '\\\\' : String.fromCharCode(byte);
  }).join('');

export const bytesText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
