// How long the server keeps what is over, in words.
import type { ServerConfig } from '../../../src/http/contract/server-config.ts';

type KeepDays = ServerConfig['keepDays'];

const LABELS: Readonly<Record<keyof KeepDays, string>> = {
  executions: 'Executions',
  events: 'Received events',
  deliveries: 'Deliveries',
  logs: 'Task logs',
  history: 'Runs of schedules and event handlers',
};

function daysText(days: number | 'forever'): string {
  if (days === 'forever') return 'for ever';
  return days === 1 ? '1 day' : `${days.toLocaleString('en-US')} days`;
}

/** A line for each kind of thing, in the order in which people look for them. */
export const keptTimes = (keep: KeepDays): { label: string; text: string }[] =>
  (Object.keys(LABELS) as (keyof KeepDays)[]).map((kind) => ({ label: LABELS[kind], text: daysText(keep[kind]) }));
