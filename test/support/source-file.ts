// Reads a TypeScript file just well enough for the house rules: what is code, what is comment, what it imports and exports.
// One pass over the characters, no compiler: TypeScript 7 has no JavaScript API, and this reads the whole tree in 0.1 s.
import { posix } from 'node:path';

export type Import = {
  readonly specifier: string;
  /** The file meant, from the root, for a relative specifier; undefined for a package or a module of Node. */
  readonly file: string | undefined;
  readonly line: number;
  /** Names as the other file exports them; 'all' for a namespace, `export *`, `import()` and worker files. */
  readonly names: readonly string[] | 'all';
  readonly typeOnly: boolean;
};
export type Export = { readonly name: string; readonly line: number; readonly isType: boolean };

export type SourceFile = {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** As long as `text`, with comments and the insides of strings, templates and regular expressions made blank. */
  readonly code: string;
  /** As long as `text`, with all but the comments made blank. */
  readonly comments: string;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
};

export function readSource(path: string, text: string): SourceFile {
  const { code, comments } = mask(text);
  return { path, text, code, comments, imports: findImports(path, text, code), exports: findExports(code) };
}

/** The number of the line, from 1, on which a position lies. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < position; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Words after which a slash begins a regular expression; after any other word it divides. */
const WORDS_BEFORE_REGEX = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'await',
  'yield',
  'else',
  'do',
]);
/**
 * Signs after which a slash divides (or, after `<`, closes a JSX element). A regular expression after `)` or `}` is
 * taken for a division, which at worst leaves its text in `code` up to the end of the line.
 */
const SIGNS_BEFORE_DIVISION = new Set([')', ']', '}', '<', '"', "'", '`']);

/** Parts a text into code and comments. Both keep every line break, so that positions and lines stay the same. */
export function mask(text: string): { code: string; comments: string } {
  const code = [...blank(text)];
  const comments = [...blank(text)];
  /** Depth of braces at which each open `${` ends. */
  const templates: number[] = [];
  let depth = 0;
  let word = '';
  let before = '';
  let at = 0;

  const copy = (to: string[], end: number) => {
    for (; at < end; at += 1) to[at] = text[at]!;
  };
  /** Blanks up to `end` but keeps the last character, the closing quote, as code. */
  const skipTo = (end: number) => {
    at = Math.min(end, text.length);
    if (at > 0) code[at - 1] = text[at - 1]!;
  };
  const template = () => {
    for (at += 1; at < text.length; at += 1) {
      if (text[at] === '\\') at += 1;
      else if (text[at] === '`') return skipTo(at + 1);
      else if (text[at] === '$' && text[at + 1] === '{') {
        templates.push(depth);
        depth += 1;
        return skipTo(at + 2);
      }
    }
  };

  while (at < text.length) {
    const char = text[at]!;
    if (char === '/' && text[at + 1] === '/') copy(comments, endOfLine(text, at));
    else if (char === '/' && text[at + 1] === '*') copy(comments, endOfBlock(text, at));
    else if (char === '"' || char === "'") {
      code[at] = char;
      skipTo(endOfQuoted(text, at, char));
      [before, word] = [char, ''];
    } else if (char === '`') {
      code[at] = char;
      template();
      [before, word] = ['`', ''];
    } else if (char === '/' && beginsRegex(before, word)) {
      code[at] = char;
      skipTo(endOfRegex(text, at));
      [before, word] = ['"', ''];
    } else if (char === '}' && templates.at(-1) === depth - 1) {
      templates.pop();
      depth -= 1;
      code[at] = char;
      template();
      [before, word] = ['`', ''];
    } else {
      code[at] = char;
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      if (/[\w$]/.test(char)) word = /[\w$]/.test(text[at - 1] ?? ' ') ? word + char : char;
      else if (char.trim() !== '') word = '';
      if (char.trim() !== '') before = char;
      at += 1;
    }
  }
  return { code: code.join(''), comments: comments.join('') };
}

/** By code units, like every position here; a spread of the text itself would count code points. */
function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ');
}

function beginsRegex(before: string, word: string): boolean {
  return word === '' ? !SIGNS_BEFORE_DIVISION.has(before) : WORDS_BEFORE_REGEX.has(word);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function endOfBlock(text: string, from: number): number {
  const end = text.indexOf('*/', from + 2);
  return end === -1 ? text.length : end + 2;
}

/** A quote never crosses a line: an apostrophe in the text of a JSX element costs the rest of its line, no more. */
function endOfQuoted(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at + 1;
    else if (text[at] === '\n') return at;
  }
  return text.length;
}

function endOfRegex(text: string, from: number): number {
  let inClass = false;
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '\n') return at;
    else if (text[at] === '[') inClass = true;
    else if (text[at] === ']') inClass = false;
    else if (text[at] === '/' && !inClass) return at + 1;
  }
  return text.length;
}

/** `import … from`, `export … from`. The class leaves out `=`, `(` and `:`, so a declaration ends the search at once. */
const FROM = /(?<![\w$.])(import|export)\s+(type\s+)?([\w$*{},\s]*?)\bfrom\s*['"]/g;
const BARE = /(?<![\w$.])import\s*['"]/g;
const DYNAMIC = /(?<![\w$.])import\s*\(\s*['"]/g;
/** How a worker thread names its file: `new URL('./worker.ts', import.meta.url)`. */
const WORKER = /(?<![\w$.])new\s+URL\s*\(\s*['"]/g;

function findImports(path: string, text: string, code: string): Import[] {
  const found: Import[] = [];
  const add = (match: RegExpExecArray, names: Import['names'], typeOnly: boolean) => {
    const open = match.index + match[0].length;
    const specifier = text.slice(open, code.indexOf(code[open - 1]!, open));
    // Vite takes orders behind a question mark: `./logo.svg?url`.
    const [address = ''] = specifier.split('?');
    const file = address.startsWith('.') ? posix.join(posix.dirname(path), address) : undefined;
    found.push({ specifier, file, line: lineAt(text, match.index), names, typeOnly });
    return specifier;
  };
  for (const match of code.matchAll(FROM)) add(match, namesOf(match[3] ?? ''), match[2] !== undefined);
  for (const match of code.matchAll(BARE)) add(match, [], false);
  for (const match of code.matchAll(DYNAMIC)) add(match, 'all', false);
  for (const match of code.matchAll(WORKER)) if (!/^\..*\.[jt]s$/.test(add(match, 'all', false))) found.pop();
  return found;
}

/** `{ a, type B as C }` gives a and B; `x` gives default; `* as y` gives all. */
function namesOf(clause: string): string[] | 'all' {
  if (clause.includes('*')) return 'all';
  const [outside = '', inside = ''] = clause.split('{');
  const byDefault = outside.replace(',', '').trim() === '' ? [] : ['default'];
  return [...byDefault, ...listed(inside).map(([name]) => name)];
}

/** The parts between braces as pairs: the name there, the name here. */
function listed(inside: string): [string, string][] {
  const parts = inside.replace('}', '').split(',');
  const names = parts.map((part) => part.trim().replace(/^type\s+/, '')).filter((part) => part !== '');
  return names.map((name) => {
    const [there = '', here = there] = name.split(/\s+as\s+/);
    return [there, here];
  });
}

const DECLARED =
  /(?<![\w$.])export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(function\s*\*?|const|let|var|class|type|interface)\s+([\w$]+)/g;
const LISTED = /(?<![\w$.])export\s+(type\s+)?\{([\w$,\s]*)\}/g;
const DEFAULT = /(?<![\w$.])export\s+default\b/g;

function findExports(code: string): Export[] {
  const found: Export[] = [];
  const add = (name: string, position: number, isType: boolean) =>
    found.push({ name, line: lineAt(code, position), isType });
  for (const { 1: keyword = '', 2: name = '', index } of code.matchAll(DECLARED))
    add(name, index, keyword === 'type' || keyword === 'interface');
  for (const { 1: type, 2: names = '', index } of code.matchAll(LISTED))
    for (const [, name] of listed(names)) add(name, index, type !== undefined);
  for (const { index } of code.matchAll(DEFAULT)) add('default', index, false);
  return found;
}
