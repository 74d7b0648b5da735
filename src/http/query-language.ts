// The grammar of search queries (contract 5.11): `field OP value`, joined by AND, OR, NOT and parentheses. What fields
// mean is said elsewhere (search-query.ts, task-query.ts, schedule-query.ts).

export interface Condition {
  readonly field: string;
  /** In capitals. IN, BETWEEN and IS take lists of values; NULL is the only value of IS. */
  readonly operator: string;
  readonly values: readonly string[];
}

export type Tree =
  | { readonly type: 'one'; readonly condition: Condition }
  | { readonly type: 'not'; readonly of: Tree }
  | { readonly type: 'all' | 'any'; readonly of: readonly Tree[] };

const MAX_QUERY_LENGTH = 10_000;
/** Parentheses and NOTs within each other. */
const MAX_DEPTH = 30;

/** The whole query; a text says what cannot be read. An empty query is an `all` of nothing. */
export function readTree(text: string): Tree | string {
  if (text.length > MAX_QUERY_LENGTH) return `the query is longer than ${MAX_QUERY_LENGTH} characters`;
  const tokens = tokensOf(text);
  if (typeof tokens === 'string') return tokens;
  if (tokens.length === 0) return { type: 'all', of: [] };
  const read = joinedAt(tokens, 0, 'OR', 0);
  if (typeof read === 'string') return read;
  const left = tokens[read.next];
  return left ? `conditions are joined by AND or OR; found "${left.text}"` : read.tree;
}

/** The conditions of a query that are all to hold; a text says what cannot be read, or is more than that. */
export function readConditions(text: string): readonly Condition[] | string {
  const tree = readTree(text);
  if (typeof tree === 'string') return tree;
  const conditions = partsOf(tree).map((part) => (part.type === 'one' ? part.condition : undefined));
  return conditions.every((one) => one !== undefined) ? conditions : 'conditions can only be joined by AND here';
}

/** What is joined by AND at the top. */
export const partsOf = (tree: Tree): readonly Tree[] => (tree.type === 'all' ? tree.of.flatMap(partsOf) : [tree]);

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

const SIGNS = new Set(['=', '>', '<', '>=', '<=', '!=', '<>', '(', ')', ',']);

/** Words, quoted texts and signs; a text says what cannot be read. */
function tokensOf(text: string): readonly Token[] | string {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const sign = text[at] as string;
    if (/\s/.test(sign)) {
      at += 1;
    } else if (sign === '"' || sign === "'") {
      const end = text.indexOf(sign, at + 1);
      if (end < 0) return `the query has a ${sign} without its other end`;
      tokens.push({ text: text.slice(at + 1, end), quoted: true });
      at = end + 1;
    } else if (SIGNS.has(sign) || sign === '!') {
      const double = text.slice(at, at + 2);
      const token = SIGNS.has(double) ? double : sign;
      tokens.push({ text: token, quoted: false });
      at += token.length;
    } else {
      let end = at + 1;
      while (end < text.length && !/[\s=<>!(),]/.test(text[end] as string)) end += 1;
      tokens.push({ text: text.slice(at, end), quoted: false });
      at = end;
    }
  }
  return tokens;
}

type Tokens = readonly Token[];
type Read = { readonly tree: Tree; readonly next: number } | string;

const isWord = (token: Token | undefined, word: string): boolean =>
  token !== undefined && !token.quoted && token.text.toUpperCase() === word;

/** AND binds closer than OR. */
function joinedAt(tokens: Tokens, at: number, by: 'AND' | 'OR', depth: number): Read {
  const of: Tree[] = [];
  for (let next = at; ; next += 1) {
    const read = by === 'OR' ? joinedAt(tokens, next, 'AND', depth) : factorAt(tokens, next, depth);
    if (typeof read === 'string') return read;
    of.push(read.tree);
    next = read.next;
    if (isWord(tokens[next], by)) continue;
    const [only] = of;
    return { tree: of.length === 1 && only ? only : { type: by === 'OR' ? 'any' : 'all', of }, next };
  }
}

function factorAt(tokens: Tokens, at: number, depth: number): Read {
  if (depth > MAX_DEPTH) return `conditions lie deeper in each other than ${MAX_DEPTH} levels`;
  if (isWord(tokens[at], 'NOT') && !isOperator(tokens[at + 1])) {
    const read = factorAt(tokens, at + 1, depth + 1);
    return typeof read === 'string' ? read : { tree: { type: 'not', of: read.tree }, next: read.next };
  }
  if (!isWord(tokens[at], '(')) return conditionAt(tokens, at);
  const read = joinedAt(tokens, at + 1, 'OR', depth + 1);
  if (typeof read === 'string') return read;
  return isWord(tokens[read.next], ')') ? { ...read, next: read.next + 1 } : 'the query has a ( without its other end';
}

const isOperator = (token: Token | undefined): boolean =>
  token !== undefined && !token.quoted && SIGNS.has(token.text) && token.text !== '(';

const isValue = (token: Token | undefined): token is Token =>
  token !== undefined && (token.quoted || !SIGNS.has(token.text));

const one = (field: string, operator: string, values: readonly string[], next: number): Read => ({
  tree: { type: 'one', condition: { field, operator, values } },
  next,
});

const not = (read: Read): Read => (typeof read === 'string' ? read : { ...read, tree: { type: 'not', of: read.tree } });

function conditionAt(tokens: Tokens, at: number): Read {
  const [field, operator] = [tokens[at], tokens[at + 1]];
  if (!field || field.quoted || SIGNS.has(field.text))
    return `expected a field, such as status; found "${field?.text ?? 'the end'}"`;
  if (!operator || operator.quoted) return `expected an operator after ${field.text}, such as = or IN`;
  const word = operator.text.toUpperCase();
  const isNot = word === 'NOT' || (word === 'IS' && isWord(tokens[at + 2], 'NOT'));
  const verb = word === 'NOT' ? (tokens[at + 2]?.text.toUpperCase() ?? '') : word;
  const read = comparisonAt(tokens, at + (isNot ? 3 : 2), field.text, verb);
  return isNot ? not(read) : read;
}

/** What stands behind the operator. */
function comparisonAt(tokens: Tokens, at: number, field: string, verb: string): Read {
  const value = tokens[at];
  if (verb === 'IN') return listAt(tokens, at, field);
  if (!isValue(value)) return `expected a value after ${field} ${verb}`;
  if (verb === 'IS')
    return isWord(value, 'NULL') ? one(field, 'IS', [], at + 1) : `expected NULL or NOT NULL after ${field} IS`;
  if (verb === '!=' || verb === '<>') return not(one(field, '=', [value.text], at + 1));
  if (verb !== 'BETWEEN') return one(field, verb, [value.text], at + 1);
  const other = tokens[at + 2];
  if (!isWord(tokens[at + 1], 'AND') || !isValue(other)) return `expected two values after ${field} BETWEEN: 1 AND 5`;
  return one(field, verb, [value.text, other.text], at + 3);
}

function listAt(tokens: Tokens, at: number, field: string): Read {
  if (!isWord(tokens[at], '(')) return `expected ( after ${field} IN`;
  const values: string[] = [];
  for (let i = at + 1; i < tokens.length; i += 2) {
    const [value, after] = [tokens[i], tokens[i + 1]];
    if (!isValue(value)) break;
    values.push(value.text);
    if (isWord(after, ')')) return one(field, 'IN', values, i + 2);
    if (!isWord(after, ',')) break;
  }
  return `expected a list such as (a,b) after ${field} IN`;
}
