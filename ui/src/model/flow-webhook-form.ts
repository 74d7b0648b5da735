// The form of a flow's outgoing webhook: its values, what is wrong with them in words, and the way to and from the contract.
import type { FlowWebhookConfig } from '../../../src/http/contract/flow-webhook.ts';
import type { FormErrors, HeaderRow, WorkflowChoice } from './webhook-form.ts';

type Config = FlowWebhookConfig;
export type Wish = Partial<Config> & Pick<Config, 'name' | 'url'>;

/** Shown instead of what is stored and secret; sent back, it keeps that. As the previous secret beside a new one: the one so far. */
export const MASK = '***';

export const METHODS: readonly Config['method'][] = ['POST', 'PUT', 'PATCH', 'GET', 'DELETE'];
export const takesBody = (method: Config['method']): boolean => method !== 'GET' && method !== 'DELETE';

/** What triggers, in words. The last three are about the execution only, never about chosen tasks. */
export const TRIGGERS: readonly { readonly value: Config['triggerEvent']; readonly label: string }[] = [
  { value: 'either', label: 'Success or failure' },
  { value: 'success', label: 'Success' },
  { value: 'failure', label: 'Failure (failed, timed out, terminated)' },
  { value: 'started', label: 'The execution starts' },
  { value: 'paused', label: 'The execution is paused' },
  { value: 'taskFailed', label: 'Any task fails' },
];
const TASK_TRIGGERS: ReadonlySet<Config['triggerEvent']> = new Set(['success', 'failure', 'either']);
export const triggersOf = (specific: boolean) => TRIGGERS.filter(({ value }) => !specific || TASK_TRIGGERS.has(value));

export interface FlowWebhookValues {
  readonly name: string;
  readonly url: string;
  readonly method: Config['method'];
  readonly headers: readonly HeaderRow[];
  readonly body: string;
  readonly triggerEvent: Config['triggerEvent'];
  /** False: any execution of the flow. */
  readonly specific: boolean;
  /** Reference names of tasks. */
  readonly tasks: readonly string[];
  readonly secretKey: string;
  readonly previousSecretKey: string;
  readonly signatures: readonly Config['signatures'][number][];
  readonly validateSsl: boolean;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly retryOnFailure: boolean;
  readonly enabled: boolean;
  readonly when: string;
  readonly orderKey: string;
  /** Text of a number; empty: no limit. */
  readonly perSecond: string;
  readonly burst: string;
  readonly alerts: readonly WorkflowChoice[];
}

export const EMPTY_FLOW_WEBHOOK: FlowWebhookValues = {
  ...{ name: '', url: '', method: 'POST', headers: [{ name: 'Content-Type', value: 'application/json' }] },
  ...{ body: '{"job": "$jobId", "status": "$jobStatus"}', triggerEvent: 'either', specific: false, tasks: [] },
  ...{ secretKey: '', previousSecretKey: '', signatures: ['flow'], validateSsl: true, ca: '', cert: '', key: '' },
  ...{ retryOnFailure: true, enabled: true, when: '', orderKey: '', perSecond: '', burst: '', alerts: [] },
};

/** Values for a stored webhook. What is secret comes masked and is left empty: empty keeps it. */
export function flowWebhookValues(config: Config): FlowWebhookValues {
  const { triggerObject, when, rateLimit } = config;
  return {
    ...{ name: config.name, url: config.url, method: config.method, body: config.body ?? '' },
    headers: Object.entries(config.headers).map(([name, value]) => ({ name, value })),
    triggerEvent: config.triggerEvent,
    specific: triggerObject !== 'any',
    tasks: triggerObject === 'any' ? [] : triggerObject,
    ...{ secretKey: '', previousSecretKey: '', key: '' },
    signatures: config.signatures,
    ...{ validateSsl: config.validateSsl, ca: config.ca ?? '', cert: config.cert ?? '' },
    ...{ retryOnFailure: config.retryOnFailure, enabled: config.enabled, orderKey: config.orderKey ?? '' },
    when: when === undefined ? '' : typeof when === 'string' ? when : JSON.stringify(when),
    perSecond: rateLimit === undefined ? '' : String(rateLimit.perSecond),
    burst: rateLimit?.burst === undefined ? '' : String(rateLimit.burst),
    alerts: (config.alerts ?? []).map(({ name, version }) => ({ name, version: String(version) })),
  };
}

const given = (text: string): string | undefined => (text.trim() === '' ? undefined : text);

/** A secret left empty stays what it is; `dropped` names those that are to go. */
const kept = (text: string, stored: string | undefined, drop = false): string | undefined =>
  given(text) ?? (stored === undefined || drop ? undefined : MASK);

/** What to send. `stored` is the webhook that is edited. `dropPrevious` ends a rotation. */
export function flowWebhookWish(values: FlowWebhookValues, stored?: Config, dropPrevious = false): Wish {
  const { method, specific, tasks, perSecond, burst } = values;
  const alerts = values.alerts.filter(({ name }) => name !== '');
  const wish = {
    ...(stored?.id !== undefined && { id: stored.id }),
    ...{ name: values.name.trim(), url: values.url.trim(), method },
    headers: Object.fromEntries(
      values.headers.filter(({ name }) => name.trim() !== '').map((row) => [row.name.trim(), row.value]),
    ),
    body: takesBody(method) ? values.body : undefined,
    triggerEvent: values.triggerEvent,
    triggerObject: specific ? [...tasks] : ('any' as const),
    secretKey: kept(values.secretKey, stored?.secretKey),
    previousSecretKey: kept(values.previousSecretKey, stored?.previousSecretKey, dropPrevious),
    signatures: [...values.signatures],
    ...{ validateSsl: values.validateSsl, retryOnFailure: values.retryOnFailure, enabled: values.enabled },
    ...{
      ca: given(values.ca),
      cert: given(values.cert),
      orderKey: given(values.orderKey),
      when: readWhen(values.when),
    },
    key: given(values.key) ?? (stored?.key !== undefined && given(values.cert) ? MASK : undefined),
    rateLimit: given(perSecond)
      ? { perSecond: Number(perSecond), ...(given(burst) && { burst: Number(burst) }) }
      : undefined,
    alerts: alerts.length > 0 ? alerts.map(({ name, version }) => ({ name, version: Number(version) })) : undefined,
  };
  return defined(wish);
}

const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

/** A condition is text, unless it is written as a JSON object. */
function readWhen(text: string): Config['when'] {
  if (!text.trim().startsWith('{')) return given(text);
  try {
    return JSON.parse(text) as Config['when'];
  } catch {
    return text;
  }
}

const isPositive = (text: string): boolean => /^\d{1,6}(\.\d{1,3})?$/.test(text.trim()) && Number(text) > 0;

/** Problems by field. Empty: the form can be sent. The server knows more: addresses, references, certificates. */
export function checkFlowWebhook(values: FlowWebhookValues, stored?: Config): FormErrors {
  const errors: Record<string, string> = {};
  if (values.name.trim() === '') errors.name = 'Give the webhook a name.';
  if (values.url.trim() === '') errors.url = 'Enter the address that receives the message.';
  else if (!/^https?:\/\/[^/?#\s]+/i.test(values.url.trim())) errors.url = 'Begin with https:// or http://.';
  if (values.specific && values.tasks.length === 0) errors.triggerObject = 'Choose at least one task.';
  const hasSecret = values.secretKey !== '' || stored?.secretKey !== undefined;
  if (values.previousSecretKey === MASK && values.secretKey === '')
    errors.secretKey = 'Enter or invent the new secret.';
  if (values.previousSecretKey !== '' && !hasSecret) errors.previousSecretKey = 'It needs a secret key beside it.';
  if (values.signatures.includes('standard') && !hasSecret)
    errors.signatures = 'Standard Webhooks signatures need a secret key.';
  if (values.perSecond.trim() !== '' && !isPositive(values.perSecond)) errors.perSecond = 'Enter a number above zero.';
  if (values.burst.trim() !== '' && !isPositive(values.burst)) errors.burst = 'Enter a number above zero.';
  if (values.burst.trim() !== '' && values.perSecond.trim() === '') errors.perSecond = 'Enter the rate too.';
  const seen = new Set<string>();
  for (const [i, { name }] of values.headers.entries()) {
    const lower = name.trim().toLowerCase();
    if (lower !== '' && seen.has(lower)) errors[`headers.${i}`] = 'This header is already in the list.';
    seen.add(lower);
  }
  return errors;
}

/** Refusals of the server, at the field that they are about: `headers.X-A` and `triggerObject[0]` too. */
export function fieldErrors(
  problems: readonly { readonly path: string; readonly message: string }[],
  headers: readonly HeaderRow[],
): FormErrors {
  return Object.fromEntries(
    problems.map(({ path, message }) => {
      const [field = ''] = path.split(/[.[]/);
      if (field !== 'headers') return [field === 'rateLimit' ? 'perSecond' : field, message];
      const row = headers.findIndex(({ name }) => name.trim() === path.slice('headers.'.length));
      return [`headers.${Math.max(0, row)}`, message];
    }),
  );
}

/** Fields as their labels name them, where that is not the word on the wire. */
const LABELS: Readonly<Record<string, string>> = {
  url: 'URL',
  headers: 'header',
  triggerEvent: 'trigger event',
  triggerObject: 'trigger object',
  when: 'condition',
  secretKey: 'secret',
  previousSecretKey: 'previous secret',
  orderKey: 'order key',
  rateLimit: 'rate',
  cert: 'client certificate',
  key: 'client key',
  ca: 'certificate authority',
};

/** What the refusal as a whole says: the fields that it is about, which carry the reasons; without any its own text. */
export function refusalSentence(problems: readonly { readonly path: string }[], text: string): string {
  const names = [...new Set(problems.map(({ path }) => path.split(/[.[]/)[0] ?? ''))].map(
    (name) => LABELS[name] ?? name,
  );
  if (names.length === 0) return text;
  if (names.length === 1) return `The ${names[0]} is not accepted: the field above says why.`;
  return `The ${names.slice(0, -1).join(', ')} and ${names.at(-1)} are not accepted: the fields above say why.`;
}

/** References that can be put into a body, with words for each. */
export function bodyReferences(taskRefs: readonly string[]): { readonly text: string; readonly help: string }[] {
  return [
    { text: '$jobId', help: 'Id of the execution' },
    { text: '$jobStatus', help: 'Its status: COMPLETED, FAILED, …' },
    { text: '${workflow.input}', help: 'What it was started with' },
    { text: '${workflow.output}', help: 'What it came to' },
    { text: '${workflow.correlationId}', help: 'Its correlation id' },
    ...taskRefs.slice(0, 6).map((ref) => ({ text: `\${${ref}.output}`, help: `Output of the task ${ref}` })),
  ];
}
