// Which executions a cycle under way is deciding, and which queues with a limit it counts. Two cycles at the same one meet in
// its row: one has worked for nothing, so whoever can wait does. Other nodes are not known here; a rev or a gate guards from them.

export class Busy {
  /**
   * Name -> whose it is. A new one each time it is empty: the table behind a map that is refilled for ever points to
   * the one that followed it, and where it has grown old it keeps that alive, dead as both are, with all that is under way.
   */
  #holders = new Map<string, object>();

  get size(): number {
    return this.#holders.size;
  }

  has(id: string): boolean {
    return this.#holders.has(id);
  }

  /** False: somebody else is at it. */
  hold(id: string, owner: object): boolean {
    const holder = this.#holders.get(id);
    if (!holder) this.#holders.set(id, owner);
    return !holder || holder === owner;
  }

  /** All that is held by one. */
  release(owner: object): void {
    for (const [id, holder] of this.#holders) if (holder === owner) this.#holders.delete(id);
    if (this.#holders.size === 0) this.#holders = new Map();
  }
}
