// Queues and their pollers in one list: `domain:type` and `type` side by side, with who polled last.
import type { PollData } from './poll-data.ts';

export interface QueueRow {
  readonly key: string;
  readonly name: string;
  readonly domain: string | undefined;
  readonly depth: number;
  readonly polls: readonly PollData[];
  /** When a worker asked last, epoch ms; 0: never. */
  readonly lastPoll: number;
}

/** After this long without a poll, a queue counts as one that nobody works on (contract 5.10: a domain lives 10 s). */
const SILENT_AFTER_MS = 60_000;

export function queueRows(sizes: Readonly<Record<string, number>>, polls: readonly PollData[]): QueueRow[] {
  const rows = new Map<string, { name: string; domain: string | undefined; depth: number; polls: PollData[] }>();
  const row = (name: string, domain: string | undefined) => {
    const key = domain === undefined ? name : `${domain}:${name}`;
    const known = rows.get(key);
    if (known) return known;
    const made = { name, domain, depth: 0, polls: [] };
    rows.set(key, made);
    return made;
  };
  for (const poll of polls) row(poll.queueName, poll.domain).polls.push(poll);
  for (const [key, depth] of Object.entries(sizes)) {
    const known = rows.get(key);
    if (known) known.depth = depth;
    else {
      const colon = key.indexOf(':');
      row(key.slice(colon + 1), colon < 0 ? undefined : key.slice(0, colon)).depth = depth;
    }
  }
  return [...rows]
    .map(([key, value]) => ({
      key,
      ...value,
      lastPoll: Math.max(0, ...value.polls.map(({ lastPollTime }) => lastPollTime)),
    }))
    .sort((a, b) => b.depth - a.depth || a.key.localeCompare(b.key));
}

/** Work lies there and nobody fetches it. */
export const isDeserted = ({ depth, lastPoll }: QueueRow, now: number): boolean =>
  depth > 0 && now - lastPoll > SILENT_AFTER_MS;
