// Polls that found nothing and wait: here, and not at their callers, so that whatever makes a task ready finds them in the
// commit that does it, and wakes no more of them than there are tasks. First come, first served.

import type { ItemOf } from './item.ts';

type Poll = ItemOf<'poll'>;

/** Those who wait for tasks of one queue. */
interface Line {
  /** By domain, in the order of their coming. */
  readonly standing: Map<string, Set<Poll>>;
  /** Those who may wait and are looking just now. */
  readonly looking: Set<Poll>;
}

export class WaitingPolls {
  readonly #named = new Map<string, Poll>();
  readonly #lines = new Map<string, Line>();
  #standing = 0;
  #closed = false;

  /** How many wait. */
  get size(): number {
    return this.#standing;
  }

  /** A poll has come, and is going to look. */
  enter(poll: Poll): void {
    const { waits, queue } = poll.request;
    if (waits === undefined) return;
    this.#named.set(waits, poll);
    this.#lineOf(queue).looking.add(poll);
  }

  /** It has been answered. */
  leave(waits: string): void {
    const poll = this.#named.get(waits);
    if (!poll) return;
    this.#named.delete(waits);
    this.#stepOut(poll);
    const { queue } = poll.request;
    const line = this.#lines.get(queue);
    line?.looking.delete(poll);
    if (line && line.looking.size === 0 && line.standing.size === 0) this.#lines.delete(queue);
  }

  /** It looks from now on: what comes after this moment it may miss. */
  look(poll: Poll): void {
    poll.missed = false;
  }

  /** False for one that wants an answer at once, or was let go meanwhile. */
  mayWait({ request: { waits } }: Poll): boolean {
    return !this.#closed && waits !== undefined && this.#named.has(waits);
  }

  /** It has found nothing and waits from now on; false: something came while it looked, so it must look again. */
  stand(poll: Poll): boolean {
    if (poll.missed) return false;
    poll.tries = 0;
    poll.alone = false;
    const { queue, domain = '' } = poll.request;
    const { standing, looking } = this.#lineOf(queue);
    looking.delete(poll);
    const polls = standing.get(domain);
    if (polls) polls.add(poll);
    else standing.set(domain, new Set([poll]));
    this.#standing++;
    return true;
  }

  /** The one that has waited longest for a task of this queue and domain. It waits no more. */
  take(queue: string, domain: string | undefined): Poll | undefined {
    const [poll] = this.#lines.get(queue)?.standing.get(domain ?? '') ?? [];
    if (poll) this.#stepOut(poll);
    return poll;
  }

  /** So many tasks have come to a queue, or there is room for them: who is to look again. */
  stir(queue: string, count: number): Poll[] {
    const line = this.#lines.get(queue);
    if (!line) return [];
    for (const poll of line.looking) poll.missed = true;
    return this.#takeAll([...line.standing.values()].flatMap((polls) => [...polls].slice(0, count)));
  }

  /** All that wait; they wait no more. */
  takeAll(): Poll[] {
    const lines = [...this.#lines.values()];
    return this.#takeAll(lines.flatMap(({ standing }) => [...standing.values()].flatMap((polls) => [...polls])));
  }

  /** It waits no more: answered at once when it stands, else as soon as it has looked. */
  letGo(waits: string): void {
    const poll = this.#named.get(waits);
    const stood = poll !== undefined && this.#stepOut(poll);
    this.leave(waits);
    if (stood) poll.resolve([]);
  }

  /** Nobody waits any more. */
  close(): void {
    this.#closed = true;
    for (const waits of [...this.#named.keys()]) this.letGo(waits);
  }

  #takeAll(polls: Poll[]): Poll[] {
    for (const poll of polls) this.#stepOut(poll);
    return polls;
  }

  #lineOf(queue: string): Line {
    let line = this.#lines.get(queue);
    if (!line) {
      line = { standing: new Map(), looking: new Set() };
      this.#lines.set(queue, line);
    }
    return line;
  }

  /** Answers whether it stood in line. */
  #stepOut(poll: Poll): boolean {
    const { queue, domain = '' } = poll.request;
    const line = this.#lines.get(queue);
    const polls = line?.standing.get(domain);
    if (!polls?.delete(poll)) return false;
    if (polls.size === 0) line?.standing.delete(domain);
    line?.looking.add(poll);
    this.#standing--;
    return true;
  }
}
