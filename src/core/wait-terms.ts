// What a wait asks for beyond its match key: a further condition, how far it looks back, which of several events it takes.
// They stand beside `matches` in the input of the task; Conductor's own words keep their meaning.

import type { Json, JsonObject } from './json.ts';
import { parseDuration } from './language/duration.ts';
import { type ClauseResult, compilePredicate } from './language/predicate.ts';
import type { Task, Workflow } from './model.ts';

export type Choice = 'all' | 'oldest' | 'newest' | 'one';

export interface Terms {
  /** `when`: a condition as text or as data. */
  readonly when?: Json;
  /** `deliver`: which of several events of the past it takes. */
  readonly deliver: Choice;
}

const CHOICES: readonly Choice[] = ['all', 'oldest', 'newest', 'one'];

const isGiven = (value: Json | undefined): value is Exclude<Json, null> =>
  value !== undefined && value !== null && value !== '';

export function termsOf({ when, deliver }: JsonObject): Terms {
  return { deliver: CHOICES.find((choice) => choice === deliver) ?? 'oldest', ...(isGiven(when) && { when }) };
}

/** Whether an event whose key fits is taken; without `when` each is, with one that cannot be read none. */
export function accepts(input: JsonObject, document: Json): boolean {
  const { when } = termsOf(input);
  if (when === undefined) return true;
  const predicate = compilePredicate(when);
  return predicate.ok && predicate.evaluate(document);
}

/** Every comparison of `when` with what the event has there. */
export function explainWhen(input: JsonObject, document: Json): readonly ClauseResult[] {
  const { when } = termsOf(input);
  if (when === undefined) return [];
  const predicate = compilePredicate(when);
  if (predicate.ok) return predicate.explain(document);
  return [{ clause: predicate.reason, expected: null, received: undefined, held: false }];
}

/** Events received from this moment on may end the wait (epoch ms). */
export function lookBackFrom(workflow: Pick<Workflow, 'startedAt'>, task: Task): number {
  const { lookBack, ttl } = task.input;
  const opened = task.startedAt ?? task.scheduledAt;
  const spans = [durationOf(lookBack), durationOf(ttl)];
  const from = lookBack === 'none' ? opened : spans[0] === undefined ? workflow.startedAt : opened - spans[0];
  return spans[1] === undefined ? from : Math.max(from, opened - spans[1]);
}

function durationOf(value: Json | undefined): number | undefined {
  if (!isGiven(value)) return undefined;
  const parsed = parseDuration(String(value));
  return parsed.ok ? parsed.ms : undefined;
}

/** Why these terms can never work, for a person; undefined when they can. */
export function problemOfTerms({ when, lookBack, deliver, ttl }: JsonObject): string | undefined {
  if (isGiven(when)) {
    const predicate = compilePredicate(when);
    if (!predicate.ok) return `when: ${predicate.reason}`;
  }
  if (isGiven(deliver) && !CHOICES.some((choice) => choice === deliver))
    return `deliver must be one of ${CHOICES.join(', ')}`;
  if (isGiven(lookBack) && lookBack !== 'none' && lookBack !== 'workflowStart' && durationOf(lookBack) === undefined)
    return 'lookBack must be none, workflowStart, or a duration such as "10 minutes"';
  if (isGiven(ttl) && durationOf(ttl) === undefined) return 'ttl must be a duration such as "1 hour"';
  return undefined;
}
