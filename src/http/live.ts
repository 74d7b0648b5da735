// The live stream (server-sent events): tells pages which executions and webhooks changed, so that they need not ask.
// Changes are gathered for a moment; who reads too slowly is told that it missed some, and nothing piles up for it.

import { Readable } from 'node:stream';
import type { Clock } from '../lib/clock.ts';
import type { Notice, Store } from '../store/store.ts';

export interface LiveFilter {
  readonly workflowId?: string;
  readonly webhookId?: string;
}

export interface Live {
  /** Text of server-sent events, without an end of its own; undefined when there are too many listeners. */
  open(filter: LiveFilter): Readable | undefined;
  close(): void;
}

/** Often enough to look immediate, rarely enough for lists that change thousands of times a second. */
const GATHER_MS = 200;
/** Proxies cut connections on which nothing comes for a minute or less. */
const HEARTBEAT_MS = 15_000;
/** More changes than this in one message are not listed: the page reads its list again. */
const MAX_LISTED = 500;
const MAX_LISTENERS = 1_000;

interface Gathered {
  readonly workflows: Map<string, string>;
  readonly webhooks: Set<string>;
}

class Listener extends Readable {
  readonly #filter: LiveFilter;
  readonly #clock: Clock;
  #gathered: Gathered = { workflows: new Map(), webhooks: new Set() };
  #missed = false;
  #stuck = false;
  #callOff: (() => void) | undefined;
  #heartbeat: () => void = () => {};

  constructor(filter: LiveFilter, clock: Clock) {
    super({ highWaterMark: 64 * 1024 });
    this.#filter = filter;
    this.#clock = clock;
    this.#say(': fermata\n\n');
    this.#beat();
  }

  hear({ workflows, webhookIds }: Notice): void {
    const { workflowId, webhookId } = this.#filter;
    const all = workflowId === undefined && webhookId === undefined;
    const { workflows: changed, webhooks } = this.#gathered;
    for (const { id, status } of workflows) if (all || id === workflowId) changed.set(id, status);
    for (const id of webhookIds) if (all || id === webhookId) webhooks.add(id);
    if (changed.size > MAX_LISTED || webhooks.size > MAX_LISTED) {
      this.#missed = true;
      changed.clear();
      webhooks.clear();
    }
    if (!this.#missed && changed.size === 0 && webhooks.size === 0) return;
    this.#callOff ??= this.#clock.after(GATHER_MS, () => this.#tell());
  }

  override _read(): void {
    this.#stuck = false;
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#callOff?.();
    this.#heartbeat();
    done(error);
  }

  #tell(): void {
    this.#callOff = undefined;
    const { workflows, webhooks } = this.#gathered;
    const change = {
      workflows: [...workflows].map(([id, status]) => ({ id, status })),
      webhooks: [...webhooks],
      ...(this.#missed && { missed: true }),
    };
    this.#gathered = { workflows: new Map(), webhooks: new Set() };
    if (this.#stuck) this.#missed = true;
    else {
      this.#missed = false;
      this.#say(`event: change\ndata: ${JSON.stringify(change)}\n\n`);
    }
  }

  #beat(): void {
    this.#heartbeat = this.#clock.after(HEARTBEAT_MS, () => {
      if (!this.#stuck) this.#say(': still here\n\n');
      this.#beat();
    });
  }

  #say(text: string): void {
    if (!this.push(text)) this.#stuck = true;
  }
}

export function createLive(store: Store, clock: Clock): Live {
  const listeners = new Set<Listener>();
  const unsubscribe = store.subscribe((notice) => {
    for (const listener of listeners) listener.hear(notice);
  });
  return {
    open(filter) {
      if (listeners.size >= MAX_LISTENERS) return undefined;
      const listener = new Listener(filter, clock);
      listeners.add(listener);
      listener.on('close', () => listeners.delete(listener));
      return listener;
    },
    close() {
      unsubscribe();
      for (const listener of listeners) listener.push(null);
    },
  };
}
