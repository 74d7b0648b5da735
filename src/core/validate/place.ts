// One place of a workflow definition: its fields, and what its type needs (contract 5.2, 5.6 to 5.8).

import type { Json, JsonObject } from '../json.ts';
import { isList, isRecord } from '../json.ts';
import { compilePath } from '../language/json-path.ts';
import { matchesOf } from '../match.ts';
import { MOMENTS, namedMoments } from '../model.ts';
import { problemOfTerms } from '../wait-terms.ts';
import {
  type Check,
  checkFields,
  flag,
  integerFrom,
  list,
  nonEmptyText,
  oneOf,
  own,
  type Problems,
  record,
  text,
  texts,
  under,
} from './problems.ts';

const FIELDS: Readonly<Record<string, Check>> = {
  description: text,
  inputParameters: record,
  startDelay: integerFrom(0),
  optional: flag,
  permissive: flag,
  asyncComplete: flag,
  retryCount: integerFrom(0),
  joinOn: texts,
  defaultExclusiveJoinTask: texts,
  decisionCases: record,
  defaultCase: list,
  forkTasks: list,
  loopOver: list,
  evaluatorType: text,
  expression: text,
  caseValueParam: text,
  caseExpression: text,
  scriptExpression: text,
  loopCondition: text,
  dynamicTaskNameParam: text,
  dynamicForkTasksParam: text,
  dynamicForkTasksInputParamName: text,
  keepLastN: integerFrom(1),
  sink: text,
  subWorkflowParam: record,
  onStateChange: record,
  cacheConfig: record,
};

type Place = Readonly<Record<string, unknown>>;
type Rule = (place: Place, path: string, problems: Problems) => void;

const given = (place: Place, field: string): boolean => own(place, field) !== undefined;
const inputOf = (place: Place): JsonObject => {
  const input = own(place, 'inputParameters');
  return isRecord(input) ? input : {};
};
const isTemplate = (value: unknown): boolean => typeof value === 'string' && value.includes('${');

const needs =
  (field: string, check: Check, what: string): Rule =>
  (place, path, problems) => {
    const problem = check(own(place, field));
    if (problem) problems.add(under(path, field), `${what}: it ${problem}`, own(place, field));
  };

/** An input that the type cannot do without; the registered task definition may have it in its inputTemplate. */
const needsInput =
  (key: string, what: string): Rule =>
  (place, path, problems) => {
    const template = own(place, 'taskDefinition');
    if (isRecord(template) && isRecord(template.inputTemplate) && template.inputTemplate[key] !== undefined) return;
    if (own(inputOf(place), key) === undefined)
      problems.add(under(path, `inputParameters.${key}`), `${what} is missing`);
  };

const CONDITION_EVALUATORS = oneOf('value-param', 'javascript', 'graaljs');

const condition: Rule = (place, path, problems) => {
  checkFields(place, path, { evaluatorType: CONDITION_EVALUATORS }, problems);
  needs('expression', nonEmptyText, 'a SWITCH decides by its expression')(place, path, problems);
  cases(place, path, problems);
};

const cases: Rule = (place, path, problems) => {
  if (!given(place, 'decisionCases') && !given(place, 'defaultCase'))
    problems.add(under(path, 'decisionCases'), 'is missing: case -> list of tasks');
};

const oldDecision: Rule = (place, path, problems) => {
  if (!given(place, 'caseValueParam') && !given(place, 'caseExpression'))
    problems.add(under(path, 'caseValueParam'), 'a DECISION needs caseValueParam or caseExpression');
  cases(place, path, problems);
};

const fork: Rule = (place, path, problems) => {
  const branches = own(place, 'forkTasks');
  if (!isList(branches) || branches.length === 0 || !branches.every(isList))
    problems.add(under(path, 'forkTasks'), 'must be a list of branches, each a list of tasks', branches);
};

const dynamicFork: Rule = (place, path, problems) => {
  const input = inputOf(place);
  if (['forkTaskName', 'forkTaskWorkflow'].some((key) => own(input, key) !== undefined))
    return needsInput('forkTaskInputs', 'the list of inputs, one for each branch,')(place, path, problems);
  const param = own(place, 'dynamicForkTasksParam');
  if (typeof param !== 'string')
    problems.add(
      under(path, 'dynamicForkTasksParam'),
      'is missing: the name of the input that holds the list of tasks',
    );
  else needsInput(param, 'the list of tasks')(place, path, problems);
};

const loop: Rule = (place, path, problems) => {
  checkFields(place, path, { evaluatorType: CONDITION_EVALUATORS }, problems);
  const body = own(place, 'loopOver');
  if (!isList(body) || body.length === 0)
    problems.add(under(path, 'loopOver'), 'must be a list with at least one task', body);
  const hasItems = given(place, 'items') || own(inputOf(place), 'items') !== undefined;
  if (!hasItems)
    needs('loopCondition', nonEmptyText, 'a DO_WHILE needs a loopCondition or items')(place, path, problems);
};

const dynamic: Rule = (place, path, problems) => {
  const { dynamicTaskNameParam: param } = place;
  if (typeof param !== 'string' || param === '')
    problems.add(under(path, 'dynamicTaskNameParam'), 'is missing: the name of the input that names the task', param);
  else needsInput(param, 'the name of the task to execute')(place, path, problems);
};

const terminate: Rule = (place, path, problems) => {
  if (own(place, 'optional') === true)
    problems.add(under(path, 'optional'), 'a TERMINATE task cannot be optional', true);
  const status = own(inputOf(place), 'terminationStatus');
  if (isTemplate(status)) return;
  const problem = oneOf('COMPLETED', 'FAILED', 'TERMINATED')(status);
  if (problem) problems.add(under(path, 'inputParameters.terminationStatus'), problem, status);
};

const startWorkflow: Rule = (place, path, problems) => {
  const request = own(inputOf(place), 'startWorkflow');
  if (isTemplate(request)) return;
  const isComplete = isRecord(request) && (own(request, 'name') !== undefined || isRecord(own(request, 'workflowDef')));
  if (!isComplete)
    problems.add(
      under(path, 'inputParameters.startWorkflow'),
      'must be a start request: { name, version, input }',
      request,
    );
};

const SINK = /^(conductor$|conductor:.|https?:\/\/.)/;

const event: Rule = (place, path, problems) => {
  const sink = own(place, 'sink') ?? own(inputOf(place), 'sink');
  if (isTemplate(sink) || (typeof sink === 'string' && SINK.test(sink))) return;
  const [kind = ''] = typeof sink === 'string' ? sink.split(':') : [];
  problems.add(
    under(path, 'sink'),
    kind === ''
      ? 'is missing: conductor, conductor:<event> or an http address'
      : `sinks of kind ${kind} are not supported; use conductor, conductor:<event> or an http address`,
    sink,
  );
};

const script: Rule = (place, path, problems) => {
  const input = inputOf(place);
  const evaluator = own(place, 'evaluatorType') ?? own(input, 'evaluatorType');
  if (evaluator !== undefined && !isTemplate(evaluator)) {
    const problem = CONDITION_EVALUATORS(evaluator);
    if (problem) problems.add(under(path, 'inputParameters.evaluatorType'), problem, evaluator);
  }
  if (own(place, 'expression') === undefined) needsInput('expression', 'the script')(place, path, problems);
};

const lambda: Rule = (place, path, problems) => {
  if (!given(place, 'scriptExpression')) needsInput('scriptExpression', 'the script')(place, path, problems);
};

const webhookWait: Rule = (place, path, problems) => {
  const input = inputOf(place);
  const matches = own(input, 'matches');
  if (matches !== undefined && !isRecord(matches) && !isTemplate(matches))
    problems.add(
      under(path, 'inputParameters.matches'),
      'must be an object: path of the payload -> expected value',
      matches,
    );
  checkPaths(input, isRecord(matches) ? 'inputParameters.matches' : 'inputParameters', path, problems);
  // What is filled in when the task is made can only be judged then.
  const written = Object.entries(input).filter(([, value]) => typeof value !== 'string' || !value.includes('${'));
  const reason = problemOfTerms(Object.fromEntries(written));
  if (reason !== undefined) problems.add(under(path, 'inputParameters'), reason, null);
};

function checkPaths(input: JsonObject, where: string, path: string, problems: Problems): void {
  for (const key of Object.keys(matchesOf(input))) {
    const compiled = compilePath(key);
    if (!compiled.ok) problems.add(under(path, where), `${key.slice(0, 200)} is not a path: ${compiled.reason}`, key);
  }
}

const wait: Rule = (place, path, problems) => {
  if (isRecord(own(inputOf(place), 'matches'))) webhookWait(place, path, problems);
};

const exclusiveJoin: Rule = (place, path, problems) => {
  const refs = own(place, 'joinOn');
  if (!isList(refs) || refs.length === 0) problems.add(under(path, 'joinOn'), 'must name at least one task', refs);
};

/** Flat or under `http_request`, as HTTP takes it. */
const httpPoll: Rule = (place, path, problems) => {
  if (own(inputOf(place), 'uri') === undefined) needsInput('http_request', 'the request')(place, path, problems);
};

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['SWITCH', condition],
  ['DECISION', oldDecision],
  ['FORK_JOIN', fork],
  ['FORK_JOIN_DYNAMIC', dynamicFork],
  ['EXCLUSIVE_JOIN', exclusiveJoin],
  ['DO_WHILE', loop],
  ['DYNAMIC', dynamic],
  ['TERMINATE', terminate],
  ['TERMINATE_WORKFLOW', needsInput('workflowId', 'the id of the execution')],
  ['START_WORKFLOW', startWorkflow],
  ['EVENT', event],
  ['INLINE', script],
  ['LAMBDA', lambda],
  ['JSON_JQ_TRANSFORM', needsInput('queryExpression', 'the jq program')],
  ['HTTP_POLL', httpPoll],
  ['UPDATE_TASK', needsInput('taskStatus', 'the status to set')],
  ['WAIT', wait],
  ['WAIT_FOR_WEBHOOK', webhookWait],
]);

/** Checks the fields of a place and what its type needs; not its name, and not what lies inside it. */
export function checkPlace(place: Place, type: string, path: string, problems: Problems): void {
  checkFields(place, path, FIELDS, problems);
  RULES.get(type)?.(place, path, problems);
  checkOnStateChange(own(place, 'onStateChange'), under(path, 'onStateChange'), problems);
  const cache = own(place, 'cacheConfig');
  if (isRecord(cache))
    checkFields(cache, under(path, 'cacheConfig'), { key: nonEmptyText, ttlInSecond: integerFrom(1) }, problems);
}

function checkOnStateChange(wishes: unknown, path: string, problems: Problems): void {
  if (!isRecord(wishes)) return;
  for (const [moments, events] of Object.entries(wishes)) {
    const strange = namedMoments(moments).find((name) => !MOMENTS.some((moment) => moment === name));
    if (strange !== undefined)
      problems.add(under(path, moments), `names no moment of a task; those are ${MOMENTS.join(', ')}`, strange);
    const isRight = isList(events) && events.every((event: Json) => isRecord(event) && typeof event.type === 'string');
    if (!isRight) problems.add(under(path, moments), 'must be a list of { type, payload }', events);
  }
}
