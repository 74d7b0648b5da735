// Time on the page: one clock that ticks for all, the choice of zone, relative times with the absolute one on hover.
import { useLocalStorage } from '@mantine/hooks';
import { useSyncExternalStore } from 'react';
import { absoluteText, durationText, relativeText, shortText, tickingText, type ZoneChoice } from '../model/moment.ts';

const TICK_MS = 1_000;
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, once a second. Nobody listening: no ticking. */
export const useNow = (): number => useSyncExternalStore(listen, () => now);

export const useZone = () =>
  useLocalStorage<ZoneChoice>({ key: 'fermata-zone', defaultValue: 'local', getInitialValueInEffect: false });

/** What a text says of the time now: whoever shows it is drawn anew when the text changes, not at every tick. */
const useNowText = (textAt: (now: number) => string): string => useSyncExternalStore(listen, () => textAt(now));

/**
 * A moment: relative (`3 min ago`) or short (`14:03:05`), with the whole time and its zone on hover. The browser's own tooltip: a table
 * has hundreds of moments, and each of Mantine's tooltips costs as much as the rest of its row.
 */
export function Moment({ at, short = false }: { at: number; short?: boolean }) {
  const [zone] = useZone();
  const text = useNowText((tick) => {
    // The server's clock may be a tick ahead of ours: nothing happens in the future.
    const current = at > tick && at - tick < TICK_MS ? at : tick;
    return short ? shortText(at, current, zone) : relativeText(at, current);
  });
  if (!at) return <span className="dim">–</span>;
  return (
    <time
      className="num"
      dateTime={new Date(at).toISOString()}
      title={absoluteText(at, zone)}
      style={{ whiteSpace: 'nowrap' }}
    >
      {text}
    </time>
  );
}

/** A whole moment in text, in the chosen zone. */
export function FullMoment({ at }: { at: number }) {
  const [zone] = useZone();
  if (!at) return <span className="dim">–</span>;
  return (
    <time className="num" dateTime={new Date(at).toISOString()}>
      {absoluteText(at, zone)}
    </time>
  );
}

function Ticking({ from }: { from: number }) {
  return useNowText((tick) => tickingText(tick - from));
}

/** A duration; without an end it ticks. */
export function Duration({ from, to }: { from: number; to?: number | undefined }) {
  if (!from) return <span className="dim">–</span>;
  return <span className="num">{to ? durationText(to - from) : <Ticking from={from} />}</span>;
}
