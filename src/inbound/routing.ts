// Where an event goes: the workflows of its webhook, or those that the webhook's expression names, and the rules of matching.

import type { JsonObject } from '../core/json.ts';
import { isRecord } from '../core/json.ts';
import { parseDuration } from '../core/language/duration.ts';
import { resolve } from '../core/language/expression.ts';
import { readPath } from '../core/language/json-path.ts';
import { textOf } from '../core/match.ts';
import type { Route } from '../store/store.ts';
import type { InboundDeps } from './call.ts';
import { idempotencyOf, type MatchingRule, type ReceiverRule, receiverRules, startRules } from './webhook.ts';
import type { ReadyWebhook } from './webhooks.ts';

/** An expression decides where an event goes while its sender waits for the answer. */
const EXPRESSION_DEADLINE_MS = 1_000;
/** Values of an order are compared as they are; longer ones share a line, which is slower and never wrong. */
const MAX_LINE_LENGTH = 200;

/** Where the event goes; a text says why its expression could not tell. */
export async function routeOf(
  deps: Pick<InboundDeps, 'store' | 'runExpression'>,
  ready: ReadyWebhook,
  eventId: string,
  payload: JsonObject,
): Promise<Route | string> {
  const { config, createdBy } = ready.webhook;
  let { receivers, starts, idempotency } = ready;
  if (config.expression) {
    const result = await deps.runExpression(config.expression, payload, EXPRESSION_DEADLINE_MS);
    if (!result.ok) return `the expression of the webhook failed: ${result.reason}`;
    const { receiverWorkflowNamesToVersions: names, workflowsToStart } = isRecord(result.value) ? result.value : {};
    if (isRecord(names)) receivers = receiverRules(names);
    if (isRecord(workflowsToStart)) {
      starts = startRules(workflowsToStart);
      idempotency = idempotencyOf(workflowsToStart);
    }
  }
  const { deliver, startOrResume } = config.matching ?? {};
  const key = idempotency.template === undefined ? '' : keyOf(idempotency.template, payload);
  const once = key === '' ? {} : { idempotencyKey: key, idempotencyStrategy: idempotency.strategy };
  const findableMs = findableFor(config.matching);
  return {
    receivers: await pinned(deps, receivers),
    starts: starts.map(({ name, version }) => ({ name, ...(version !== 'latest' && { version }), ...once })),
    event: `${config.name}:${eventId}`,
    createdBy,
    ...(deliver && deliver !== 'all' && { deliver }),
    ...(findableMs !== undefined && { findableMs }),
    // Without a key nobody can tell to which execution it belongs: then it starts one, as without the rule.
    ...(startOrResume && key !== '' && { resumes: true as const }),
  };
}

/** For how long waits that open later find an event; undefined: as long as it is kept. */
function findableFor({ lookBack = 'workflowStart', ttlSeconds }: MatchingRule = {}): number | undefined {
  if (lookBack === 'none') return 0;
  const span = parseDuration(lookBack);
  const limits = [...(span.ok ? [span.ms] : []), ...(ttlSeconds === undefined ? [] : [ttlSeconds * 1000])];
  return limits.length ? Math.min(...limits) : undefined;
}

/** The line of an event whose webhook keeps an order; a value that is not there has a line of its own. */
export function lineOf({ webhook }: ReadyWebhook, payload: JsonObject): string | undefined {
  const { orderBy } = webhook.config.matching ?? {};
  if (orderBy === undefined) return undefined;
  return `=${textOf(readPath(orderBy, payload) ?? null).slice(0, MAX_LINE_LENGTH)}`;
}

const isPinned = (rule: ReceiverRule): rule is Route['receivers'][number] => rule.version !== 'latest';

/** "latest" is the version that is the latest now. */
async function pinned(
  { store }: Pick<InboundDeps, 'store'>,
  receivers: readonly ReceiverRule[],
): Promise<Route['receivers']> {
  if (receivers.every(isPinned)) return receivers;
  const found = await Promise.all(
    receivers.map(async ({ name, version }) => {
      if (version !== 'latest') return { name, version };
      const def = await store.definitions.getWorkflow(name);
      return def && { name, version: def.version };
    }),
  );
  return found.filter((one) => one !== undefined);
}

/** The template may use the payload alone, as `${workflow.input.…}` (contract 3.5); what resolves to nothing is no key. */
function keyOf(template: string, payload: JsonObject): string {
  const value = resolve(template, { lookup: (root) => (root === 'workflow' ? { input: payload } : undefined) });
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
