// Time on the page: one clock that ticks for all, the choice of zone, relative times with the absolute one on hover.
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

const ZONE_KEY = 'fermata-zone';
const zoneListeners = new Set<() => void>();

function listenToZone(listener: () => void): () => void {
  zoneListeners.add(listener);
  return () => zoneListeners.delete(listener);
}

const zoneIn = (stored: string | null): ZoneChoice => (stored === '"utc"' ? 'utc' : 'local');

/** A browser that keeps nothing for us shows local times. */
function storedZone(): ZoneChoice {
  try {
    return zoneIn(localStorage.getItem(ZONE_KEY));
  } catch {
    return 'local';
  }
}

let shownZone = storedZone();

function showZone(zone: ZoneChoice): void {
  shownZone = zone;
  for (const each of zoneListeners) each();
}

/** Another tab has chosen. */
addEventListener('storage', ({ key, newValue }) => {
  if (key === ZONE_KEY) showZone(zoneIn(newValue));
});

function chooseZone(zone: ZoneChoice): void {
  showZone(zone);
  try {
    localStorage.setItem(ZONE_KEY, JSON.stringify(zone));
  } catch {
    // It holds until the page is left.
  }
}

/** One listener for all: every moment of a table asks, and a hook of Mantine's for each cost two listeners and three effects. */
export const useZone = () => [useSyncExternalStore(listenToZone, () => shownZone), chooseZone] as const;

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
