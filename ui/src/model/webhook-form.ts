// The New Webhook form: its values, what is wrong with them in words, and the way to and from Conductor's WebhookConfig.
import type { IdempotencyStrategy } from '../../../src/core/model.ts';
import type { WebhookConfig } from '../../../src/http/contract/webhook.ts';
import { CUSTOM, platformOf, WEBHOOK_PLATFORMS, type WebhookPlatform } from './webhook-platform.ts';

/** What the server answers in place of a stored secret; sent back, it keeps the stored one (contract 2.1). */
const MASK = '***';

export interface WorkflowChoice {
  readonly name: string;
  /** A number as text, or `latest` or `any` for receivers; empty means that none is chosen yet. */
  readonly version: string;
}

/** Beside numbers, what a receiver's version can be. */
export const RECEIVER_VERSIONS = ['latest', 'any'] as const;
const isOpenVersion = (text: string): text is (typeof RECEIVER_VERSIONS)[number] => text === 'latest' || text === 'any';

export interface HeaderRow {
  readonly name: string;
  readonly value: string;
}

export interface WebhookValues {
  readonly name: string;
  readonly receivers: readonly WorkflowChoice[];
  readonly platform: string;
  readonly secret: string;
  readonly key: string;
  readonly headers: readonly HeaderRow[];
  /** What a platform of the catalogue asks for, by name. */
  readonly fields: Readonly<Record<string, string>>;
  readonly starts: boolean;
  readonly startWorkflows: readonly WorkflowChoice[];
  readonly idempotencyKey: string;
  readonly idempotencyStrategy: IdempotencyStrategy;
}

const NO_WORKFLOW: WorkflowChoice = { name: '', version: '' };
const NO_HEADER: HeaderRow = { name: '', value: '' };

export const EMPTY_WEBHOOK: WebhookValues = {
  name: '',
  receivers: [NO_WORKFLOW],
  platform: '',
  secret: '',
  key: '',
  headers: [NO_HEADER],
  fields: {},
  starts: false,
  startWorkflows: [NO_WORKFLOW],
  idempotencyKey: '',
  idempotencyStrategy: 'FAIL',
};

type Platforms = readonly WebhookPlatform[];

const RESERVED: ReadonlySet<string> = new Set(['idempotencyKey', 'idempotencyStrategy']);
const isStrategy = (value: unknown): value is IdempotencyStrategy =>
  value === 'FAIL' || value === 'RETURN_EXISTING' || value === 'FAIL_ON_RUNNING';
const chosenPlatform = (values: WebhookValues, platforms: Platforms): WebhookPlatform | undefined =>
  platforms.find(({ id }) => id === values.platform);

const choices = (map: Readonly<Record<string, unknown>> | undefined): WorkflowChoice[] =>
  Object.entries(map ?? {})
    .filter(([name]) => !RESERVED.has(name))
    .map(([name, version]) => ({ name, version: String(version) }));

/** Values of the form for a stored webhook. Secrets come masked and are left empty: empty keeps them. */
export function webhookValues(config: WebhookConfig, platforms: Platforms = WEBHOOK_PLATFORMS): WebhookValues {
  const starts = choices(config.workflowsToStart);
  const receivers = choices(config.receiverWorkflowNamesToVersions);
  const { idempotencyKey, idempotencyStrategy } = config.workflowsToStart ?? {};
  const headers = Object.entries(config.headers ?? {}).map(([name, value]) => ({ name, value }));
  return {
    name: config.name,
    receivers: receivers.length > 0 ? receivers : [NO_WORKFLOW],
    platform: platformOf(config, platforms)?.id ?? '',
    secret: '',
    key: config.secretKey ?? '',
    headers: headers.length > 0 ? headers : [NO_HEADER],
    fields: Object.fromEntries(
      Object.entries(config.fields ?? {}).map(([name, value]) => [name, value === MASK ? '' : value]),
    ),
    starts: starts.length > 0,
    startWorkflows: starts.length > 0 ? starts : [NO_WORKFLOW],
    idempotencyKey: typeof idempotencyKey === 'string' ? idempotencyKey : '',
    idempotencyStrategy: isStrategy(idempotencyStrategy) ? idempotencyStrategy : 'FAIL',
  };
}

/** Rows that say something; the last, empty row of a list says nothing. */
const filled = (rows: readonly WorkflowChoice[]): readonly WorkflowChoice[] => rows.filter(({ name }) => name !== '');
const isNumber = (text: string): boolean => /^[1-9]\d{0,8}$/.test(text);
const numbers = (rows: readonly WorkflowChoice[]) =>
  Object.fromEntries(filled(rows).map(({ name, version }) => [name, Number(version)]));
const receiverVersions = (rows: readonly WorkflowChoice[]) =>
  Object.fromEntries(
    filled(rows).map(({ name, version }) => [name, isOpenVersion(version) ? version : Number(version)]),
  );

/** What the form does not show and must not lose; without what only the server writes. */
export function keptOf(stored: WebhookConfig | undefined): Partial<WebhookConfig> {
  if (!stored) return {};
  const {
    webhookExecutionHistory: _1,
    urlVerified: _2,
    createdBy: _3,
    pausedAt: _4,
    releasePerSecond: _5,
    ...kept
  } = stored;
  return kept;
}

/** What to send. `stored` is the webhook that is edited: what the form does not show is kept. */
export function webhookConfig(
  values: WebhookValues,
  stored?: WebhookConfig,
  platforms: Platforms = WEBHOOK_PLATFORMS,
): WebhookConfig {
  const platform = chosenPlatform(values, platforms) ?? CUSTOM;
  const secret = values.secret !== '' ? values.secret : stored ? MASK : undefined;
  const config: WebhookConfig = {
    ...keptOf(stored),
    name: values.name.trim(),
    sourcePlatform: platform.id,
    verifier: platform.verifier,
    receiverWorkflowNamesToVersions: receiverVersions(values.receivers),
    workflowsToStart: values.starts
      ? {
          ...numbers(values.startWorkflows),
          ...(values.idempotencyKey.trim() === ''
            ? {}
            : { idempotencyKey: values.idempotencyKey.trim(), idempotencyStrategy: values.idempotencyStrategy }),
        }
      : {},
    fields: platform.fields && fieldsToSend(platform.fields, values.fields, stored),
    headerKey: platform.headerKey,
    headers:
      platform.verifier === 'HEADER_BASED'
        ? Object.fromEntries(
            values.headers.filter(({ name }) => name.trim() !== '').map((row) => [row.name.trim(), row.value]),
          )
        : undefined,
    secretValue: platform.secret ? secret : undefined,
    secretKey: platform.key && values.key.trim() !== '' ? values.key.trim() : undefined,
  };
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as WebhookConfig;
}

/** A secret left empty stays what it is; anything else left empty is not set. */
function fieldsToSend(
  fields: NonNullable<WebhookPlatform['fields']>,
  values: Readonly<Record<string, string>>,
  stored: WebhookConfig | undefined,
): Record<string, string> {
  return Object.fromEntries(
    fields.flatMap(({ name, secret, initial }): [string, string][] => {
      const value = (values[name] ?? initial ?? '').trim();
      if (value !== '') return [[name, value]];
      return secret && stored?.fields?.[name] !== undefined ? [[name, MASK]] : [];
    }),
  );
}

/** What a secret of a webhook is called: the one of the form by its label there, a further one by the name that it was given. */
export function secretName(
  id: string,
  config: Parameters<typeof platformOf>[0] & { readonly secrets?: readonly { readonly id: string }[] | undefined },
  platforms: Platforms = WEBHOOK_PLATFORMS,
): string {
  if (config.secrets?.some((secret) => secret.id === id)) return id;
  const platform = platformOf(config, platforms);
  if (id === 'secretValue') return platform?.secret?.label ?? 'Secret';
  if (id === 'secretKey') return platform?.key?.label ?? 'Key';
  return platform?.fields?.find(({ name }) => name === id)?.label ?? id;
}

/** Problems by field; rows of lists as `headers.0.name`. Empty: the form can be sent. */
export type FormErrors = Readonly<Record<string, string>>;

/** RFC 9110, section 5.6.2: the characters of a header name. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export function checkWebhook(
  values: WebhookValues,
  stored?: WebhookConfig,
  platforms: Platforms = WEBHOOK_PLATFORMS,
): FormErrors {
  const errors: Record<string, string> = {};
  if (values.name.trim() === '') errors.name = 'Give the webhook a name.';
  const platform = chosenPlatform(values, platforms);
  if (!platform) errors.platform = 'Choose where the events come from.';
  checkWorkflows(values.receivers, 'receivers', errors);
  if (values.starts) checkWorkflows(values.startWorkflows, 'startWorkflows', errors);
  if (values.starts && filled(values.startWorkflows).length === 0)
    errors['startWorkflows.0.name'] = 'Choose the workflow to start.';
  if (!values.starts && filled(values.receivers).length === 0 && !stored?.expression)
    errors['receivers.0.name'] = 'Choose a workflow to receive the events, or let events start one.';
  if (platform?.secret?.required && values.secret === '' && !keepsSecret(platform, stored, platforms))
    errors.secret = `Enter the ${platform.secret.label.toLowerCase()}.`;
  if (platform?.key?.required && values.key.trim() === '')
    errors.key = `Enter the ${platform.key.label.toLowerCase()}.`;
  for (const { name, label, required, secret, initial } of platform?.fields ?? []) {
    const kept = secret && platform && keepsSecret(platform, stored, platforms);
    if (required && !kept && (values.fields[name] ?? initial ?? '').trim() === '')
      errors[`fields.${name}`] = `Enter the ${label.toLowerCase()}.`;
  }
  if (platform?.verifier === 'HEADER_BASED') checkHeaders(values.headers, errors);
  return errors;
}

/** A stored secret can be kept only for the platform it was entered for. */
const keepsSecret = (platform: WebhookPlatform, stored: WebhookConfig | undefined, platforms: Platforms): boolean =>
  stored !== undefined && platformOf(stored, platforms)?.id === platform.id;

function checkWorkflows(rows: readonly WorkflowChoice[], field: string, errors: Record<string, string>): void {
  const seen = new Set<string>();
  for (const [i, row] of rows.entries()) {
    if (row.name === '') continue;
    if (!isNumber(row.version) && !(field === 'receivers' && isOpenVersion(row.version)))
      errors[`${field}.${i}.version`] = 'Choose a version.';
    if (seen.has(row.name)) errors[`${field}.${i}.name`] = 'This workflow is already in the list: one version each.';
    seen.add(row.name);
  }
}

function checkHeaders(rows: readonly HeaderRow[], errors: Record<string, string>): void {
  const seen = new Set<string>();
  for (const [i, { name, value }] of rows.entries()) {
    if (name.trim() === '' && value === '') continue;
    if (!HEADER_NAME.test(name.trim()))
      errors[`headers.${i}.name`] = 'A header name holds letters, digits and hyphens.';
    else if (seen.has(name.trim().toLowerCase())) errors[`headers.${i}.name`] = 'This header is already in the list.';
    if (value.trim() === '') errors[`headers.${i}.value`] = 'Enter the value to expect.';
    seen.add(name.trim().toLowerCase());
  }
  if (seen.size === 0) errors['headers.0.name'] = 'Enter at least one header: it proves who sends.';
}
