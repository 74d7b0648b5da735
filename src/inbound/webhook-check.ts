// What of a webhook's configuration could never work, found when it is saved and not when the first event comes.

import { checkConfig } from './verifiers/index.ts';
import type { WebhookConfig } from './webhook.ts';
import { isVersion, RESERVED, startRules } from './webhook.ts';
import { verifierFor } from './webhook-verifier.ts';

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
    if (!RESERVED.has(name) && !isVersion(version))
      problems.push({
        path: `workflowsToStart.${name}`,
        message: 'must be the version to start: a whole number from 1',
      });
  if (config.verifier === 'HEADER_BASED' && Object.keys(config.headers ?? {}).length === 0)
    return [...problems, { path: 'headers', message: 'HEADER_BASED needs at least one header with its value' }];
  const places: Readonly<Record<string, string>> = {
    secrets: config.verifier === 'SENDGRID' ? 'secretKey' : 'secretValue',
    'scheme.headers.0': 'headerKey',
  };
  for (const { at, message } of checkConfig(verifierFor(config, false)))
    problems.push({ path: places[at] ?? (at.startsWith('scheme.headers') ? 'headers' : at), message });
  return problems;
}
