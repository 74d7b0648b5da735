// Conductor's `${…}` in templates (contract 5.5): which text is an expression, and what it becomes.
// Strings are compiled once; keys are never templates; values that were put in are never read as templates again.

import type { Json } from '../json.ts';
import { isList, isRecord } from '../json.ts';
import { remember } from '../remember.ts';
import { compilePath, type Path } from './json-path.ts';
import { MAX_EXPRESSION_NESTING, MAX_RESOLVED_TEXT_LENGTH, MAX_TEMPLATE_DEPTH } from './text-limits.ts';

const MAX_REMEMBERED_TEMPLATES = 4_000;

/** What expressions may see. `root` is the first name of an expression: `workflow`, a task reference, `CPEWF_TASK_ID`. */
export interface Scope {
  lookup(root: string): Json | undefined;
}

/** Which expressions stay as text. `path` is what follows the root, spelled `.name` and `[0]` however it was written. */
export type Keep = (root: string, path: string) => boolean;

interface Expression {
  /** As it was written, braces included. */
  readonly source: string;
  /** What stands between the braces, when that holds expressions itself. */
  readonly inner?: Template;
  readonly path?: Path;
}

interface Template {
  readonly parts: readonly (string | Expression)[];
}

/**
 * Puts values into a template. A string that is one expression becomes the value with its type; otherwise values become
 * text (null → "null", objects → JSON). What is missing or malformed is null, `${}` is the empty text, `$${…}` is the text
 * `${…}`, braces that do not close are text.
 *
 * With `keep`, the expressions it names stay. If the template holds one of them ({@link keeps}), the result is a template
 * again: a later `resolve` of it yields what one `resolve` with both scopes would, and `${…}` that came with a value is
 * escaped so that it is never evaluated. If it holds none, the result is plain data: do not resolve it again.
 */
export function resolve(template: Json, scope: Scope, options?: { readonly keep?: Keep }): Json {
  const keep = options?.keep;
  return fill(template, { scope, keep, escaping: keep !== undefined && keeps(template, keep) }, 0);
}

/** Whether a template holds an expression that `keep` names, so that its result must be resolved once more. */
export const keeps = (template: Json, keep: Keep): boolean =>
  someExpression(template, 0, (expression) => isKept(expression, keep));

/** The roots that a template uses, each once, in order of appearance; a root that is itself computed is left out. */
export function references(template: Json): string[] {
  const roots = new Set<string>();
  someExpression(template, 0, ({ path }) => {
    const root = path && rootOf(path);
    if (root !== undefined) roots.add(root);
    return false;
  });
  return [...roots];
}

/** Asks the expressions of a template, the inner ones included, until one says yes. */
function someExpression(template: Json, depth: number, asks: (expression: Expression) => boolean): boolean {
  if (typeof template === 'string') return template.includes('${') && someOf(compile(template), asks);
  if (depth >= MAX_TEMPLATE_DEPTH) return false;
  if (isList(template)) return template.some((item) => someExpression(item, depth + 1, asks));
  return isRecord(template) && Object.values(template).some((item) => someExpression(item, depth + 1, asks));
}

const someOf = ({ parts }: Template, asks: (expression: Expression) => boolean): boolean =>
  parts.some(
    (part) => typeof part !== 'string' && (asks(part) || (part.inner !== undefined && someOf(part.inner, asks))),
  );

interface Filling {
  readonly scope: Scope;
  readonly keep: Keep | undefined;
  readonly escaping: boolean;
}

function fill(template: Json, filling: Filling, depth: number): Json {
  if (typeof template === 'string') return template.includes('${') ? fillText(template, filling) : template;
  if (depth >= MAX_TEMPLATE_DEPTH) return template;
  if (isList(template)) return template.map((item) => fill(item, filling, depth + 1));
  if (!isRecord(template)) return template;
  // fromEntries defines properties, so that `__proto__` stays a key like any other.
  return Object.fromEntries(Object.entries(template).map(([key, item]) => [key, fill(item, filling, depth + 1)]));
}

function fillText(text: string, filling: Filling): Json {
  const { parts } = compile(text);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && typeof only !== 'string') {
    if (isKept(only, filling.keep)) return only.source;
    const value = valueIn(only, filling.scope);
    return filling.escaping ? escapeAll(value, 0) : value;
  }
  return join(parts, filling);
}

function join(parts: Template['parts'], filling: Filling): string {
  let out = '';
  let plain = '';
  for (const part of parts) {
    if (out.length + plain.length > MAX_RESOLVED_TEXT_LENGTH) break;
    if (typeof part === 'string') plain += part;
    else if (!isKept(part, filling.keep)) plain += textOf(valueIn(part, filling.scope));
    else {
      // A value that ends with $ right before a kept expression turns it into escaped text: the secret stays out.
      out += escapeText(plain) + part.source;
      plain = '';
    }
  }
  return out + (filling.escaping ? escapeText(plain) : plain);
}

function isKept({ path }: Expression, keep: Keep | undefined): boolean {
  if (!path || !keep) return false;
  const root = rootOf(path);
  return root !== undefined && keep(root, spelling(path));
}

function valueIn({ path, inner, source }: Expression, scope: Scope): Json {
  if (path) return read(path, scope);
  if (!inner) return source.slice(2, -1).trim() === '' ? '' : null;
  const computed = compilePath(join(inner.parts, { scope, keep: undefined, escaping: false }));
  return computed.ok ? read(computed, scope) : null;
}

function read(path: Path, scope: Scope): Json {
  const root = rootOf(path);
  if (root === undefined) return null;
  const value = scope.lookup(root);
  return value === undefined ? null : (path.get({ [root]: value }) ?? null);
}

/** The first name of a path; undefined for one that begins with `*`, `..` or a number. */
function rootOf({ steps: [first] }: Path): string | undefined {
  return first?.type === 'name' ? first.name : undefined;
}

/** The names and numbers behind the root, up to the first step that may lead to several values. */
function spelling({ steps }: Path): string {
  let out = '';
  for (const step of steps.slice(1)) {
    if (step.type === 'name') out += `.${step.name}`;
    else if (step.type === 'index') out += `[${step.index}]`;
    else break;
  }
  return out;
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const escapeText = (text: string): string => text.replaceAll('${', () => '$${');

function escapeAll(value: Json, depth: number): Json {
  if (typeof value === 'string') return escapeText(value);
  if (depth >= MAX_TEMPLATE_DEPTH) return value;
  if (isList(value)) return value.map((item) => escapeAll(item, depth + 1));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, escapeAll(item, depth + 1)]));
}

const compile: (text: string) => Template = remember(MAX_REMEMBERED_TEMPLATES, (text) => parse(text, 0));

function parse(text: string, depth: number): Template {
  const closings = closingBraces(text);
  const parts: (string | Expression)[] = [];
  let plain = '';
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf('${', at);
    if (start < 0) break;
    const end = closings.get(start + 1);
    if (text[start - 1] === '$') {
      plain += `${text.slice(at, start - 1)}\${`;
      at = start + 2;
    } else if (end === undefined) {
      plain += text.slice(at, start + 2);
      at = start + 2;
    } else {
      plain += text.slice(at, start);
      if (plain !== '') parts.push(plain);
      parts.push(expressionOf(text.slice(start, end + 1), depth));
      plain = '';
      at = end + 1;
    }
  }
  plain += text.slice(at);
  return { parts: plain === '' ? parts : [...parts, plain] };
}

function expressionOf(source: string, depth: number): Expression {
  const body = source.slice(2, -1);
  if (body.includes('${'))
    return depth < MAX_EXPRESSION_NESTING ? { source, inner: parse(body, depth + 1) } : { source };
  const path = compilePath(body);
  return path.ok ? { source, path } : { source };
}

/** Where each opening brace closes, in one pass: a search from each brace would take quadratic time on `${${${…`. */
function closingBraces(text: string): ReadonlyMap<number, number> {
  const closings = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '{') open.push(at);
    else if (text[at] === '}') {
      const start = open.pop();
      if (start !== undefined) closings.set(start, at);
    }
  }
  return closings;
}
