// How a route is declared: once, with method, path, need and schemas. Validation, types, access and OpenAPI come from it.

import type { z } from 'zod';
import type { Need, Principal } from '../access/need.ts';
import { isRecord } from '../core/json.ts';
import type { Answer, FieldProblem, Problem } from './answer.ts';
import { problem } from './answer.ts';
import { issueWords } from './issue-words.ts';

/** `open`: needs nobody to say who they are. */
export type RouteNeed = Need | 'open';
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A schema, or plain text, or nothing. */
export type AnswerKind = z.ZodType | 'text' | 'nothing';

export interface Caller {
  readonly principal: Principal;
  /** Ties the request to all that follows from it. */
  readonly traceId: string;
  /** Lower-case name -> value; the first one where a header came several times. */
  readonly header: (name: string) => string | undefined;
  /** Aborts when the client has gone away. */
  readonly signal: AbortSignal;
  /** Calls back when the client has gone away or has its answer; answers how to stop listening. */
  readonly onGone: (callback: () => void) => () => void;
}

/** `{id}` in a path becomes `params.id`. */
type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [N in Name]: string } & ParamsOf<Rest>
  : unknown;

interface Declared {
  readonly method: Method;
  readonly path: string;
  readonly need: RouteNeed;
  /** Group in the document, such as `Workflows`. */
  readonly tag: string;
  readonly summary: string;
  readonly query?: z.ZodType;
  /** Text bodies are taken as they come. */
  readonly body?: z.ZodType | 'text';
  readonly answers: Readonly<Record<number, AnswerKind>>;
}

/** What arrived, before it is checked. */
export interface Arrived {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export interface Route extends Declared {
  handle(arrived: Arrived, caller: Caller): Promise<Answer>;
}

type Read<T> = T extends z.ZodType ? z.infer<T> : T extends 'text' ? string : undefined;

interface Declaration<
  Path extends string,
  Query extends z.ZodType | undefined,
  Body extends z.ZodType | 'text' | undefined,
> extends Declared {
  readonly path: Path;
  readonly query?: Query;
  readonly body?: Body;
  /** Takes away what some clients send for absent fields; top-level nulls unless told otherwise. */
  readonly prepare?: (body: unknown) => unknown;
  readonly run: (
    call: { readonly params: ParamsOf<Path>; readonly query: Read<Query>; readonly body: Read<Body> },
    caller: Caller,
  ) => Promise<Answer>;
}

export function route<
  const Path extends string,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | 'text' | undefined = undefined,
>(declaration: Declaration<Path, Query, Body>): Route {
  const { run, prepare = withoutNulls, ...declared } = declaration;
  return {
    ...declared,
    async handle({ params, query, body }, caller) {
      const readQuery = declared.query ? read(declared.query, withoutBlanks(query), 'query') : undefined;
      if (readQuery && !readQuery.ok) return readQuery.problem;
      const readBody = readBodyOf(declared.body, body, prepare);
      if (!readBody.ok) return readBody.problem;
      return run(
        {
          params: params as ParamsOf<Path>,
          query: readQuery?.value as Read<Query>,
          body: readBody.value as Read<Body>,
        },
        caller,
      );
    },
  };
}

/** Clients in Java write null for what is absent. Inside of inputs and payloads a null is a value, so only the top is cleaned. */
export function withoutNulls(body: unknown): unknown {
  if (!isRecord(body) || !Object.values(body).includes(null)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, field]) => field !== null));
}

/** For bodies that are data, in which a null is a value. */
export const asGiven = (body: unknown): unknown => body;

type ReadResult = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: Problem };

function readBodyOf(
  schema: z.ZodType | 'text' | undefined,
  body: unknown,
  prepare: (body: unknown) => unknown,
): ReadResult {
  if (schema === undefined) return { ok: true, value: undefined };
  if (schema === 'text') return { ok: true, value: typeof body === 'string' ? body : '' };
  return read(schema, prepare(body), 'body');
}

/** Problems shown of one request; a body can have thousands. */
const MAX_PROBLEMS = 20;
/** Text of a wrong value that is given back. */
const MAX_SHOWN_LENGTH = 100;

function read(schema: z.ZodType, value: unknown, where: 'query' | 'body'): ReadResult {
  if (value === undefined && where === 'body' && !schema.safeParse(undefined).success)
    return { ok: false, problem: problem(400, 'the request needs a body: JSON') };
  const result = schema.safeParse(value, { error: issueWords });
  if (result.success) return { ok: true, value: result.data };
  const fields = result.error.issues.slice(0, MAX_PROBLEMS).map((issue): FieldProblem => {
    const wrong = shown(issue.path.reduce<unknown>(step, value));
    return {
      path: pathText(issue.path),
      message: issue.message,
      ...(wrong !== undefined && { invalidValue: wrong }),
    };
  });
  const [first] = fields;
  const message = `${first?.path ? `${first.path}: ` : `the ${where}: `}${first?.message ?? 'is not valid'}`;
  return { ok: false, problem: problem(400, message, fields) };
}

/** `tasks[2].name` */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );
}

function step(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}

/** Small plain values only: a body may hold secrets and megabytes. */
function shown(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'string' && value.length <= MAX_SHOWN_LENGTH ? value : undefined;
}

/** `?version=` means the same as no version. */
function withoutBlanks(query: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!Object.values(query).includes('')) return query;
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}
