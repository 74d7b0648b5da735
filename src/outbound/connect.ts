// Opens one connection under the guard: resolve once, check every address, dial only those, check who answered, then TLS.
// Each step is timed and has its own fault, so that a failed delivery says where it failed.
import { isIP, connect as netConnect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { type SecureContext, connect as tlsConnect } from 'node:tls';
import type { Clock } from '../lib/clock.ts';
import { type Guard, hostOf } from './guard.ts';
import type { Resolve } from './resolve.ts';

/** A name with more addresses than this is dialled only at the first ones; all of them are checked. */
const maxDialledAddresses = 8;

export type ConnectFaultKind = 'dns' | 'guard' | 'refused' | 'tls' | 'timeout' | 'ours';

/** `retryable` is false when trying again later cannot help. `reason` holds no secret: host and addresses at most. */
export type ConnectFault = {
  readonly type: 'fault';
  readonly fault: ConnectFaultKind;
  readonly reason: string;
  readonly retryable: boolean;
};

export type Connected = { readonly type: 'connected'; readonly socket: Socket; readonly remoteAddress: string };

/** Filled in while connecting, so that a failed attempt shows how long its last step took. */
export type ConnectTiming = { dnsMs: number; connectMs: number; tlsMs: number };

export type ConnectTarget = {
  readonly url: URL;
  readonly secureContext: SecureContext;
  readonly validate: boolean;
};

export type Dial = (options: TcpNetConnectOpts) => Socket;

export type ConnectDeps = {
  readonly guard: Guard;
  readonly resolve: Resolve;
  readonly clock: Clock;
  readonly dial?: Dial;
};

/** Ends when `signal` aborts, with the fault 'timeout'; who aborts for another reason ignores the answer. */
export async function openConnection(
  deps: ConnectDeps,
  target: ConnectTarget,
  timing: ConnectTiming,
  signal: AbortSignal,
): Promise<Connected | ConnectFault> {
  const step = async <T>(name: keyof ConnectTiming, work: () => Promise<T>): Promise<T | ConnectFault> => {
    const startedMs = deps.clock.elapsed();
    try {
      return await work();
    } catch (error) {
      return signal.aborted ? timedOut(name) : stepFault(name, error);
    } finally {
      timing[name] = Math.max(0, deps.clock.elapsed() - startedMs);
    }
  };

  const host = hostOf(target.url);
  const addresses = isIP(host) ? [host] : await step('dnsMs', () => unlessAborted(deps.resolve(host), signal));
  if (isFault(addresses)) return addresses;
  const checked = checkAll(deps.guard, addresses, host);
  if (isFault(checked)) return checked;

  const socket = await step('connectMs', () => dialFirst(deps.dial ?? netConnect, checked, portOf(target.url), signal));
  if (isFault(socket)) return socket;
  const remote = checkRemote(deps.guard, socket, checked, host);
  if (isFault(remote)) {
    socket.destroy();
    return remote;
  }
  if (target.url.protocol !== 'https:') return { type: 'connected', socket, remoteAddress: remote };
  const secured = await step('tlsMs', () => secure(socket, host, target, signal));
  return isFault(secured) ? secured : { type: 'connected', socket: secured, remoteAddress: remote };
}

/** One bad answer refuses the name: a name that points inside and outside is an attack or a mistake. */
function checkAll(guard: Guard, addresses: readonly string[], host: string): readonly string[] | ConnectFault {
  const checked: string[] = [];
  for (const address of addresses) {
    const verdict = guard.checkAddress(address, host);
    if (!verdict.ok) return fault('guard', `the address of "${host}" may not be called: ${verdict.reason}`);
    checked.push(verdict.address);
  }
  return checked.length > 0 ? checked : fault('dns', `the name "${host}" has no address`);
}

/** What the kernel says it is connected to, whatever was asked for. */
function checkRemote(guard: Guard, socket: Socket, dialled: readonly string[], host: string): string | ConnectFault {
  if (socket.remoteAddress === undefined) return fault('refused', 'the connection was closed at once');
  const verdict = guard.checkAddress(socket.remoteAddress, host);
  if (!verdict.ok) return fault('guard', `connected to a refused address: ${verdict.reason}`);
  return dialled.includes(verdict.address)
    ? verdict.address
    : fault('guard', `connected to ${verdict.address}, which is not a checked address of "${host}"`);
}

/** Tries the checked addresses one after the other a quarter of a second apart (RFC 8305, Node's family selection). */
function dialFirst(dial: Dial, addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  const answers = addresses.slice(0, maxDialledAddresses).map((address) => ({ address, family: isIP(address) }));
  const [first] = answers;
  const socket = dial({
    host: first?.address ?? '',
    port,
    noDelay: true,
    ...(answers.length > 1 && {
      // Not the name itself: the socket asks nobody but this table, whatever the name would say by now.
      host: 'checked.invalid',
      autoSelectFamily: true,
      lookup: (_host, options, callback) => {
        if (options.all) callback(null, answers);
        else callback(null, first?.address ?? '', first?.family);
      },
    }),
  });
  return whenReady(socket, 'connect', signal);
}

function secure(plain: Socket, host: string, target: ConnectTarget, signal: AbortSignal): Promise<Socket> {
  const socket = tlsConnect({
    socket: plain,
    host,
    servername: isIP(host) ? '' : host,
    secureContext: target.secureContext,
    rejectUnauthorized: target.validate,
    ALPNProtocols: ['http/1.1'],
  });
  return whenReady(socket, 'secureConnect', signal);
}

function whenReady(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<Socket> {
  // Stays for the life of the socket: an error between this moment and the HTTP parser's own listener must not be fatal.
  socket.on('error', () => {});
  return new Promise((resolve, reject) => {
    const settle = (error: Error | undefined): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off(event, onReady).off('close', onClose).off('error', onError);
      if (!error) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(error);
    };
    const onReady = (): void => settle(undefined);
    const onError = (error: Error): void => settle(error);
    const onClose = (): void => settle(new Error('closed by the other side'));
    const onAbort = (): void => settle(new Error('aborted'));
    socket.on(event, onReady).on('close', onClose).on('error', onError);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new Error('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) onAbort();
  });
}

/** No free file handle or port is our trouble, not the receiver's. */
const ownLimits = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM']);

function stepFault(step: keyof ConnectTiming, error: unknown): ConnectFault {
  const code = errorCode(error);
  switch (step) {
    case 'dnsMs':
      return fault('dns', `the name could not be resolved (${code})`);
    case 'connectMs':
      return ownLimits.has(code)
        ? { ...fault('ours', `no connection could be opened on our side (${code})`), retryable: true }
        : fault('refused', `no connection (${code})`);
    case 'tlsMs':
      return fault('tls', `no secure connection (${code})`);
  }
}

function timedOut(step: keyof ConnectTiming): ConnectFault {
  const words = { dnsMs: 'resolving the name', connectMs: 'connecting', tlsMs: 'the TLS handshake' };
  return fault('timeout', `${words[step]} took too long`);
}

function fault(kind: ConnectFaultKind, reason: string): ConnectFault {
  return { type: 'fault', fault: kind, reason, retryable: kind !== 'guard' && kind !== 'ours' };
}

/** The code of a system or TLS error (`ECONNREFUSED`, `CERT_HAS_EXPIRED`), or its message where there is none. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function isFault(value: unknown): value is ConnectFault {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'fault';
}
