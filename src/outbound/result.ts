// The words for what came of an HTTP request: an answer, a fault with its class, or nothing because we stopped it.
// Delivery logs, retry rules, circuit and API all speak in these classes.
import type { ConnectFaultKind } from './connect.ts';

export type Fault = ConnectFaultKind;

/** Times of the single steps, 0 where a step was not needed; `totalMs` also counts waiting for a free connection. */
export type Timing = {
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  /** From the request's first byte out to the answer's first byte in. */
  readonly firstByteMs: number;
  readonly totalMs: number;
};

/** Header names in lower case; the record has no prototype. */
export type ResponseHead = { readonly status: number; readonly headers: Record<string, string[]> };

export type HttpResponse = ResponseHead & {
  readonly type: 'response';
  /** The first `maxResponseBytes` bytes as they came. */
  readonly body: Uint8Array;
  readonly truncated: boolean;
  readonly timing: Timing;
  readonly remoteAddress: string;
};

export type HttpFault = {
  readonly type: 'fault';
  readonly fault: Fault;
  /** In plain words, without secrets: no path, no header, no body. */
  readonly reason: string;
  /** False when the same request would fail again for sure. */
  readonly retryable: boolean;
  /** True when a kept connection broke before any answer: likely it was closed just then, and a new one would do. */
  readonly stale: boolean;
  readonly timing: Timing;
  readonly remoteAddress?: string;
  /** What had come when the answer broke off. */
  readonly partial?: ResponseHead & { readonly body: Uint8Array };
};

/** The caller's signal aborted, or the client was closed; nothing is known about the receiver. */
export type HttpCancelled = { readonly type: 'cancelled'; readonly timing: Timing };

export type HttpResult = HttpResponse | HttpFault | HttpCancelled;

export type FailureClass = 'dns' | 'tls' | 'refused' | 'timeout' | '3xx' | '4xx' | '5xx' | 'guard' | 'ours';

export type ResultClass = 'ok' | FailureClass;

/**
 * The class of a delivery's result; 2xx is 'ok'. 'refused' also stands for connections that broke and answers that are
 * not HTTP; 'timeout' for an answer that did not end in time, whatever its status.
 */
export function classify(result: HttpResponse | HttpFault): ResultClass {
  if (result.type === 'fault') return result.fault;
  if (result.status < 300) return 'ok';
  if (result.status < 400) return '3xx';
  return result.status < 500 ? '4xx' : '5xx';
}
