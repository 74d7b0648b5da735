// Who outgoing webhooks are sent to: takes its time, says 500 now and then, and remembers what it was told.

import { createGuard } from '../../src/outbound/guard.ts';
import type { HttpRequest } from '../../src/outbound/request.ts';
import type { HttpResult } from '../../src/outbound/result.ts';
import type { Parts } from '../../src/server.ts';
import type { Faults, Life } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

const NO_TIME = { dnsMs: 0, connectMs: 0, tlsMs: 0, firstByteMs: 0, totalMs: 0 };
const USUAL_MS = 40;
/** Shorter than the time limit of a delivery: a receiver that is too slow is put off for a minute. */
const RARE_MS = 1_500;
const FAILS = 0.2;

export class Receiver {
  readonly #time: VirtualTime;
  readonly #faults: Faults;
  readonly #ledger: Ledger;
  readonly #note: (line: string) => void;
  readonly #underway = new Map<string, Life>();

  constructor(given: { time: VirtualTime; faults: Faults; ledger: Ledger; note: (line: string) => void }) {
    this.#time = given.time;
    this.#faults = given.faults;
    this.#ledger = given.ledger;
    this.#note = given.note;
  }

  /** The way from a node to here. */
  wayFrom(life: Life, random: Random): Parts['outgoing'] {
    return {
      guard: createGuard({ allow: [], deny: [] }),
      client: { send: (request) => this.#take(request, life, random), close: async () => {} },
    };
  }

  async #take({ headers, body }: HttpRequest, life: Life, random: Random): Promise<HttpResult> {
    const delivery = String(headers['X-Webhook-Delivery']);
    const other = this.#underway.get(delivery);
    // Processes on one SQLite file have no leases: both may send, and the receiver knows the delivery by its id.
    if (other && !other.dead && this.#faults.plan.mode === 'shared')
      this.#ledger.problems.push(`${life.name} sends delivery ${delivery}, which ${other.name} is sending`);
    this.#underway.set(delivery, life);
    await this.#time.sleep(random.delayMs(USUAL_MS, RARE_MS));
    this.#time.touch();
    if (this.#underway.get(delivery) === life) this.#underway.delete(delivery);
    const status = this.#faults.happens(FAILS) ? 500 : 200;
    this.#note(`delivery ${delivery} from ${life.name}: ${status}`);
    if (status === 200) this.#ledger.receipts.push({ delivery, ...JSON.parse(String(body)) });
    const empty = { headers: {}, body: new Uint8Array(), truncated: false };
    return { type: 'response', status, ...empty, timing: NO_TIME, remoteAddress: '192.0.2.1' };
  }
}
