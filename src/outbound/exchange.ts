// One request on its way: takes a connection, writes, reads within its limits, and settles exactly once.
// Settling frees everything: timer, listeners, and the connection (kept only when the answer was read to its end).
import type { Dispatcher } from 'undici';
import { type ConnectDeps, type ConnectFault, errorCode, openConnection } from './connect.ts';
import { ConnectError, type Connection, type Pool } from './connection-pool.ts';
import type { HttpRequest, PreparedRequest, TlsMaterial } from './request.ts';
import type { Fault, HttpResult, ResponseHead, Timing } from './result.ts';

const defaultConnectTimeoutMs = 10_000;

export type ExchangeOptions = {
  readonly request: HttpRequest;
  readonly prepared: PreparedRequest;
  readonly url: URL;
  readonly material: TlsMaterial;
  readonly deps: ConnectDeps;
  readonly pool: Pool;
  readonly startedMs: number;
};

type Stage = 'waiting for a free connection' | 'connecting' | 'waiting for the answer' | 'reading the answer';

/** Given as the reason, since the one made by default is an exception with a stack: a fifth of a delivery's computing time. */
const OVER = 'over';

export class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #aborter = new AbortController();
  readonly #body: CappedBytes;
  readonly #connectTiming = { dnsMs: 0, connectMs: 0, tlsMs: 0 };
  readonly #onSignal = (): void => this.cancel();
  #resolve: (result: HttpResult) => void = () => {};
  #cancelDeadline: () => void = () => {};
  #cancelSilence: () => void = () => {};
  #stage: Stage = 'waiting for a free connection';
  #connection: Connection | undefined;
  #opened = false;
  #settled = false;
  #sentMs: number | undefined;
  #firstByteMs = 0;
  #head: ResponseHead | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#body = new CappedBytes(options.request.maxResponseBytes);
  }

  run(): Promise<HttpResult> {
    const { signal, timeoutMs } = this.#options.request;
    const { clock } = this.#options.deps;
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#cancelDeadline = clock.after(timeoutMs, () => this.#timeOut());
      signal?.addEventListener('abort', this.#onSignal);
      if (signal?.aborted) this.cancel();
      else void this.#begin();
    });
  }

  cancel(): void {
    this.#settle({ type: 'cancelled', timing: this.#timing() }, 'drop');
  }

  onRequestStart(): void {
    this.#stage = 'waiting for the answer';
    this.#sentMs = this.#nowMs();
    this.#heard();
  }

  onResponseStarted(): void {
    if (this.#firstByteMs === 0 && this.#sentMs !== undefined) this.#firstByteMs = this.#nowMs() - this.#sentMs;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#heard();
    if (status < 200) return; // interim answers (RFC 9110 15.2); the deadline bounds how many
    this.#stage = 'reading the answer';
    this.#head = { status, headers: listHeaders(headers) };
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#heard();
    if (!this.#body.append(chunk)) this.#finish(true);
  }

  onResponseEnd(): void {
    this.#finish(false);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (error instanceof ConnectError) this.#fail(error.fault);
    else this.#fail(exchangeFault(error, this.#stage));
  }

  async #begin(): Promise<void> {
    const { url, material, pool, prepared } = this.#options;
    const connection = await pool.take(`${url.origin} ${material.key}`, url.origin, this.#aborter.signal);
    if (!connection) {
      this.cancel(); // the pool was closed; a settled exchange ignores this
      return;
    }
    if (this.#settled) {
      pool.give(connection);
      return;
    }
    this.#connection = connection;
    this.#stage = 'connecting';
    connection.opener = () => this.#open();
    connection.client.dispatch(
      {
        path: `${url.pathname}${url.search}`,
        method: prepared.method,
        headers: [...prepared.headerLines],
        body: prepared.body ?? null,
      },
      this,
    );
  }

  async #open(): ReturnType<typeof openConnection> {
    const { deps, url, material, request } = this.#options;
    this.#opened = true;
    const limitMs = request.connectTimeoutMs ?? defaultConnectTimeoutMs;
    const cancelLimit = deps.clock.after(limitMs, () => this.#aborter.abort(OVER));
    try {
      const target = { url, secureContext: material.context, validate: request.tls.validate };
      return await openConnection(deps, target, this.#connectTiming, this.#aborter.signal);
    } finally {
      cancelLimit();
    }
  }

  #finish(truncated: boolean): void {
    const head = this.#head;
    const remoteAddress = this.#connection?.remoteAddress;
    if (!head || remoteAddress === undefined) return;
    const body = this.#body.bytes();
    const timing = this.#timing();
    this.#settle({ type: 'response', ...head, body, truncated, timing, remoteAddress }, truncated ? 'drop' : 'give');
  }

  /** From now on the receiver may be silent for so long again. */
  #heard(): void {
    const { readTimeoutMs } = this.#options.request;
    if (readTimeoutMs === undefined || this.#settled) return;
    this.#cancelSilence();
    this.#cancelSilence = this.#options.deps.clock.after(readTimeoutMs, () =>
      this.#timeOut(`nothing was heard for ${readTimeoutMs} ms`),
    );
  }

  #timeOut(what = `no complete answer within ${this.#options.request.timeoutMs} ms`): void {
    this.#fail({ fault: 'timeout', reason: `${what}; stopped while ${this.#stage}`, retryable: true });
  }

  #fail(fault: Pick<ConnectFault, 'fault' | 'reason' | 'retryable'>): void {
    const remoteAddress = this.#connection?.remoteAddress;
    this.#settle(
      {
        type: 'fault',
        fault: fault.fault,
        reason: fault.reason,
        retryable: fault.retryable,
        stale: fault.fault === 'refused' && !this.#opened && this.#firstByteMs === 0 && !this.#head,
        timing: this.#timing(),
        ...(remoteAddress !== undefined && { remoteAddress }),
        ...(this.#head && { partial: { ...this.#head, body: this.#body.bytes() } }),
      },
      'drop',
    );
  }

  #settle(result: HttpResult, fate: 'give' | 'drop'): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#cancelDeadline();
    this.#cancelSilence();
    this.#options.request.signal?.removeEventListener('abort', this.#onSignal);
    this.#aborter.abort(OVER);
    this.#resolve(result);
    const connection = this.#connection;
    // Not now: this often runs inside the parser of the very connection, which must not be destroyed under its feet.
    if (connection) queueMicrotask(() => this.#options.pool[fate](connection));
  }

  #timing(): Timing {
    const totalMs = Math.max(0, this.#nowMs() - this.#options.startedMs);
    return { ...this.#connectTiming, firstByteMs: Math.max(0, this.#firstByteMs), totalMs };
  }

  #nowMs(): number {
    return this.#options.deps.clock.elapsed();
  }
}

/** Collects at most `limit` bytes. Chunks are copied, since a one-byte chunk may hold a whole read buffer in memory. */
class CappedBytes {
  readonly #limit: number;
  #buffer = Buffer.alloc(0);
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False when the chunk did not fit whole. */
  append(chunk: Buffer): boolean {
    const taken = Math.min(chunk.length, this.#limit - this.#length);
    const needed = this.#length + taken;
    if (needed > this.#buffer.length) {
      const grown = Buffer.alloc(Math.min(this.#limit, Math.max(1024, 2 * this.#buffer.length, needed)));
      this.#buffer.copy(grown);
      this.#buffer = grown;
    }
    chunk.copy(this.#buffer, this.#length, 0, taken);
    this.#length = needed;
    return taken === chunk.length;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }
}

function listHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string[]> {
  const listed: Record<string, string[]> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) listed[name.toLowerCase()] = typeof value === 'string' ? [value] : value;
  }
  return listed;
}

const plainReasons: Readonly<Record<string, string>> = {
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer is shorter or longer than it says',
  UND_ERR_SOCKET: 'the connection was closed before the answer was complete',
  ECONNRESET: 'the connection was reset before the answer was complete',
  EPIPE: 'the connection was closed while the request was written',
};

function exchangeFault(error: Error, stage: Stage): { fault: Fault; reason: string; retryable: boolean } {
  const code = errorCode(error);
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return { fault: 'tls', reason: `the secure connection broke (${code})`, retryable: true };
  }
  if (code.startsWith('HPE_')) return { fault: 'refused', reason: `the answer is not HTTP (${code})`, retryable: true };
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    return { fault: 'ours', reason: 'the request could not be written', retryable: false };
  }
  return {
    fault: 'refused',
    reason: plainReasons[code] ?? `the connection broke while ${stage} (${code})`,
    retryable: true,
  };
}
