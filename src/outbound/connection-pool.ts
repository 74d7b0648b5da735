// Keeps connections open between requests: so many per destination, so many idle ones in all, the longest idle goes first.
// A connection here is one undici client that carries one request at a time; how it is opened is its user's business.
import { type buildConnector, Client } from 'undici';
import type { Connected, ConnectFault } from './connect.ts';

export type PoolLimits = {
  /** Connections to one destination, busy or idle; further requests wait for a free one. */
  readonly maxPerDestination: number;
  readonly maxIdle: number;
  /** Longest time that an idle connection is kept; a receiver's shorter `Keep-Alive` is obeyed. */
  readonly keepAliveMs: number;
  readonly maxHeaderBytes: number;
};

export type Opener = () => Promise<Connected | ConnectFault>;

export type Connection = {
  readonly key: string;
  readonly origin: string;
  readonly client: Client;
  /** Set by the request that uses the connection now; called when it has no open socket. */
  opener: Opener;
  /** Of the last socket; undefined as long as none was opened. */
  remoteAddress: string | undefined;
};

/** `key` names what may share a connection: the origin and everything that TLS depends on. */
export type Pool = {
  /** Waits where the destination has no free place; undefined when `signal` aborts or the pool closes. */
  readonly take: (key: string, origin: string, signal: AbortSignal) => Promise<Connection | undefined>;
  /** Back for the next request. */
  readonly give: (connection: Connection) => void;
  /** Its state is unknown: closed at once. */
  readonly drop: (connection: Connection) => void;
  readonly close: () => Promise<void>;
};

/** Carries a fault of ours through undici, which hands a connector's error to the request as it is. */
export class ConnectError extends Error {
  readonly fault: ConnectFault;
  constructor(fault: ConnectFault) {
    super(fault.reason);
    this.fault = fault;
  }
}

type Waiter = (connection: Connection | undefined) => void;
type Destination = { readonly idle: Connection[]; readonly waiters: Set<Waiter>; open: number };

export function createPool(limits: PoolLimits): Pool {
  const destinations = new Map<string, Destination>();
  /** In the order of becoming idle. */
  const idle = new Set<Connection>();
  const all = new Set<Connection>();
  let closed = false;

  const create = (key: string, origin: string): Connection => {
    const connection = newConnection(key, origin, limits);
    connection.client.on('disconnect', () => {
      if (idle.has(connection)) drop(connection);
    });
    all.add(connection);
    return connection;
  };

  const take = (key: string, origin: string, signal: AbortSignal): Promise<Connection | undefined> => {
    if (closed || signal.aborted) return Promise.resolve(undefined);
    const destination = destinations.get(key) ?? { idle: [], waiters: new Set(), open: 0 };
    destinations.set(key, destination);
    const free = destination.idle.pop();
    if (free) {
      idle.delete(free);
      return Promise.resolve(free);
    }
    if (destination.open < limits.maxPerDestination) {
      destination.open += 1;
      return Promise.resolve(create(key, origin));
    }
    return wait(destination, signal);
  };

  const give = (connection: Connection): void => {
    const destination = destinations.get(connection.key);
    if (!destination || !all.has(connection)) return;
    const next = firstWaiter(destination);
    if (next) {
      next(connection);
      return;
    }
    destination.idle.push(connection);
    idle.add(connection);
    const [oldest] = idle;
    if (oldest && idle.size > limits.maxIdle) drop(oldest);
  };

  const drop = (connection: Connection): void => {
    if (!all.delete(connection)) return;
    void connection.client.destroy();
    const destination = destinations.get(connection.key);
    if (!destination) return;
    if (idle.delete(connection)) destination.idle.splice(destination.idle.indexOf(connection), 1);
    const next = firstWaiter(destination);
    if (next) {
      next(create(connection.key, connection.origin));
      return;
    }
    destination.open -= 1;
    if (destination.open === 0) destinations.delete(connection.key);
  };

  const close = async (): Promise<void> => {
    closed = true;
    const clients = [...all].map((connection) => connection.client);
    const waiting = [...destinations.values()].flatMap((destination) => [...destination.waiters]);
    for (const held of [destinations, idle, all]) held.clear();
    for (const waiter of waiting) waiter(undefined);
    await Promise.all(clients.map((client) => client.destroy()));
  };

  return { take, give, drop, close };
}

function wait(destination: Destination, signal: AbortSignal): Promise<Connection | undefined> {
  return new Promise((resolve) => {
    const waiter: Waiter = (connection) => {
      destination.waiters.delete(waiter);
      signal.removeEventListener('abort', onAbort);
      resolve(connection);
    };
    const onAbort = (): void => waiter(undefined);
    destination.waiters.add(waiter);
    signal.addEventListener('abort', onAbort);
  });
}

function firstWaiter(destination: Destination): Waiter | undefined {
  const [first] = destination.waiters;
  return first;
}

function newConnection(key: string, origin: string, limits: PoolLimits): Connection {
  const connection: Connection = {
    key,
    origin,
    opener: () => Promise.resolve({ type: 'fault', fault: 'ours', reason: 'nobody asked', retryable: true }),
    remoteAddress: undefined,
    client: new Client(origin, {
      pipelining: 1,
      allowH2: false,
      maxHeaderSize: limits.maxHeaderBytes,
      keepAliveTimeout: limits.keepAliveMs,
      keepAliveMaxTimeout: limits.keepAliveMs,
      headersTimeout: 0, // the request has one deadline for everything
      bodyTimeout: 0,
      connect: (_options, callback) => void open(connection, callback),
    }),
  };
  return connection;
}

async function open(connection: Connection, callback: buildConnector.Callback): Promise<void> {
  const outcome = await connection.opener();
  if (outcome.type === 'fault') {
    callback(new ConnectError(outcome), null);
    return;
  }
  connection.remoteAddress = outcome.remoteAddress;
  callback(null, outcome.socket);
}
