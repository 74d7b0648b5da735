// The live stream of the whole app: one connection, notices gathered for a moment, stale answers fetched anew; and its pill.
import { Tooltip, UnstyledButton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import { openLive } from '../api.ts';
import { type LiveNotice, staleKeys } from '../model/live-notice.ts';
import './live.css';

/** Notices within this time are answered with one refresh: quick to the eye, and a busy server is not asked at every commit. */
const GATHER_MS = 250;

type LiveState = 'connecting' | 'live' | 'reconnecting' | 'paused';

interface Live {
  readonly state: LiveState;
  readonly toggle: () => void;
}

const LiveContext = createContext<Live>({ state: 'connecting', toggle: () => undefined });

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [paused, setPaused] = useState(false);
  const [stream, setStream] = useState<'connecting' | 'live' | 'reconnecting'>('connecting');
  useEffect(() => {
    if (paused) return;
    let gathered: LiveNotice[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wasLive = false;
    const refresh = () => {
      timer = undefined;
      const stale = staleKeys(gathered);
      if (stale) for (const queryKey of stale) void client.invalidateQueries({ queryKey });
      else void client.invalidateQueries();
      gathered = [];
    };
    const close = openLive({
      onNotice: (notice) => {
        gathered.push(notice);
        timer ??= setTimeout(refresh, GATHER_MS);
      },
      onState: (state) => {
        setStream(state);
        // What happened while the stream was away is unknown: ask for everything that is on screen.
        if (state === 'live' && wasLive) void client.invalidateQueries();
        wasLive = true;
      },
    });
    return () => {
      clearTimeout(timer);
      close();
    };
  }, [client, paused]);
  const live = useMemo<Live>(
    () => ({
      state: paused ? 'paused' : stream,
      toggle: () => {
        if (paused) void client.invalidateQueries();
        setPaused(!paused);
      },
    }),
    [client, paused, stream],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

const WORDS: Readonly<Record<LiveState, { text: string; tone: string; help: string }>> = {
  connecting: { text: 'Connecting', tone: 'quiet', help: 'Opening the live stream.' },
  live: { text: 'Live', tone: 'good', help: 'Pages follow the server. Click to pause.' },
  reconnecting: { text: 'Reconnecting', tone: 'warn', help: 'The live stream broke off; it is opened anew by itself.' },
  paused: { text: 'Paused', tone: 'gone', help: 'Pages stand still. Click to follow the server again.' },
};

export function LivePill() {
  const { state, toggle } = use(LiveContext);
  const { text, tone, help } = WORDS[state];
  return (
    <Tooltip label={help}>
      <UnstyledButton
        className="live-pill"
        data-tone={tone}
        data-state={state}
        onClick={toggle}
        aria-label={`Live updates: ${text}`}
      >
        <i />
        <span>{text}</span>
      </UnstyledButton>
    </Tooltip>
  );
}
