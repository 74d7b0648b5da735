// From facts and what a person entered to a verifier: every field is checked here, when a webhook is saved.

import type { Scheme, Secret, VerifierConfig } from '../verifiers/config.ts';
import { checkConfig } from '../verifiers/index.ts';
import type { ConfigProblem } from '../verifiers/verifier.ts';
import type { Field, Platform } from './platform.ts';

/** A week: far beyond any sender's schedule, short enough to be a limit. */
const MAX_TOLERANCE_SECONDS = 7 * 24 * 3600;
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** What a person entered for one webhook. */
export interface Credentials {
  /** By field name. A field that becomes a secret may stand here instead of in `secrets`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Further or all secrets, the current one first. */
  readonly secrets?: readonly Secret[];
  /** For a field of kind `headers`: name to value. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Overrides the platform's methods. */
  readonly methods?: readonly string[];
  /** Overrides how far a signed time may be off; only where the scheme has one. */
  readonly toleranceSeconds?: number;
  readonly urlVerified?: boolean;
}

export type Configured =
  | { readonly ok: true; readonly platform: Platform; readonly config: VerifierConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Puts a platform and credentials together. Problems are reported by field name, all at once. */
export function configure(platform: Platform, credentials: Credentials): Configured {
  const problems: ConfigProblem[] = [...unknownFields(platform, credentials)];
  const scheme: Scheme = structuredClone(platform.scheme);
  const values: Record<string, string> = {};
  const secrets: Secret[] = [];
  for (const field of platform.fields) {
    if (field.kind === 'headers') {
      setHeaders(scheme, credentials.headers ?? {});
      continue;
    }
    const entered = own(credentials.fields, field.name);
    const value = entered === undefined || entered === '' ? (field.initial ?? '') : entered;
    problems.push(...fieldProblems(field, value, credentials));
    if (field.to.type === 'secret') {
      if (value !== '') secrets.push({ id: field.name, value });
    } else if (field.to.type === 'value') {
      if (value !== '') values[field.name] = value;
    } else if (value !== '' || field.kind === 'text') {
      setAt(scheme, field.to.path, field.kind === 'number' ? Number(value) : value);
    }
  }
  secrets.push(...(credentials.secrets ?? []).filter((secret) => secret.value !== ''));
  problems.push(...applyTolerance(scheme, credentials.toleranceSeconds));
  const methods = (credentials.methods ?? platform.methods).map((method) => method.toUpperCase());
  if (methods.length === 0 || methods.some((method) => !METHODS.has(method))) {
    problems.push({ at: 'methods', message: `Methods must be of ${[...METHODS].join(', ')}.` });
  }
  const config: VerifierConfig = {
    scheme: withoutUnnamedTime(scheme),
    secrets,
    values,
    methods,
    handshakes: platform.handshakes,
    identity: platform.identity,
    ...(platform.batch !== undefined && { batch: platform.batch }),
    ...(credentials.urlVerified !== undefined && { urlVerified: credentials.urlVerified }),
  };
  problems.push(...checkConfig(config).map((problem) => byField(platform, problem)));
  const unique = problems.filter(({ at }, index) => problems.findIndex((other) => other.at === at) === index);
  return unique.length === 0 ? { ok: true, platform, config } : { ok: false, problems: unique };
}

function own(record: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

function unknownFields(platform: Platform, credentials: Credentials): readonly ConfigProblem[] {
  const known = new Set(platform.fields.map((field) => field.name));
  return Object.keys(credentials.fields ?? {})
    .filter((name) => !known.has(name))
    .map((name) => ({
      at: name,
      message: `${platform.name} has no such field; it has ${[...known].join(', ') || 'none'}.`,
    }));
}

function fieldProblems(field: Field, value: string, credentials: Credentials): readonly ConfigProblem[] {
  const at = field.name;
  const elsewhere = field.to.type === 'secret' && (credentials.secrets ?? []).some((secret) => secret.value !== '');
  if (value === '')
    return field.required && !elsewhere ? [{ at, message: `${field.label} is needed. ${field.help}` }] : [];
  if (field.options !== undefined && !field.options.includes(value)) {
    return [{ at, message: `${field.label} must be one of ${field.options.join(', ')}.` }];
  }
  if (field.kind === 'number' && !/^[0-9]{1,9}$/.test(value))
    return [{ at, message: `${field.label} must be a whole number.` }];
  return [];
}

function setHeaders(scheme: Scheme, headers: Readonly<Record<string, string>>): void {
  const pairs = Object.entries(headers).map(([name, value]) => ({ name, values: [value] }));
  setAt(scheme, 'headers', pairs);
}

/** Sets a parameter of the scheme. Paths come from our own facts, never from what a person entered. */
function setAt(target: object, path: string, value: unknown): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let current = target as Record<string, unknown>;
  for (const step of steps) current = current[step] as Record<string, unknown>;
  current[last] = value;
}

function applyTolerance(scheme: Scheme, seconds: number | undefined): readonly ConfigProblem[] {
  if (seconds === undefined) return [];
  const at = 'toleranceSeconds';
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_TOLERANCE_SECONDS) {
    return [{ at, message: `The tolerance must be 1 to ${MAX_TOLERANCE_SECONDS} whole seconds.` }];
  }
  switch (scheme.type) {
    case 'hmac':
    case 'public-key':
      if (scheme.timestamp === undefined) break;
      setAt(scheme, 'timestamp.toleranceSeconds', seconds);
      return [];
    case 'standard-webhooks':
    case 'mailgun':
    case 'sns':
    case 'paypal':
      setAt(scheme, 'toleranceSeconds', seconds);
      return [];
    default:
  }
  return [{ at, message: 'This platform signs no time, so there is nothing to tolerate.' }];
}

/** The generic HMAC form offers a time; left without a name, there is none. */
function withoutUnnamedTime(scheme: Scheme): Scheme {
  if (scheme.type !== 'hmac' || scheme.timestamp?.name !== '') return scheme;
  const { timestamp: _unnamed, ...rest } = scheme;
  return rest;
}

/** Problems speak of parameters; a person knows fields. */
function byField(platform: Platform, problem: ConfigProblem): ConfigProblem {
  const field = platform.fields.find(({ name, to }) =>
    to.type === 'secret'
      ? problem.at === 'secrets'
      : to.type === 'value'
        ? problem.at === `values.${name}`
        : problem.at === `scheme.${to.path}`,
  );
  return field === undefined ? problem : { at: field.name, message: problem.message };
}
