// A small regular-expression engine that never back-tracks: all ways through a pattern are walked side by side, so time grows
// with text × pattern (Thompson 1968, Pike's machine without captures). A subset of ECMAScript's syntax, with its meaning.

import { remember } from '../remember.ts';
import { atEnd, eat, expect, peek, type Refused, refuse, type Scanner, scannerOf } from './scanner.ts';
import {
  MAX_PATTERN_DEPTH,
  MAX_PATTERN_LENGTH,
  MAX_PATTERN_STATES,
  MAX_PATTERN_STEPS,
  MAX_REPEAT,
} from './text-limits.ts';

const MAX_REMEMBERED_PATTERNS = 500;

export interface Pattern {
  readonly ok: true;
  /** Looks for the pattern anywhere in the text. `steps`: states visited, the measure of the work. */
  readonly search: (text: string) => { readonly found: boolean; readonly steps: number };
}

type Range = readonly [from: number, to: number];

interface CharSet {
  readonly type: 'set';
  readonly ranges: readonly Range[];
  readonly negated: boolean;
}

type Node =
  | CharSet
  | { readonly type: 'start' | 'end' }
  | { readonly type: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  | { readonly type: 'repeat'; readonly part: Node; readonly min: number; readonly max: number };

type Instruction =
  | CharSet
  | { readonly type: 'start' | 'end' | 'match' }
  | { readonly type: 'fork'; readonly to: readonly number[] };

/**
 * Reads a pattern once and keeps it. Literals, `.`, `[a-z]`, `[^…]`, `\d \w \s \D \W \S`, `( )`, `(?: )`, `|`, `* + ? {m,n}` (lazy
 * forms mean the same here), `^`, `$`, `\t \n \r \f \v \xHH \uHHHH` and escaped punctuation. Everything else is refused by name.
 */
export const compilePattern: (text: string) => Pattern | Refused = remember(MAX_REMEMBERED_PATTERNS, (text) => {
  if (text.length > MAX_PATTERN_LENGTH) {
    return { ok: false, reason: `a pattern has at most ${MAX_PATTERN_LENGTH} characters`, at: MAX_PATTERN_LENGTH };
  }
  const scanner = scannerOf(text);
  const node = readChoice(scanner, 0);
  if (peek(scanner) === ')') refuse(scanner, ') closes nothing; write \\)');
  if (sizeOf(node) > MAX_PATTERN_STATES) refuse(scanner, 'the pattern is too large; its repetitions multiply', 0);
  if (scanner.refused) return scanner.refused;
  const program: Instruction[] = [];
  emit(node, program);
  program.push({ type: 'match' });
  return { ok: true, search: (subject) => run(program, subject) };
});

function readChoice(scanner: Scanner, depth: number): Node {
  if (depth > MAX_PATTERN_DEPTH) refuse(scanner, `groups nest at most ${MAX_PATTERN_DEPTH} deep`);
  const parts = [readSequence(scanner, depth)];
  while (eat(scanner, '|')) parts.push(readSequence(scanner, depth));
  return parts.length === 1 ? parts[0]! : { type: 'choice', parts };
}

function readSequence(scanner: Scanner, depth: number): Node {
  const parts: Node[] = [];
  while (!atEnd(scanner) && peek(scanner) !== '|' && peek(scanner) !== ')') parts.push(readRepeated(scanner, depth));
  return { type: 'sequence', parts };
}

function readRepeated(scanner: Scanner, depth: number): Node {
  const start = scanner.at;
  const part = readAtom(scanner, depth);
  const times = readTimes(scanner);
  if (!times) return part;
  const [min, max] = times;
  if (part.type === 'start' || part.type === 'end') refuse(scanner, '^ and $ cannot be repeated', start);
  if (min > max || min > MAX_REPEAT || (max > MAX_REPEAT && max !== Number.POSITIVE_INFINITY)) {
    refuse(scanner, `{m,n} needs m <= n <= ${MAX_REPEAT}`, start);
  }
  eat(scanner, '?');
  return { type: 'repeat', part, min, max };
}

const TIMES = /\{(\d{1,9})(,(\d{0,9}))?\}/y;

function readTimes(scanner: Scanner): readonly [min: number, max: number] | undefined {
  if (eat(scanner, '*')) return [0, Number.POSITIVE_INFINITY];
  if (eat(scanner, '+')) return [1, Number.POSITIVE_INFINITY];
  if (eat(scanner, '?')) return [0, 1];
  TIMES.lastIndex = scanner.at;
  const found = TIMES.exec(scanner.text);
  if (!found) return undefined;
  scanner.at += found[0].length;
  const [, min = '', comma, max] = found;
  if (comma === undefined) return [Number(min), Number(min)];
  return [Number(min), max === '' ? Number.POSITIVE_INFINITY : Number(max)];
}

const ANY: CharSet = {
  type: 'set',
  ranges: [
    [0x0a, 0x0a],
    [0x0d, 0x0d],
    [0x2028, 0x2029],
  ],
  negated: true,
};

function readAtom(scanner: Scanner, depth: number): Node {
  const char = peek(scanner);
  if (char === '\\') return { type: 'set', ranges: rangesOf(readEscape(scanner)), negated: false };
  if ('*+?'.includes(char)) refuse(scanner, `${char} repeats nothing; write \\${char}`);
  if (char === '{') refuse(scanner, 'write \\{ for the character {');
  scanner.at += 1;
  if (char === '^') return { type: 'start' };
  if (char === '$') return { type: 'end' };
  if (char === '.') return ANY;
  if (char === '[') return readClass(scanner);
  if (char !== '(') return literal(char);
  if (peek(scanner) === '?' && !eat(scanner, '?:')) {
    refuse(scanner, 'look-around, named groups and flags are not supported; groups are ( ) and (?: )');
  }
  const node = readChoice(scanner, depth + 1);
  expect(scanner, ')');
  return node;
}

const literal = (char: string): CharSet => ({ type: 'set', ranges: rangesOf(char.charCodeAt(0)), negated: false });

const DIGITS: readonly Range[] = [[0x30, 0x39]];
const WORD: readonly Range[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
/** WhiteSpace and LineTerminator of ECMA-262. */
const SPACES: readonly Range[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const CLASSES: ReadonlyMap<string, readonly Range[]> = new Map([
  ['d', DIGITS],
  ['w', WORD],
  ['s', SPACES],
  ['D', complement(DIGITS)],
  ['W', complement(WORD)],
  ['S', complement(SPACES)],
]);
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
]);

function complement(ranges: readonly Range[]): readonly Range[] {
  const out: Range[] = [];
  let from = 0;
  for (const [low, high] of ranges) {
    if (low > from) out.push([from, low - 1]);
    from = high + 1;
  }
  return [...out, [from, 0xffff]];
}

/** One UTF-16 unit, or the class that an escape names. */
type Unit = number | readonly Range[];

const rangesOf = (unit: Unit): readonly Range[] => (typeof unit === 'number' ? [[unit, unit]] : unit);

const CODE = /x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}/y;

/** What stands behind a backslash; the cursor is on the backslash. */
function readEscape(scanner: Scanner): Unit {
  const start = scanner.at;
  CODE.lastIndex = start + 1;
  const code = CODE.exec(scanner.text)?.[0];
  scanner.at += 1 + (code?.length ?? 1);
  if (code) return Number.parseInt(code.slice(1), 16);
  const char = scanner.text.charAt(start + 1);
  const named = CLASSES.get(char) ?? CONTROLS.get(char);
  if (named !== undefined) return named;
  if (char === '') refuse(scanner, 'a pattern cannot end with \\', start);
  if (/[A-Za-z0-9]/.test(char)) {
    refuse(scanner, `\\${char} is not supported (no back-references, word boundaries or Unicode classes)`, start);
  }
  return char.charCodeAt(0);
}

function readClass(scanner: Scanner): CharSet {
  const start = scanner.at - 1;
  const negated = eat(scanner, '^');
  const ranges: Range[] = [];
  if (peek(scanner) === ']') refuse(scanner, 'a class in [ ] cannot be empty', start);
  while (!atEnd(scanner) && peek(scanner) !== ']') ranges.push(...readMember(scanner));
  if (!eat(scanner, ']')) refuse(scanner, '[ is not closed', start);
  return { type: 'set', ranges, negated };
}

function readMember(scanner: Scanner): readonly Range[] {
  const start = scanner.at;
  const low = readUnit(scanner);
  if (peek(scanner) !== '-' || peek(scanner, 1) === ']') return rangesOf(low);
  scanner.at += 1;
  const high = readUnit(scanner);
  if (typeof low === 'number' && typeof high === 'number' && low <= high) return [[low, high]];
  refuse(scanner, 'a range in [ ] goes from a lower to a higher character', start);
  return [];
}

function readUnit(scanner: Scanner): Unit {
  if (peek(scanner) === '\\') return readEscape(scanner);
  scanner.at += 1;
  return scanner.text.charCodeAt(scanner.at - 1);
}

/** How many instructions {@link emit} writes for a node; an empty group counts too, so that repeating it has an end. */
function sizeOf(node: Node): number {
  switch (node.type) {
    case 'sequence':
      return Math.max(1, sum(node.parts.map(sizeOf)));
    case 'choice':
      return 1 + sum(node.parts.map((part) => sizeOf(part) + 1));
    case 'repeat': {
      const { part, min, max } = node;
      if (max === Number.POSITIVE_INFINITY) return sizeOf(part) * Math.max(1, min) + 2;
      return sizeOf(part) * max + (max - min);
    }
    default:
      return 1;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Writes the instructions of a node so that the next instruction written is what follows it. */
function emit(node: Node, program: Instruction[]): void {
  switch (node.type) {
    case 'sequence':
      for (const part of node.parts) emit(part, program);
      return;
    case 'choice':
      emitChoice(node.parts, program);
      return;
    case 'repeat':
      for (let n = 0; n < node.min - 1; n += 1) emit(node.part, program);
      if (node.max === Number.POSITIVE_INFINITY) emitLoop(node.part, node.min, program);
      else emitOptions(node.part, node.min, node.max, program);
      return;
    default:
      program.push(node);
  }
}

function emitChoice(parts: readonly Node[], program: Instruction[]): void {
  const entries: number[] = [];
  const exit: number[] = [];
  program.push({ type: 'fork', to: entries });
  for (const part of parts) {
    entries.push(program.length);
    emit(part, program);
    program.push({ type: 'fork', to: exit });
  }
  exit.push(program.length);
}

/** The last required time, or none, and as many more as there are. */
function emitLoop(part: Node, min: number, program: Instruction[]): void {
  const entries: number[] = [program.length + 1];
  if (min === 0) program.push({ type: 'fork', to: entries });
  const again = program.length;
  emit(part, program);
  program.push({ type: 'fork', to: [again, program.length + 1] });
  entries.push(program.length);
}

function emitOptions(part: Node, min: number, max: number, program: Instruction[]): void {
  if (min > 0) emit(part, program);
  const forks: number[][] = [];
  for (let n = min; n < max; n += 1) {
    const to = [program.length + 1];
    forks.push(to);
    program.push({ type: 'fork', to });
    emit(part, program);
  }
  for (const to of forks) to.push(program.length);
}

interface Machine {
  readonly program: readonly Instruction[];
  readonly text: string;
  /** Where in the text each instruction was entered last: nothing is done twice at one place. */
  readonly entered: Int32Array;
  steps: number;
}

function run(program: readonly Instruction[], text: string): { readonly found: boolean; readonly steps: number } {
  const machine: Machine = { program, text, entered: new Int32Array(program.length).fill(-1), steps: 0 };
  return { found: search(machine), steps: machine.steps };
}

function search(machine: Machine): boolean {
  const { text } = machine;
  let waiting: Waiting[] = [];
  for (let at = 0; machine.steps <= MAX_PATTERN_STEPS; at += 1) {
    if (enter(machine, 0, at, waiting)) return true;
    if (at >= text.length) return false;
    const unit = text.charCodeAt(at);
    const next: Waiting[] = [];
    for (const { set, follow } of waiting) {
      machine.steps += set.ranges.length;
      if (includes(set, unit) && enter(machine, follow, at + 1, next)) return true;
    }
    waiting = next;
  }
  return false;
}

/** A way through the pattern that waits for a character. */
interface Waiting {
  readonly set: CharSet;
  readonly follow: number;
}

/** Follows everything that needs no character. True when the end of the pattern is reached. */
function enter(machine: Machine, start: number, at: number, waiting: Waiting[]): boolean {
  const open = [start];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (machine.entered[index] === at) continue;
    const instruction = machine.program[index]!;
    machine.entered[index] = at;
    machine.steps += 1;
    switch (instruction.type) {
      case 'match':
        return true;
      case 'fork':
        open.push(...instruction.to);
        break;
      case 'start':
        if (at === 0) open.push(index + 1);
        break;
      case 'end':
        if (at === machine.text.length) open.push(index + 1);
        break;
      case 'set':
        waiting.push({ set: instruction, follow: index + 1 });
    }
  }
  return false;
}

function includes({ ranges, negated }: CharSet, unit: number): boolean {
  return ranges.some(([from, to]) => from <= unit && unit <= to) !== negated;
}
