// The moments at which tasks must be looked at, the first one first: a heap, so that one task among ten thousand that
// changes costs a few steps and not a look at all.

interface Alarm {
  readonly at: number;
  readonly n: number;
}

/** Entries that no longer count may be so many more than those that do. */
const MAX_STALE = 64;

export class Alarms {
  private heap: Alarm[] = [];
  /** What counts: task number -> moment (epoch ms). */
  private readonly moments = new Map<number, number>();

  /** The moment of a task from now on; undefined: none. */
  set(n: number, at: number | undefined): void {
    if (this.moments.get(n) === at) return;
    if (at === undefined) this.moments.delete(n);
    else {
      this.moments.set(n, at);
      this.push({ at, n });
    }
    if (this.heap.length > 2 * this.moments.size + MAX_STALE) this.rebuild();
  }

  /** The first moment (epoch ms). */
  first(): number | undefined {
    for (let top = this.heap[0]; top; top = this.heap[0]) {
      if (this.counts(top)) return top.at;
      this.pop();
    }
    return undefined;
  }

  /** Takes out the tasks whose moment has come; the caller sets them again. */
  takeDue(now: number): number[] {
    const due: number[] = [];
    for (let at = this.first(); at !== undefined && at <= now; at = this.first()) {
      const { n } = this.pop();
      this.moments.delete(n);
      due.push(n);
    }
    return due;
  }

  private counts({ at, n }: Alarm): boolean {
    return this.moments.get(n) === at;
  }

  private push(alarm: Alarm): void {
    const { heap } = this;
    let i = heap.push(alarm) - 1;
    while (i > 0) {
      const parent = (i - 1) >>> 1;
      if ((heap[parent] as Alarm).at <= alarm.at) break;
      heap[i] = heap[parent] as Alarm;
      i = parent;
    }
    heap[i] = alarm;
  }

  private pop(): Alarm {
    const { heap } = this;
    const top = heap[0] as Alarm;
    const last = heap.pop() as Alarm;
    if (heap.length === 0) return top;
    let i = 0;
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      const right = heap[child + 1];
      if (right && right.at < (heap[child] as Alarm).at) child++;
      if ((heap[child] as Alarm).at >= last.at) break;
      heap[i] = heap[child] as Alarm;
      i = child;
    }
    heap[i] = last;
    return top;
  }

  private rebuild(): void {
    this.heap = [...this.moments].map(([n, at]) => ({ at, n })).sort((a, b) => a.at - b.at);
  }
}
