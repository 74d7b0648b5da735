// One connection to PostgreSQL: named prepared statements, answers as lists, and errors told apart:
// what may be done again as it is, and what has broken the cable.

import pg from 'pg';
import { type Clock, pause } from '../../lib/clock.ts';
import type { Row } from './driver.ts';
import { RetryableError, TakenError, UnreachableError } from './driver.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const CONNECT_TRIES = 3;
const RETRY_DELAY_MS = 200;
/**
 * A database that is frozen, or a network that drops packets, closes nothing: without a limit a commit would wait for ever. No
 * statement of a cycle takes a second, no search that somebody still waits for takes a minute.
 */
const SILENCE_LIMIT_MS = 60_000;
/** For the other side to close the connection, too. */
const GOODBYE_LIMIT_MS = 1_000;
/** Deadlock, serialization failure, lock not available: nothing was written. */
const DO_AGAIN = new Set(['40P01', '40001', '55P03']);
/** A row with this key is there: in this table only because another node has just taken it. */
const NOT_UNIQUE = { code: '23505', table: 'event_claim' };
/** Server is shutting down, crashed, or starting; connection failures. */
const BROKEN = /^(57P0[1-5]|08\w{3}|53300|ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

/** The cable broke: whether a statement under way took place is not known. */
export class BrokenError extends RetryableError {}

const INT8 = 20;
const INT4 = 23;
const BYTEA = 17;
const asIs = (text: string): string => text;
const asNumber = (text: string): number => Number(text);
/** `\x` and hexadecimal digits. */
const asBytes = (text: string): Uint8Array => Buffer.from(text.slice(2), 'hex');
const PARSERS = new Map<number, (text: string) => unknown>([
  [INT8, asNumber],
  [INT4, asNumber],
  [BYTEA, asBytes],
]);
const types = { getTypeParser: (oid: number) => PARSERS.get(oid) ?? asIs } as unknown as pg.CustomTypesConfig;

export interface Address {
  readonly url: string;
  /** Settings of the session, as PostgreSQL's `-c name=value`. */
  readonly options: Readonly<Record<string, string>>;
}

/** `?schema=name` puts all tables into a schema of that name; other parameters are those of PostgreSQL's own URLs. */
export function addressOf(given: string, settings: Readonly<Record<string, string>>): Address & { schema?: string } {
  const url = new URL(given);
  const schema = url.searchParams.get('schema') ?? undefined;
  url.searchParams.delete('schema');
  return { url: url.href, options: { ...settings, ...(schema && { search_path: schema }) }, ...(schema && { schema }) };
}

/** `silenceLimitMs`: how long a statement may take. */
export interface Patience {
  readonly clock: Clock;
  readonly silenceLimitMs?: number;
}

/** pg has the socket, but does not say so in its types. */
type Wired = pg.Client & { readonly connection: { readonly stream: { destroy(): void } } };

export class Connection {
  readonly #client: pg.Client;
  readonly #clock: Clock;
  readonly #silenceLimitMs: number;
  #broken = false;

  private constructor(client: pg.Client, { clock, silenceLimitMs = SILENCE_LIMIT_MS }: Patience) {
    this.#client = client;
    this.#clock = clock;
    this.#silenceLimitMs = silenceLimitMs;
    client.on('error', () => {
      this.#broken = true;
    });
    client.on('end', () => {
      this.#broken = true;
    });
  }

  /** Tries a few times; throws UnreachableError. */
  static async open({ url, options }: Address, patience: Patience): Promise<Connection> {
    for (let tries = 1; ; tries++) {
      const client = new pg.Client({
        connectionString: url,
        options: Object.entries(options)
          .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, '\\$&')}`)
          .join(' '),
        application_name: 'fermata',
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        pipeline: true,
        types,
      } as pg.ClientConfig);
      const connection = new Connection(client, patience);
      try {
        await client.connect();
        return connection;
      } catch (error) {
        // Never the URL: it holds the password.
        const { code, message } = error as { code?: string; message: string };
        if (tries >= CONNECT_TRIES || (code !== undefined && !BROKEN.test(code)))
          throw new UnreachableError(`no connection to PostgreSQL: ${code ?? message}`);
        await pause(patience.clock, RETRY_DELAY_MS);
      }
    }
  }

  get broken(): boolean {
    return this.#broken;
  }

  /** Runs a statement; with a name it is prepared once and kept. Statements sent together travel together. */
  async run(text: string, values: readonly unknown[] = [], name?: string): Promise<Row[]> {
    const callOff = this.#clock.after(this.#silenceLimitMs, () => this.#cut());
    try {
      const result = await this.#client.query({ text, values: [...values], rowMode: 'array', ...(name && { name }) });
      return result.rows as Row[];
    } catch (error) {
      throw this.#translate(error as Error & { code?: string; table?: string });
    } finally {
      callOff();
    }
  }

  /** Whatever is under way ends with an error now. */
  #cut(): void {
    this.#broken = true;
    (this.#client as Wired).connection.stream.destroy();
  }

  /** Several statements of no answer, without parameters (migrations). */
  async script(text: string): Promise<void> {
    await this.run(text);
  }

  #translate(error: Error & { code?: string; table?: string }): Error {
    if (error.code === NOT_UNIQUE.code && error.table === NOT_UNIQUE.table) return new TakenError(error.message);
    if (error.code !== undefined && DO_AGAIN.has(error.code)) return new RetryableError(error.message);
    if (error.code === undefined ? this.#looksBroken(error) : BROKEN.test(error.code)) {
      this.#broken = true;
      return new BrokenError(`connection to PostgreSQL broke: ${error.code ?? error.message}`);
    }
    return error;
  }

  #looksBroken(error: Error): boolean {
    return this.#broken || /connection|not queryable|closed/i.test(error.message);
  }

  async close(): Promise<void> {
    const callOff = this.#clock.after(GOODBYE_LIMIT_MS, () => this.#cut());
    await this.#client.end().catch(() => {});
    callOff();
  }
}
