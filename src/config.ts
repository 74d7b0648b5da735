// The settings of the server, read from the environment once, at the start. Nothing else reads settings from process.env.
// A setting that cannot be used stops the start with a sentence that says what to write instead.

import { resolve } from 'node:path';
import { LOG_LEVELS, type LogLevel } from './lib/log.ts';
import { readRule } from './outbound/guard.ts';

export interface Config {
  /** Address to listen on. Default 127.0.0.1. */
  readonly host: string;
  /** 0: any free one. Default 8080. */
  readonly port: number;
  readonly database: DatabaseSetting;
  /** What every call but the inbound addresses must show. Absent only on loopback. */
  readonly apiKey?: string;
  /** Base of the addresses that are shown to people and that senders sign, without a slash at the end. Absent: host and port. */
  readonly publicUrl?: string;
  /** Networks, addresses and host names that HTTP tasks and deliveries may call although they are not public. */
  readonly allowedNetworks: readonly string[];
  readonly logLevel: LogLevel;
  /** Outgoing webhooks that a flow may have. Default 50. */
  readonly flowWebhookLimit?: number;
  /** Time for one attempt to deliver, from look-up to last byte. Default 30 s. */
  readonly deliveryTimeoutMs?: number;
  /** How long things are kept after their end; what is not named has its default (engine/janitor.ts). */
  readonly keepDays?: KeepDays;
  /** Signs tokens. Without it they are signed with a key made from the API key. */
  readonly secretKey?: string;
}

export type KeepDays = Partial<Record<(typeof KEPT)[number], number | 'forever'>>;

/** What can be kept for a time only. */
const KEPT = ['executions', 'events', 'logs', 'deliveries', 'history'] as const;

export type DatabaseSetting =
  /** `:memory:` or an absolute path. */
  { readonly type: 'sqlite'; readonly path: string } | { readonly type: 'postgres'; readonly url: string };

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 8080;
const DEFAULT_DATABASE = 'sqlite:./data/fermata.db';
const MAX_PORT = 65_535;
/** A key that stands between the internet and the engine: 16 characters of a generator are beyond guessing. */
const MIN_API_KEY_LENGTH = 16;
const MIN_SECRET_KEY_LENGTH = 32;
/** Every change of an execution asks all webhooks of its flow. */
const MAX_FLOW_WEBHOOKS = 1_000;
const MAX_DELIVERY_TIMEOUT_S = 300;

const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/i;

/** True when only this machine can reach the address. */
const isLoopback = (host: string): boolean => LOOPBACK_HOST.test(host);

/** The address as a URL, for people. */
export function urlOf(host: string, port: number): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return `http://${name === '0.0.0.0' || name === '[::]' ? 'localhost' : name}:${port}`;
}

/** Reads all settings; an empty value counts as absent. Answers every problem, not only the first. */
export function readConfig(env: Environment = process.env, folder: string = process.cwd()): ConfigResult {
  const problems: string[] = [];
  const get = (name: string): string | undefined => env[name]?.trim() || undefined;
  const host = get('HOST') ?? DEFAULT_HOST;
  const port = readPort(get('PORT'), problems);
  const apiKey = readSecret('FERMATA_API_KEY', get('FERMATA_API_KEY'), MIN_API_KEY_LENGTH, problems);
  if (apiKey === undefined && get('FERMATA_API_KEY') === undefined && !isLoopback(host))
    problems.push(
      `HOST is ${host}, which other machines can reach, but there is no FERMATA_API_KEY. Set one (for example the output of "openssl rand -hex 24"), or set HOST to 127.0.0.1.`,
    );
  const secretKey = readSecret('FERMATA_SECRET_KEY', get('FERMATA_SECRET_KEY'), MIN_SECRET_KEY_LENGTH, problems);
  const publicUrl = readPublicUrl(get('PUBLIC_URL'), problems);
  const flowWebhookLimit = readCount('FLOW_WEBHOOK_LIMIT', get('FLOW_WEBHOOK_LIMIT'), MAX_FLOW_WEBHOOKS, problems);
  const deliveryTimeoutS = readCount(
    'DELIVERY_TIMEOUT_SECONDS',
    get('DELIVERY_TIMEOUT_SECONDS'),
    MAX_DELIVERY_TIMEOUT_S,
    problems,
  );
  const keepDays = readKeepDays(get, problems);
  const config: Config = {
    host,
    port,
    database: readDatabase(get('DATABASE_URL') ?? DEFAULT_DATABASE, folder, problems),
    allowedNetworks: readNetworks(get('ALLOWED_NETWORKS') ?? '', problems),
    logLevel: readLogLevel(get('LOG_LEVEL'), problems),
    ...(flowWebhookLimit !== undefined && { flowWebhookLimit }),
    ...(deliveryTimeoutS !== undefined && { deliveryTimeoutMs: deliveryTimeoutS * 1_000 }),
    ...(Object.keys(keepDays).length > 0 && { keepDays }),
    ...(publicUrl !== undefined && { publicUrl }),
    ...(apiKey !== undefined && { apiKey }),
    ...(secretKey !== undefined && { secretKey }),
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config };
}

function readNetworks(text: string, problems: string[]): string[] {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  for (const entry of entries.filter((one) => !readRule(one)))
    problems.push(
      `ALLOWED_NETWORKS has "${entry}"; write networks (10.0.0.0/8), addresses or host names, with commas between.`,
    );
  return entries;
}

function readPort(text: string | undefined, problems: string[]): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= MAX_PORT) return port;
  problems.push(`PORT is "${text}"; write a number from 0 (any free port) to ${MAX_PORT}.`);
  return DEFAULT_PORT;
}

function readCount(name: string, text: string | undefined, max: number, problems: string[]): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= max) return count;
  problems.push(`${name} is "${text}"; write a whole number from 1 to ${max}.`);
  return undefined;
}

/** A hundred years: longer is for ever. */
const MAX_KEEP_DAYS = 36_500;

function readKeepDays(get: (name: string) => string | undefined, problems: string[]): KeepDays {
  const days: KeepDays = {};
  for (const kept of KEPT) {
    const name = `KEEP_${kept.toUpperCase()}_DAYS`;
    const text = get(name);
    if (text === undefined) continue;
    const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (text.toLowerCase() === 'forever') days[kept] = 'forever';
    else if (count >= 1 && count <= MAX_KEEP_DAYS) days[kept] = count;
    else problems.push(`${name} is "${text}"; write a whole number of days from 1 to ${MAX_KEEP_DAYS}, or forever.`);
  }
  return days;
}

function readSecret(name: string, text: string | undefined, minLength: number, problems: string[]): string | undefined {
  if (text === undefined) return undefined;
  if (text.length >= minLength && /^[\x21-\x7e]+$/.test(text)) return text;
  problems.push(
    `${name} must have at least ${minLength} characters, all of them letters, digits or signs of ASCII without spaces.`,
  );
  return undefined;
}

function readDatabase(text: string, folder: string, problems: string[]): DatabaseSetting {
  const [, scheme = '', rest = ''] = /^([a-z]+):(.*)$/i.exec(text) ?? [];
  if (/^postgres(ql)?$/i.test(scheme) && rest.startsWith('//')) return { type: 'postgres', url: text };
  if (scheme.toLowerCase() === 'sqlite' && rest !== '') {
    const path = rest.replace(/^\/\/(?=.)/, '');
    return { type: 'sqlite', path: path === ':memory:' ? path : resolve(folder, path) };
  }
  problems.push(
    'DATABASE_URL must begin with sqlite: and a path, such as sqlite:./data/fermata.db, or be postgres://user:password@host:5432/database.',
  );
  return { type: 'sqlite', path: ':memory:' };
}

function readPublicUrl(text: string | undefined, problems: string[]): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username === '')
    return url.href.replace(/\/+$/, '');
  problems.push(
    'PUBLIC_URL must be the address under which others reach this server, such as https://hooks.example.com.',
  );
  return undefined;
}

function readLogLevel(text: string | undefined, problems: string[]): LogLevel {
  const level = LOG_LEVELS.find((known) => known === (text ?? 'info').toLowerCase());
  if (level) return level;
  problems.push(`LOG_LEVEL is "${text}"; write one of ${LOG_LEVELS.join(', ')}.`);
  return 'info';
}
