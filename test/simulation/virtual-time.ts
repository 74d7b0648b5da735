// Time of the simulation: it stands still while anything runs, and jumps from one timer to the next.
// Each node has a clock of its own on it, which may go wrong and which stops with its node.

import type { Clock } from '../../src/lib/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
  dropped: boolean;
}

const START_MS = 1_800_000_000_000;
/** Turns of the event loop without any activity after which nothing more happens without time passing: an injected request needs three. */
const QUIET_TURNS = 4;

export class VirtualTime {
  #now = START_MS;
  #order = 0;
  #timers: Timer[] = [];
  #activity = 0;
  #held = 0;

  readonly now = (): number => this.#now;

  /** Since the start of the run. */
  get elapsedMs(): number {
    return this.#now - START_MS;
  }

  /** Something was done: the step is not over yet. */
  touch(): void {
    this.#activity++;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, Math.floor(delayMs)), order: this.#order++, callback, dropped: false };
    this.#insert(timer);
    return () => {
      timer.dropped = true;
    };
  }

  /** In the order of firing, the next one last. */
  #insert(timer: Timer): void {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#timers[middle] as Timer;
      if (other.at > timer.at || (other.at === timer.at && other.order > timer.order)) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Fires the next timer and lets everything run that is ready to run. False: there is none. */
  async step(): Promise<boolean> {
    let timer = this.#timers.pop();
    while (timer?.dropped) timer = this.#timers.pop();
    if (!timer) return false;
    this.#now = timer.at;
    timer.callback();
    await this.settle();
    return true;
  }

  /** Keeps time from passing until this is done: work of the real world that has no place in the order of things. */
  async hold<T>(work: PromiseLike<T>): Promise<T> {
    this.#held++;
    try {
      return await work;
    } finally {
      this.#held--;
      this.touch();
    }
  }

  async settle(): Promise<void> {
    let seen = -1;
    for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
      if (this.#activity !== seen || this.#held > 0) {
        seen = this.#activity;
        quiet = 0;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** The clock of one node. `now` may be wrong and jump; what durations are measured with goes on evenly. */
export class NodeClock implements Clock {
  skewMs: number;
  stopped = false;
  readonly #time: VirtualTime;

  constructor(time: VirtualTime, skewMs: number) {
    this.#time = time;
    this.skewMs = skewMs;
  }

  readonly now = (): number => this.#time.now() + this.skewMs;
  readonly elapsed = (): number => this.#time.elapsedMs;

  after(delayMs: number, callback: () => void): () => void {
    return this.#time.after(delayMs, () => {
      if (!this.stopped) callback();
    });
  }
}
