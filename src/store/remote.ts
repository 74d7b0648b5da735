// A store in another thread: the same verbs over a message port. One message per turn of the loop in each direction
// (a message costs about 40 us, whatever is in it), and plain strings inside: cloning the objects costs three times as much.

import type { Notice, Store } from './store.ts';

/** What both ends of a channel have: a MessagePort, `parentPort`, a Worker. */
export interface Port {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close' | 'exit' | 'error', listener: (cause?: unknown) => void): unknown;
}

/** A call (verb, arguments), an answer, an error or a notice. */
type Parcel =
  | { readonly type: 'call'; readonly id: number; readonly verb: string; readonly args: readonly unknown[] }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly message: string }
  | { readonly type: 'notice'; readonly notice: Notice }
  | { readonly type: 'listen' };

/**
 * Parcels one behind the other, as a flat list because lists of strings are cloned three times as fast as objects. Of each:
 * its JSON text without bytes, how many bytes follow, and for each of these the way to their place (JSON) and a string
 * of one byte per character.
 */
type Message = (string | number)[];

/** How deep bytes may lie: `args: [{ rows: [{ body }] }]`. */
const BYTES_DEPTH = 5;

function pack(parcel: Parcel, message: Message): void {
  const bytes: string[] = [];
  const text = JSON.stringify(lift(parcel, [], bytes));
  message.push(text, bytes.length / 2, ...bytes);
}

type Way = (string | number)[];

/**
 * The value without its bytes, which are put aside; the value itself when it has none. What has some is built anew and
 * nothing is changed in place: V8 throws compiled code away when a field that never changed does. Each object is gone
 * through once, since this is done for all that is said to the store.
 */
function lift(value: unknown, way: Way, bytes: string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) {
    const latin1 = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
    bytes.push(JSON.stringify(way), latin1);
    return null;
  }
  if (way.length >= BYTES_DEPTH) return value;
  return Array.isArray(value) ? liftList(value, way, bytes) : liftMembers(value as Record<string, unknown>, way, bytes);
}

function liftList(list: readonly unknown[], way: Way, bytes: string[]): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (const [index, inner] of list.entries()) {
    const lifted = liftAt(index, inner, way, bytes);
    if (lifted === inner) continue;
    changed ??= [...list];
    changed[index] = lifted;
  }
  return changed ?? list;
}

function liftMembers(value: Readonly<Record<string, unknown>>, way: Way, bytes: string[]): object {
  let changed: Map<string, unknown> | undefined;
  const names = Object.keys(value);
  for (const name of names) {
    const lifted = liftAt(name, value[name], way, bytes);
    if (lifted === value[name]) continue;
    changed ??= new Map();
    changed.set(name, lifted);
  }
  if (!changed) return value;
  const found = changed;
  return Object.fromEntries(names.map((name) => [name, found.has(name) ? found.get(name) : value[name]]));
}

function liftAt(at: string | number, inner: unknown, way: Way, bytes: string[]): unknown {
  if (typeof inner !== 'object' || inner === null) return inner;
  way.push(at);
  const lifted = lift(inner, way, bytes);
  way.pop();
  return lifted;
}

function* unpack(message: Message): Generator<Parcel> {
  for (let i = 0; i < message.length; ) {
    const parcel = JSON.parse(message[i++] as string) as Parcel;
    for (let left = message[i++] as number; left > 0; left--) {
      const way = JSON.parse(message[i++] as string) as Way;
      const last = way.pop() as string;
      let at = parcel as unknown as Record<string, unknown>;
      for (const key of way) at = at[key] as Record<string, unknown>;
      at[last] = Buffer.from(message[i++] as string, 'latin1');
    }
    yield parcel;
  }
}

/** Arguments without the absent ones at the end: in JSON they would arrive as null, which means something else. */
const givenOf = (args: readonly unknown[]): readonly unknown[] =>
  args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1);

/** Gathers what is sent until `later` says so, then sends it as one message. */
function outbox(port: Port, later: (flush: () => void) => void): (parcel: Parcel) => void {
  let message: Message = [];
  return (parcel) => {
    const isFirst = message.length === 0;
    pack(parcel, message);
    if (!isFirst) return;
    later(() => {
      const full = message;
      message = [];
      port.postMessage(full);
    });
  };
}

type Verb = (...args: unknown[]) => Promise<unknown>;

/** Answers calls from the other end of a port. */
export function serveStore(port: Port, store: Store): void {
  // All answers and notices of one commit are given in one go: they are there when the microtasks have run.
  const send = outbox(port, process.nextTick);
  const handle = async (call: Extract<Parcel, { type: 'call' }>): Promise<void> => {
    try {
      send({ type: 'answer', id: call.id, value: await verbOf(store, call.verb)(...call.args) });
    } catch (error) {
      send({ type: 'error', id: call.id, message: (error as Error).message });
    }
  };
  port.on('message', (message) => {
    for (const parcel of unpack(message as Message)) {
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
      send({ type: 'call', id, verb, args: givenOf(args) });
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
    else asker?.resolve(parcel.value);
  };
  port.on('message', (message) => {
    if (Array.isArray(message)) for (const parcel of unpack(message as Message)) receive(parcel);
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
