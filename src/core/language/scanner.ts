// A cursor over a short text, shared by the small grammars of the core (paths, conditions, patterns).
// A refusal is kept as a value, the first one only, and moves the cursor to the end: every reader then ends by itself.

/** Why a text was refused, and the offset (UTF-16 units, from 0) where that became clear. */
export interface Refused {
  readonly ok: false;
  readonly reason: string;
  readonly at: number;
}

export interface Scanner {
  readonly text: string;
  at: number;
  refused: Refused | undefined;
}

export const scannerOf = (text: string): Scanner => ({ text, at: 0, refused: undefined });

export function refuse(scanner: Scanner, reason: string, at: number = scanner.at): void {
  scanner.refused ??= { ok: false, reason, at };
  scanner.at = scanner.text.length;
}

/** The character at the cursor, or '' at the end. */
export const peek = (scanner: Scanner, ahead = 0): string => scanner.text.charAt(scanner.at + ahead);

export const atEnd = (scanner: Scanner): boolean => scanner.at >= scanner.text.length;

/** Whitespace of JSON (RFC 8259, section 2). */
export const isSpace = (char: string): boolean => char === ' ' || char === '\t' || char === '\n' || char === '\r';

export function skipSpace(scanner: Scanner): void {
  while (isSpace(peek(scanner))) scanner.at += 1;
}

/** Steps over `token` if it stands at the cursor. */
export function eat(scanner: Scanner, token: string): boolean {
  if (!scanner.text.startsWith(token, scanner.at)) return false;
  scanner.at += token.length;
  return true;
}

/** Steps over `token`, which must stand at the cursor. */
export function expect(scanner: Scanner, token: string): void {
  if (!eat(scanner, token)) refuse(scanner, `expected ${token}`);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['/', '/'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
]);

export const atQuote = (scanner: Scanner): boolean => peek(scanner) === "'" || peek(scanner) === '"';

/** A text in single or double quotes with the escapes of RFC 9535, section 2.3.1; the cursor stands on the quote. */
export function readQuoted(scanner: Scanner): string {
  const start = scanner.at;
  const quote = peek(scanner);
  scanner.at += 1;
  let out = '';
  while (!atEnd(scanner)) {
    const char = peek(scanner);
    scanner.at += 1;
    if (char === quote) return out;
    out += char === '\\' ? readEscape(scanner) : char;
  }
  refuse(scanner, 'a quote is not closed', start);
  return out;
}

function readEscape(scanner: Scanner): string {
  const char = peek(scanner);
  if (char === 'u') {
    const hex = scanner.text.slice(scanner.at + 1, scanner.at + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) refuse(scanner, '\\u needs four hexadecimal digits');
    scanner.at += 5;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }
  const plain = ESCAPES.get(char);
  if (plain === undefined) {
    refuse(scanner, `\\${char} is not an escape`);
    return '';
  }
  scanner.at += 1;
  return plain;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** A number as JSON writes it, or undefined (without a refusal) when none stands at the cursor. */
export function readNumber(scanner: Scanner): number | undefined {
  NUMBER.lastIndex = scanner.at;
  const found = NUMBER.exec(scanner.text);
  if (!found) return undefined;
  scanner.at += found[0].length;
  return Number(found[0]);
}

const WORD = /[A-Za-z]+/y;

/** The letters at the cursor, without stepping over them; '' when there are none. */
export function peekWord(scanner: Scanner): string {
  WORD.lastIndex = scanner.at;
  return WORD.exec(scanner.text)?.[0] ?? '';
}
