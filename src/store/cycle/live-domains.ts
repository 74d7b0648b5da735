// Which domains of a queue workers poll just now: of those that a start names in order of preference the first such one is
// taken (contract 5.10). Polls of this node are known at once, those of others from what each writes every few seconds.

import type { Workflow } from '../../core/model.ts';
import type { Driver } from '../drivers/driver.ts';
import { LIVE_DOMAIN_MS, LIVE_DOMAINS, LIVE_DOMAINS_READ_MS } from '../limits.ts';
import { fromStored } from '../rows/text.ts';

export class LiveDomains {
  readonly #driver: Pick<Driver, 'query'>;
  /** Last poll of each queue and domain. */
  readonly #polledAt = new Map<string, number>();
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(driver: Pick<Driver, 'query'>) {
    this.#driver = driver;
  }

  polled(queue: string, domain: string, at: number): void {
    const key = keyOf(queue, domain);
    const known = this.#polledAt.get(key) ?? Number.NEGATIVE_INFINITY;
    // In the order of their last polls, so that the first are the oldest.
    this.#polledAt.delete(key);
    this.#polledAt.set(key, Math.max(known, at));
    for (const oldest of this.#polledAt.keys()) {
      if (this.#polledAt.size <= LIVE_DOMAINS) break;
      this.#polledAt.delete(oldest);
    }
  }

  /** Reads what other nodes have written, unless that was done a moment ago. */
  async refresh(now: number): Promise<void> {
    if (Math.abs(now - this.#readAt) < LIVE_DOMAINS_READ_MS) return;
    this.#reading ??= this.#read(now).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #read(now: number): Promise<void> {
    const rows = await this.#driver.query('select queue, domain, at from last_poll where at > ? order by at limit ?', [
      now - LIVE_DOMAIN_MS,
      LIVE_DOMAINS,
    ]);
    for (const [queue, domain, at] of rows)
      this.polled(fromStored(queue as string), fromStored(domain as string), at as number);
    this.#readAt = now;
  }

  /** The first of the domains that is polled. */
  pick(queue: string, domains: readonly string[], now: number): string | undefined {
    return domains.find((domain) => {
      const at = this.#polledAt.get(keyOf(queue, domain));
      return at !== undefined && at > now - LIVE_DOMAIN_MS;
    });
  }
}

const keyOf = (queue: string, domain: string): string => JSON.stringify([queue, domain]);

/** True when there is a choice between domains. */
export const hasChoice = (taskToDomain: Workflow['taskToDomain']): boolean =>
  taskToDomain !== undefined && Object.values(taskToDomain).some((domains) => domains.includes(','));
