// Turns a host name into addresses through the operating system, once for many callers at the same moment.
// The guard checks the addresses anew at every connection, so remembering them opens nothing.
import { lookup } from 'node:dns/promises';
import type { Clock } from '../lib/clock.ts';

/** All addresses of a name, in the order to try them. Rejects with the resolver's error. */
export type Resolve = (hostName: string) => Promise<readonly string[]>;

/** Short enough for DNS-based failover; long enough that receivers without keep-alive cost no lookup per delivery. */
const rememberedMs = 5_000;
const maxRememberedNames = 1_000;

type Entry = { readonly addresses: Promise<readonly string[]>; readonly untilMs: number };

/**
 * `getaddrinfo` blocks one of Node's few pool threads, and a dead name blocks it for seconds: so one question per
 * name at a time, and its answer is kept for `rememberedMs`. Failures are not kept.
 */
export function createResolver(clock: Clock, ask: Resolve = askSystem): Resolve {
  const entries = new Map<string, Entry>();

  return (hostName) => {
    const known = entries.get(hostName);
    if (known && clock.elapsed() < known.untilMs) return known.addresses;
    entries.delete(hostName);
    const entry: Entry = { addresses: ask(hostName), untilMs: clock.elapsed() + rememberedMs };
    entries.set(hostName, entry);
    entry.addresses.catch(() => {
      if (entries.get(hostName) === entry) entries.delete(hostName);
    });
    for (const oldest of entries.keys()) {
      if (entries.size <= maxRememberedNames) break;
      entries.delete(oldest);
    }
    return entry.addresses;
  };
}

async function askSystem(hostName: string): Promise<readonly string[]> {
  const answers = await lookup(hostName, { all: true, order: 'verbatim' });
  return answers.map((answer) => answer.address);
}
