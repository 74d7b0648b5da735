// A store in another thread: the same verbs over a message port. One message per turn of the loop in each direction
// (a message costs about 40 us, whatever is in it), and plain strings inside: cloning the objects costs twice as much.

import type { Notice, Store } from './store.ts';

/** What both ends of a channel have: a MessagePort, `parentPort`, a Worker. */
export interface Port {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close' | 'exit' | 'error', listener: (cause?: unknown) => void): unknown;
}

/** Bytes travel beside the JSON text, as strings of one byte per character; each with the way to its place. */
interface Packed {
  readonly text: string;
  readonly bytes: readonly (readonly [way: readonly (string | number)[], latin1: string])[];
}

/** A call (verb, arguments), an answer, an error or a notice. */
type Parcel =
  | { readonly type: 'call'; readonly id: number; readonly verb: string; readonly args: Packed }
  | { readonly type: 'answer'; readonly id: number; readonly value: Packed | undefined }
  | { readonly type: 'error'; readonly id: number; readonly message: string }
  | { readonly type: 'notice'; readonly notice: Notice }
  | { readonly type: 'listen' };

/** How deep bytes may lie: `{ rows: [{ body }] }`, within the list of arguments. */
const BYTES_DEPTH = 4;

function pack(value: unknown): Packed {
  const bytes: [(string | number)[], string][] = [];
  return { text: JSON.stringify(lift(value, 0, bytes)) ?? '', bytes };
}

/** A copy without its bytes, which are put aside; the value itself when it has none. Ways are built only for bytes that were found. */
function lift(value: unknown, depth: number, bytes: [(string | number)[], string][]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) {
    bytes.push([[], Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')]);
    return null;
  }
  if (depth >= BYTES_DEPTH) return value;
  let copy: Record<string, unknown> | undefined;
  for (const key in value) {
    const inner = (value as Record<string, unknown>)[key];
    if (typeof inner !== 'object' || inner === null) continue;
    const found = bytes.length;
    const bare = lift(inner, depth + 1, bytes);
    if (bytes.length === found) continue;
    for (const [way] of bytes.slice(found)) way.unshift(key);
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    copy[key] = bare;
  }
  return copy ?? value;
}

function unpack({ text, bytes }: Packed): unknown {
  if (text === '') return undefined;
  const root: unknown[] = [JSON.parse(text)];
  for (const [way, latin1] of bytes) {
    const path = [0, ...way];
    const last = path.pop() as string | number;
    let at = root as unknown as Record<string | number, unknown>;
    for (const key of path) at = at[key] as Record<string | number, unknown>;
    at[last] = Buffer.from(latin1, 'latin1');
  }
  return root[0];
}

/** Arguments without the absent ones at the end: in JSON they would arrive as null, which means something else. */
const givenOf = (args: readonly unknown[]): readonly unknown[] =>
  args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1);

/** Gathers what is sent until `later` says so, then sends it as one message. */
function outbox(port: Port, later: (flush: () => void) => void): (parcel: Parcel) => void {
  let parcels: Parcel[] = [];
  return (parcel) => {
    parcels.push(parcel);
    if (parcels.length > 1) return;
    later(() => {
      const message = parcels;
      parcels = [];
      port.postMessage(message);
    });
  };
}

type Verb = (...args: unknown[]) => Promise<unknown>;

/** Answers calls from the other end of a port. */
export function serveStore(port: Port, store: Store): void {
  // All answers of one commit are given in one go, so one microtask gathers them, without waiting for the next cycle.
  const send = outbox(port, queueMicrotask);
  const handle = async (call: Extract<Parcel, { type: 'call' }>): Promise<void> => {
    try {
      const value = await verbOf(store, call.verb)(...(unpack(call.args) as unknown[]));
      send({ type: 'answer', id: call.id, value: value === undefined ? undefined : pack(value) });
    } catch (error) {
      send({ type: 'error', id: call.id, message: (error as Error).message });
    }
  };
  port.on('message', (message) => {
    for (const parcel of message as Parcel[]) {
      if (parcel.type === 'call') void handle(parcel);
      else if (parcel.type === 'listen') store.subscribe((notice) => send({ type: 'notice', notice }));
    }
  });
}

function verbOf(store: Store, name: string): Verb {
  const [noun = '', verb] = name.split('.');
  const target = (store as unknown as Record<string, Record<string, Verb> & Verb>)[noun];
  const found = verb === undefined ? target : target?.[verb];
  if (typeof found !== 'function') throw new Error(`the store has no verb ${name}`);
  return found;
}

/** The store at the other end of a port. When that end is gone, every call is refused with the reason. */
export function connectStore(port: Port): Store {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const listeners = new Set<(notice: Notice) => void>();
  // After the I/O of this turn: all requests that came in it travel together.
  const send = outbox(port, setImmediate);
  let lastId = 0;
  let isListening = false;
  let gone: Error | undefined;

  const call = (verb: string, args: readonly unknown[]): Promise<unknown> => {
    if (gone) return Promise.reject(gone);
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      send({ type: 'call', id, verb, args: pack(givenOf(args)) });
    });
  };
  const end = (cause: unknown): void => {
    gone ??= new Error(`the thread of the store is gone${cause instanceof Error ? `: ${cause.message}` : ''}`);
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
  };
  const receive = (parcel: Parcel): void => {
    if (parcel.type === 'notice') for (const listener of listeners) listener(parcel.notice);
    if (parcel.type !== 'answer' && parcel.type !== 'error') return;
    const asker = waiting.get(parcel.id);
    waiting.delete(parcel.id);
    if (parcel.type === 'error') asker?.reject(new Error(parcel.message));
    else asker?.resolve(parcel.value && unpack(parcel.value));
  };
  port.on('message', (message) => {
    if (Array.isArray(message)) for (const parcel of message as Parcel[]) receive(parcel);
  });
  port.on('close', end);
  port.on('exit', end);
  port.on('error', end);

  const own: Pick<Store, 'subscribe' | 'healthy'> = {
    subscribe(listener) {
      listeners.add(listener);
      if (!isListening) send({ type: 'listen' });
      isListening = true;
      return () => void listeners.delete(listener);
    },
    healthy: () => call('healthy', []).then(Boolean, () => false),
  };
  return proxyOf(call, own);
}

/** Any noun and any verb: the other end knows which there are. */
function proxyOf(call: (verb: string, args: readonly unknown[]) => Promise<unknown>, own: object): Store {
  const verb =
    (name: string) =>
    (...args: unknown[]) =>
      call(name, args);
  const noun = (name: string) => remembering((inner) => verb(`${name}.${inner}`), verb(name));
  return remembering(noun, {}, Object.entries(own)) as Store;
}

/** An object that makes each property when it is first asked for. It is not a promise, whatever `await` asks. */
function remembering(make: (name: string) => unknown, target: object, known: Iterable<[string, unknown]> = []): object {
  const made = new Map(known);
  return new Proxy(target, {
    get: (_, name) => {
      if (typeof name !== 'string' || name === 'then') return undefined;
      if (!made.has(name)) made.set(name, make(name));
      return made.get(name);
    },
  });
}
