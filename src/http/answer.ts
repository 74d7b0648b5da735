// What a route answers, as a value: JSON, text, nothing, or a problem in the one shape that Conductor's clients read.

import type { Readable } from 'node:stream';
import type { Refusal } from '../core/command.ts';
import type { ErrorBody } from './contract/error.ts';

type Headers = Readonly<Record<string, string>>;

export type Answer =
  | { readonly type: 'json'; readonly status: number; readonly value: unknown }
  | { readonly type: 'text'; readonly status: number; readonly text: string; readonly headers?: Headers }
  | { readonly type: 'stream'; readonly stream: Readable; readonly headers: Headers }
  | { readonly type: 'empty'; readonly status: number }
  | Problem;

export interface FieldProblem {
  readonly path: string;
  readonly message: string;
  readonly invalidValue?: unknown;
}

export interface Problem {
  readonly type: 'problem';
  readonly status: number;
  readonly message: string;
  readonly fields?: readonly FieldProblem[];
  /** A word for programs; Conductor's clients look for it in 401. */
  readonly error?: string;
  readonly headers?: Headers;
}

export const json = (value: unknown, status = 200): Answer => ({ type: 'json', status, value });
/** Ids are plain text without quotes (contract, chapter 8, trap 15). */
export const text = (value: string, headers: Headers = {}): Answer => ({
  type: 'text',
  status: 200,
  text: value,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
});
export const empty = (status: 200 | 204 = 200): Answer => ({ type: 'empty', status });

export const problem = (status: number, message: string, fields?: readonly FieldProblem[]): Problem => ({
  type: 'problem',
  status,
  message,
  ...(fields && fields.length > 0 && { fields }),
});

/** The one table from refusals of the engine to HTTP. */
const STATUS: Readonly<Record<Refusal['code'], number>> = { notFound: 404, conflict: 409, invalid: 400, tooLarge: 413 };

export function refusalAnswer(refusal: Refusal & { readonly problems?: readonly FieldProblem[] }): Problem {
  return problem(STATUS[refusal.code], refusal.reason, refusal.problems);
}

/** The body of a problem. Only troubles of ours may pass by themselves. */
export function errorBody({ status, message, fields, error }: Problem): ErrorBody {
  return {
    status,
    message,
    ...(error !== undefined && { error }),
    instance: 'fermata',
    retryable: status === 429 || status === 503,
    ...(fields && { validationErrors: fields.map((field) => ({ ...field })) }),
  };
}
