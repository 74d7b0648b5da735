// "Matches 3 of the last 50": tries the match rows of a waiting task on events that really came, with the engine's own rules.
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { matchesOf, textOf, valuesFor } from '../../../src/core/match.ts';
import { parseExact } from './json-text.ts';

/** What the server keeps of an event in a webhook's history (contract 2.5): JSON text. */
interface HistoryPayload {
  readonly body?: string;
  readonly requestParams?: Readonly<Record<string, Json>>;
}

/** The payload that is matched (contract 3.2): an object as it is, anything else under `request`, query parameters on top. */
export function matchedPayload(history: string): JsonObject | undefined {
  try {
    const { body = '', requestParams = {} } = JSON.parse(history) as HistoryPayload;
    const parsed = parseExact(body) as Json;
    const object = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return { ...(object ? (parsed as JsonObject) : { request: parsed }), ...requestParams };
  } catch {
    return undefined;
  }
}

const isExpression = (value: string): boolean => value.includes('${');

export interface RowResult {
  readonly path: string;
  readonly expected: string;
  /** What the event has there; undefined when nothing. */
  readonly received: string | undefined;
  /** `unknown`: the expected value is only known when an execution runs. */
  readonly verdict: 'equal' | 'differs' | 'missing' | 'unknown';
}

/** Each row of `matches` against one payload. */
export function explainMatches(input: JsonObject, payload: JsonObject): RowResult[] {
  return Object.entries(matchesOf(input)).map(([path, value]) => {
    const expected = textOf(value);
    const shape = { workflowName: '', version: 1, place: '', paths: [path] };
    const received = valuesFor(shape, payload)?.[0];
    const verdict =
      received === undefined
        ? 'missing'
        : isExpression(expected)
          ? 'unknown'
          : received === expected
            ? 'equal'
            : 'differs';
    return { path, expected, received, verdict };
  });
}

/** How many payloads could complete a task with this input. Rows with expressions count as held where there is a value. */
export const countMatches = (input: JsonObject, payloads: readonly JsonObject[]): number =>
  payloads.filter((payload) =>
    explainMatches(input, payload).every(({ verdict }) => verdict === 'equal' || verdict === 'unknown'),
  ).length;
