// JSON as text: where it is wrong (engines do not tell reliably), its parts for colouring, numbers that do not fit, and paths.

export type JsonPart = 'key' | 'string' | 'number' | 'word' | 'mark';

export interface JsonToken {
  readonly part: JsonPart;
  readonly from: number;
  readonly to: number;
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Length of the string that begins at `at`; 0 when there is none, or when it is broken. */
function stringLength(text: string, at: number): number {
  if (text[at] !== '"') return 0;
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '"') return i + 1 - at;
    if (char < ' ') return 0;
    if (char !== '\\') continue;
    ESCAPE.lastIndex = i;
    const length = ESCAPE.exec(text)?.[0].length ?? 0;
    if (length === 0) return 0;
    i += length - 1;
  }
  return 0;
}

type Expectation = 'value' | 'valueOrEnd' | 'keyOrEnd' | 'key' | 'colon' | 'commaOrEnd' | 'nothing';

/** Reads JSON token by token; stops at the first mistake. One pass, no recursion: depth costs memory, never the stack. */
export function scanJson(text: string): { tokens: JsonToken[]; errorAt: number | undefined } {
  const tokens: JsonToken[] = [];
  const open: ('[' | '{')[] = [];
  let expect: Expectation = 'value';
  let at = 0;
  const take = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0].length ?? 0;
  };
  const push = (part: JsonPart, length: number) => {
    tokens.push({ part, from: at, to: at + length });
    at += length;
  };
  const afterValue = (): Expectation => (open.length === 0 ? 'nothing' : 'commaOrEnd');
  for (;;) {
    at += take(SPACE);
    const char = text[at];
    if (char === undefined) return { tokens, errorAt: expect === 'nothing' ? undefined : at };
    if (expect === 'nothing') return { tokens, errorAt: at };
    const inObject = open.at(-1) === '{';
    if (char === (inObject ? '}' : ']') && open.length > 0 && expect.endsWith('OrEnd')) {
      open.pop();
      push('mark', 1);
      expect = afterValue();
    } else if (expect === 'commaOrEnd') {
      if (char !== ',') return { tokens, errorAt: at };
      push('mark', 1);
      expect = inObject ? 'key' : 'value';
    } else if (expect === 'colon') {
      if (char !== ':') return { tokens, errorAt: at };
      push('mark', 1);
      expect = 'value';
    } else if (expect === 'key' || expect === 'keyOrEnd') {
      const length = stringLength(text, at);
      if (length === 0) return { tokens, errorAt: at };
      push('key', length);
      expect = 'colon';
    } else if (char === '{' || char === '[') {
      open.push(char);
      push('mark', 1);
      expect = char === '{' ? 'keyOrEnd' : 'valueOrEnd';
    } else {
      const [part, length] = scalar(stringLength(text, at), take);
      if (length === 0) return { tokens, errorAt: at };
      push(part, length);
      expect = afterValue();
    }
  }
}

function scalar(string: number, take: (pattern: RegExp) => number): [JsonPart, number] {
  if (string > 0) return ['string', string];
  const number = take(NUMBER);
  return number > 0 ? ['number', number] : ['word', take(WORD)];
}

/** Line and column (from 1) of an offset. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** A run of digits where a number may stand; ids in quotes are not meant, they are exact anyway. */
const LONG_NUMBER = /(?:^|[:[,])\s*-?\d{16}/;

/**
 * JSON.parse that keeps integers beyond 2^53 exactly: they become raw JSON, which JSON.stringify writes back as it was.
 * Only texts that hold such a long run of digits pay for the slower way. Throws SyntaxError like JSON.parse.
 */
export function parseExact(text: string): unknown {
  if (!LONG_NUMBER.test(text) || !('rawJSON' in JSON)) return JSON.parse(text);
  const { rawJSON } = JSON as unknown as { rawJSON: (source: string) => unknown };
  const reviver = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) && context?.source
      ? rawJSON(context.source)
      : value;
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

/** Text of a value for people. Undefined shows as nothing. */
export const prettyJson = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value, null, 2));

/**
 * The beginning of `prettyJson(value)` without writing all of it: at most `limit` characters, and whether that is all. What is beyond
 * is never visited, so the cost is that of `limit`, not that of the value.
 */
export function prettyStart(value: unknown, limit: number): { readonly text: string; readonly whole: boolean } {
  let left = limit;
  const isRaw = (JSON as unknown as { isRawJSON?: (value: unknown) => boolean }).isRawJSON ?? (() => false);
  const cut = (at: unknown): unknown => {
    if (at === undefined) return at;
    if (typeof at === 'string') {
      left -= at.length + 2;
      return left < 0 ? at.slice(0, limit) : at;
    }
    left--;
    if (typeof at !== 'object' || at === null || isRaw(at)) return at;
    if (Array.isArray(at)) {
      const items: unknown[] = [];
      for (let i = 0; i < at.length && left >= 0; i++) items.push(cut(at[i]));
      return items;
    }
    const entries: [string, unknown][] = [];
    for (const key of Object.keys(at)) {
      if (left < 0) break;
      const item = (at as Record<string, unknown>)[key];
      if (item !== undefined) left -= key.length + 3;
      entries.push([key.slice(0, limit), cut(item)]);
    }
    return Object.fromEntries(entries);
  };
  const text = prettyJson(cut(value));
  // Every visited character was counted at most once: with some left, nothing was left out.
  return { text: text.slice(0, limit), whole: left >= 0 && text.length <= limit };
}

/** A path in the spelling of the documentation: `$['event']['items'][0]`. */
export const pathText = (path: readonly (string | number)[]): string =>
  `$${path.map((part) => (typeof part === 'number' ? `[${part}]` : `['${part.replace(/[\\']/g, '\\$&')}']`)).join('')}`;

export interface JsonLeaf {
  readonly path: readonly (string | number)[];
  readonly value: string | number | boolean | null;
}

/** The scalars of a value with their paths, outer first, at most `limit`. */
export function leavesOf(value: unknown, limit: number): JsonLeaf[] {
  const leaves: JsonLeaf[] = [];
  const open: { path: readonly (string | number)[]; value: unknown }[] = [{ path: [], value }];
  for (let next = open.shift(); next && leaves.length < limit; next = open.shift()) {
    const { path, value: at } = next;
    if (at === null || typeof at === 'string' || typeof at === 'number' || typeof at === 'boolean')
      leaves.push({ path, value: at });
    else if (Array.isArray(at))
      open.push(...at.slice(0, limit).map((item, i) => ({ path: [...path, i], value: item })));
    else if (typeof at === 'object')
      open.push(
        ...Object.entries(at)
          .slice(0, limit)
          .map(([key, item]) => ({ path: [...path, key], value: item })),
      );
  }
  return leaves;
}
