// What the world outside knows: what it asked for, what it was promised, and what it has seen. The checks hold the database against it.

export type OrderKind = 'order' | 'late' | 'family' | 'rounds' | 'quick';
export type Strategy = 'RETURN_EXISTING' | 'FAIL' | 'FAIL_ON_RUNNING';

export interface Order {
  readonly id: string;
  readonly kind: OrderKind;
  readonly strategy: Strategy;
  /** Somebody may terminate it. */
  readonly doomed: boolean;
  /** Executions that a start was answered with. */
  readonly started: Set<string>;
}

export interface SentEvent {
  readonly delivery: string;
  readonly webhook: 'orders' | 'starts' | 'keyed';
  readonly order: string;
  readonly kind: string;
  readonly nonce: string;
  acknowledged: boolean;
}

export class Ledger {
  readonly orders = new Map<string, Order>();
  readonly events = new Map<string, SentEvent>();
  /** Attempts that workers were handed: task id and number of the poll. */
  readonly handed = new Map<string, string>();
  /** What was seen through the API and must not be seen otherwise. */
  readonly problems: string[] = [];
  readonly completed = new Map<string, string>();
  /** Actors that have something left to do. */
  busy = 0;

  noncesOf(order: string, kind: string): Set<string> {
    const own = [...this.events.values()].filter((event) => event.order === order && event.kind === kind);
    return new Set(own.map(({ nonce }) => nonce));
  }
}
