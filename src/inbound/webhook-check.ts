// What of a webhook's configuration could never work, found when it is saved and not when the first event comes.

import { compilePath } from '../core/language/json-path.ts';
import { verifierFor } from './platforms/conductor.ts';
import type { WebhookConfig } from './webhook.ts';
import { idempotencyOf, isVersion, RESERVED, startRules } from './webhook.ts';

export interface WebhookProblem {
  readonly path: string;
  readonly message: string;
}

/** Everything in a configuration that could never work, with its place (contract 2.2, 2.4). */
export function problemsOf(config: WebhookConfig): readonly WebhookProblem[] {
  const problems: WebhookProblem[] = [];
  const { receiverWorkflowNamesToVersions: receivers = {}, workflowsToStart = {}, expression } = config;
  if (Object.keys(receivers).length === 0 && startRules(workflowsToStart).length === 0 && !expression)
    problems.push({
      path: 'receiverWorkflowNamesToVersions',
      message: 'name at least one workflow here, or in workflowsToStart, or give an expression that does',
    });
  for (const [name, version] of Object.entries(workflowsToStart))
    if (!RESERVED.has(name) && !isVersion(version) && version !== 'latest')
      problems.push({
        path: `workflowsToStart.${name}`,
        message: 'must be the version to start: a whole number from 1, or "latest"',
      });
  const verifier = verifierFor(config);
  if (!verifier.ok)
    for (const { at, message } of verifier.problems) problems.push({ path: wireField(config, at), message });
  if (config.limits?.burst !== undefined && config.limits.perSecond === undefined)
    problems.push({ path: 'limits.burst', message: 'needs limits.perSecond: without a rate nothing is limited' });
  problems.push(...matchingProblems(config));
  return problems;
}

function matchingProblems({ matching = {}, workflowsToStart }: WebhookConfig): readonly WebhookProblem[] {
  const problems: WebhookProblem[] = [];
  const { orderBy, startOrResume } = matching;
  const path = orderBy === undefined ? undefined : compilePath(orderBy);
  if (path && !path.ok) problems.push({ path: 'matching.orderBy', message: `is not a path: ${path.reason}` });
  const { template } = idempotencyOf(workflowsToStart);
  if (startOrResume && template === undefined)
    problems.push({
      path: 'matching.startOrResume',
      message: 'needs workflowsToStart with an idempotencyKey: it says which execution an event belongs to',
    });
  if (startOrResume && template?.includes('${') && !/\$\{workflow\.input\b/.test(template))
    problems.push({
      path: 'workflowsToStart.idempotencyKey',
      message: 'is nothing for every event: the payload is written ${workflow.input.…} here',
    });
  return problems;
}

const WIRE_FIELDS: ReadonlySet<string> = new Set([
  'verifier',
  'sourcePlatform',
  'headers',
  'methods',
  'toleranceSeconds',
]);

/** Platforms name their secret as the vendor does; on the wire it is one of two fields (contract 2.3). */
function wireField(config: WebhookConfig, at: string): string {
  if (WIRE_FIELDS.has(at)) return at;
  if (config.fields && config.verifier === 'PLATFORM') return `fields.${at}`;
  return config.verifier === 'SENDGRID' ? 'secretKey' : 'secretValue';
}
