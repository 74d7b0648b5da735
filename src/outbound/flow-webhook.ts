// What an outgoing webhook of a flow is, and whether it can work: every problem with its place, before anything is stored.

import type { Json, JsonObject } from '../core/json.ts';
import { compilePredicate } from '../core/language/predicate.ts';
import type { Guard } from './guard.ts';
import { checkHeader, readTls } from './request.ts';
import { checkSecret } from './sign.ts';
import { parseTemplate, referencesOf, renderEncoded, type Template } from './template.ts';

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];
export const TRIGGER_EVENTS = ['success', 'failure', 'either', 'started', 'paused', 'taskFailed'] as const;
export type TriggerEvent = (typeof TRIGGER_EVENTS)[number];
export const SIGNATURES = ['flow', 'standard'] as const;
export type Signature = (typeof SIGNATURES)[number];

/** A workflow whose waits hear when this webhook fails. */
export interface Listener {
  readonly name: string;
  readonly version: number;
}

/** All that a client may set, as it is stored. */
export interface FlowWebhookConfig {
  readonly name: string;
  readonly url: string;
  readonly method: Method;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly triggerEvent: TriggerEvent;
  /** Task reference names, or any execution of the flow. */
  readonly triggerObject: 'any' | readonly string[];
  readonly secretKey?: string;
  /** Still signed with while consumers change theirs. */
  readonly previousSecretKey?: string;
  readonly signatures: readonly Signature[];
  readonly validateSsl: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly retryOnFailure: boolean;
  /** A condition on `jobId`, `jobStatus`, `workflow` and `task`. */
  readonly when?: string | JsonObject;
  readonly rateLimit?: { readonly perSecond: number; readonly burst?: number };
  /** A template; deliveries with the same text go one after the other. */
  readonly orderKey?: string;
  readonly alerts?: readonly Listener[];
  /** Why Fermata has switched it off. */
  readonly disabledReason?: string;
}

export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Standard Webhooks advises 20 KB for what arrives; a template is shorter than that. */
export const MAX_BODY_LENGTH = 64 * 1024;
/** What arrives may hold values of any size; beyond this a consumer should fetch them. */
export const MAX_MESSAGE_LENGTH = 1024 * 1024;
const MAX_HEADERS = 50;
export const MAX_HEADER_VALUE_LENGTH = 8 * 1024;
export const MAX_TRIGGER_OBJECTS = 100;
export const MAX_ALERTS = 10;
export const MAX_RATE_PER_SECOND = 10_000;
const MAX_ORDER_KEY_LENGTH = 1_024;

const METHODS_WITH_BODY: ReadonlySet<Method> = new Set(['POST', 'PUT', 'PATCH']);
export const takesBody = (method: Method): boolean => METHODS_WITH_BODY.has(method);

/** Events that chosen tasks can have of their own. */
const TASK_EVENTS: ReadonlySet<TriggerEvent> = new Set(['success', 'failure', 'either']);

/** Headers that Fermata makes, lower case: a second one would leave the receiver to choose. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'x-webhook-signature',
  'x-webhook-signature-previous',
  'x-webhook-delivery',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
]);

export interface CheckDeps {
  readonly guard: Guard;
  /** Task reference names of the flow, in any of its versions. */
  readonly taskRefs: ReadonlySet<string>;
}

/** Says all that is wrong with a webhook whose fields have the right types. */
export function problemsOf(config: FlowWebhookConfig, { guard, taskRefs }: CheckDeps): Problem[] {
  const problems: Problem[] = [];
  const say = (path: string, message: string | undefined): void => {
    if (message !== undefined) problems.push({ path, message });
  };
  say('url', urlProblem(config.url, guard, taskRefs));
  checkHeaders(config.headers, taskRefs, say);
  if (config.body !== undefined) say('body', bodyProblem(config.body, config.method, taskRefs));
  if (config.orderKey !== undefined) say('orderKey', templateProblem(config.orderKey, MAX_ORDER_KEY_LENGTH, taskRefs));
  checkTrigger(config, taskRefs, say);
  checkSecrets(config, say);
  const tls = readTls({ validate: config.validateSsl, ca: config.ca, cert: config.cert, key: config.key });
  if (!tls.ok) say(config.cert === undefined && config.key === undefined ? 'ca' : 'cert', tls.reason);
  if (config.when !== undefined) {
    const when = compilePredicate(config.when as Json);
    if (!when.ok) say('when', when.reason);
  }
  return problems;
}

type Say = (path: string, message: string | undefined) => void;

function urlProblem(url: string, guard: Guard, taskRefs: ReadonlySet<string>): string | undefined {
  const template = parseTemplate(url, taskRefs);
  if (!template.ok) return template.reason;
  if (!hasFixedOrigin(template)) return 'references may stand behind the host only';
  const verdict = guard.checkUrl(renderEncoded(template, () => 'x'));
  return verdict.ok ? undefined : verdict.reason;
}

/** Who is called must not depend on what an execution says. */
function hasFixedOrigin(template: Template): boolean {
  const [first] = template.parts;
  return referencesOf(template).length === 0 || /^https?:\/\/[^/?#]+[/?#]/i.test(first?.text ?? '');
}

function checkHeaders(headers: FlowWebhookConfig['headers'], taskRefs: ReadonlySet<string>, say: Say): void {
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const path = `headers.${name.slice(0, 100)}`;
    const lower = name.toLowerCase();
    if (seen.has(lower)) say(path, 'the header is there twice, in different capitals');
    seen.add(lower);
    if (OWN_HEADERS.has(lower)) say(path, 'this header carries the signature and is set by Fermata itself');
    const template = parseTemplate(value, taskRefs);
    const checked = template.ok ? checkHeader(name, value) : template;
    if (!checked.ok) say(path, checked.reason);
  }
  if (seen.size > MAX_HEADERS) say('headers', `there are more than ${MAX_HEADERS} headers`);
}

function bodyProblem(body: string, method: Method, taskRefs: ReadonlySet<string>): string | undefined {
  if (!takesBody(method)) return `${method} carries no body; use POST, PUT or PATCH`;
  return templateProblem(body, MAX_BODY_LENGTH, taskRefs);
}

function templateProblem(text: string, maxLength: number, taskRefs: ReadonlySet<string>): string | undefined {
  if (text.length > maxLength) return `is longer than ${maxLength} characters`;
  const template = parseTemplate(text, taskRefs);
  return template.ok ? undefined : template.reason;
}

function checkTrigger(
  { triggerEvent, triggerObject }: FlowWebhookConfig,
  taskRefs: ReadonlySet<string>,
  say: Say,
): void {
  if (triggerObject === 'any') return;
  if (triggerObject.length === 0) say('triggerObject', 'name at least one task, or write any');
  if (triggerObject.length > MAX_TRIGGER_OBJECTS) say('triggerObject', `names more than ${MAX_TRIGGER_OBJECTS} tasks`);
  if (!TASK_EVENTS.has(triggerEvent))
    say('triggerEvent', `${triggerEvent} is about the execution; with chosen tasks use ${[...TASK_EVENTS].join(', ')}`);
  triggerObject.forEach((ref, i) => {
    if (!taskRefs.has(ref))
      say(`triggerObject[${i}]`, `no version of this flow has a task with the reference name ${ref.slice(0, 100)}`);
  });
}

function checkSecrets({ secretKey, previousSecretKey, signatures }: FlowWebhookConfig, say: Say): void {
  for (const [path, secret] of Object.entries({ secretKey, previousSecretKey })) {
    const verdict = secret === undefined ? undefined : checkSecret(secret);
    if (verdict && !verdict.ok) say(path, verdict.reason);
  }
  if (secretKey === undefined && previousSecretKey !== undefined)
    say('previousSecretKey', 'is there without a secretKey');
  if (secretKey === undefined && signatures.includes('standard'))
    say('signatures', 'Standard Webhooks signatures need a secretKey');
}

/** Shown instead of what is secret; sent back, it means "keep what you have". */
export const MASK = '***';

const CREDENTIAL_HEADER =
  /^(?:authorization|proxy-authorization|cookie|x-authorization)$|(?:api|access|auth)[-_]?(?:key|token)|secret|password/i;

/** Whether the value of a header is a credential, by its name. */
export const isCredential = (header: string): boolean => CREDENTIAL_HEADER.test(header);

const SECRET_FIELDS = ['secretKey', 'previousSecretKey', 'key'] as const;

/** The webhook with every secret replaced by what `replace` says. `place`: `secretKey`, `headers.Authorization`. */
export function replaceSecrets(
  config: FlowWebhookConfig,
  replace: (secret: string, place: string) => string | undefined,
): FlowWebhookConfig {
  const headers = Object.entries(config.headers).flatMap(([name, value]): [string, string][] => {
    const replaced = isCredential(name) ? replace(value, `headers.${name}`) : value;
    return replaced === undefined ? [] : [[name, replaced]];
  });
  const fields = SECRET_FIELDS.flatMap((field) => {
    const secret = config[field];
    return secret === undefined ? [] : [[field, replace(secret, field)] as const];
  });
  return { ...config, headers: Object.fromEntries(headers), ...Object.fromEntries(fields) };
}

/** For whoever may see the webhook: a token may stay visible up to its scheme ("Bearer ***"). */
export const masked = (config: FlowWebhookConfig): FlowWebhookConfig =>
  replaceSecrets(config, (secret, place) => {
    const scheme = place.startsWith('headers.') ? /^(?:Bearer|Basic|Token) /i.exec(secret)?.[0] : undefined;
    return `${scheme ?? ''}${MASK}`;
  });

/** A header that ends like a mask was masked behind its scheme; a secret that does is just a secret. */
const isMasked = (secret: string, place: string): boolean =>
  place.startsWith('headers.') ? secret.endsWith(MASK) : secret === MASK;

/**
 * What was masked when it was read keeps the value that is stored. A masked `previousSecretKey` beside a new secret is,
 * where none is stored, the secret so far: nobody has to know it to rotate it.
 */
export function withKeptSecrets(config: FlowWebhookConfig, before: FlowWebhookConfig): FlowWebhookConfig {
  const stored = new Map(Object.entries(before.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const isNew = config.secretKey !== undefined && ![MASK, before.secretKey].includes(config.secretKey);
  return replaceSecrets(config, (secret, place) => {
    if (!isMasked(secret, place)) return secret;
    if (place.startsWith('headers.')) return stored.get(place.slice('headers.'.length).toLowerCase());
    const kept = before[place as (typeof SECRET_FIELDS)[number]];
    return place === 'previousSecretKey' && isNew ? (kept ?? before.secretKey) : kept;
  });
}

/** With a new secret; the one so far is still signed with, until it is taken out. */
export const withNewSecret = (config: FlowWebhookConfig, secretKey: string): FlowWebhookConfig => ({
  ...config,
  secretKey,
  ...(config.secretKey !== undefined && { previousSecretKey: config.secretKey }),
});

/** Places of credentials that are still masked: there was nothing to keep. */
export function maskedPlaces(config: FlowWebhookConfig): Problem[] {
  const found: Problem[] = [];
  replaceSecrets(config, (secret, place) => {
    if (isMasked(secret, place))
      found.push({ path: place, message: 'is masked, and there is no stored value to keep' });
    return secret;
  });
  return found;
}

/** As it is stored: plain JSON without absent fields. */
export const asJson = (config: FlowWebhookConfig): JsonObject => JSON.parse(JSON.stringify(config)) as JsonObject;
export const configOf = (row: { readonly config: JsonObject }): FlowWebhookConfig =>
  row.config as unknown as FlowWebhookConfig;
