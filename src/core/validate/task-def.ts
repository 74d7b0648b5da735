// A task definition: retries, timeouts and limits of one kind of worker task (contract 5.2, 5.4, 5.16).

import { isRecord } from '../json.ts';
import {
  atLeast,
  type Check,
  checkFields,
  integerFrom,
  name,
  oneOf,
  own,
  type Problems,
  record,
  text,
  texts,
  under,
} from './problems.ts';
import { checkSchemaUses } from './schema-use.ts';

const CHECKS: Readonly<Record<string, Check>> = {
  description: text,
  retryCount: integerFrom(0),
  retryLogic: oneOf('FIXED', 'LINEAR_BACKOFF', 'EXPONENTIAL_BACKOFF'),
  retryDelaySeconds: atLeast(0),
  backoffScaleFactor: atLeast(1),
  maxRetryDelaySeconds: atLeast(0),
  backoffJitterMs: atLeast(0),
  timeoutSeconds: atLeast(0),
  timeoutPolicy: oneOf('RETRY', 'TIME_OUT_WF', 'ALERT_ONLY'),
  responseTimeoutSeconds: atLeast(1),
  pollTimeoutSeconds: atLeast(0),
  totalTimeoutSeconds: atLeast(0),
  concurrentExecLimit: integerFrom(0),
  rateLimitPerFrequency: integerFrom(0),
  rateLimitFrequencyInSeconds: atLeast(0),
  inputKeys: texts,
  outputKeys: texts,
  maskedFields: texts,
  inputTemplate: record,
  ownerEmail: text,
};

/** One that stands in a place of a workflow may lack its name: it is that of the place. */
export function checkTaskDef(def: unknown, path: string, problems: Problems, isEmbedded = false): void {
  if (!isRecord(def)) {
    problems.add(path, 'must be an object: a task definition', def);
    return;
  }
  const problem = isEmbedded && own(def, 'name') === undefined ? undefined : name(own(def, 'name'));
  if (problem) problems.add(under(path, 'name'), problem, own(def, 'name'));
  checkFields(def, path, CHECKS, problems);
  checkSchemaUses(def, path, problems);
  const response = own(def, 'responseTimeoutSeconds');
  const timeout = own(def, 'timeoutSeconds');
  if (typeof response === 'number' && typeof timeout === 'number' && timeout > 0 && response >= timeout)
    problems.add(
      under(path, 'responseTimeoutSeconds'),
      `must be less than timeoutSeconds, which is ${timeout}`,
      response,
    );
}
