// The icon of the browser tab carries the state of what it shows.
import { useEffect } from 'react';
import { appRoot } from '../api.ts';
import type { Tone } from '../model/status-look.ts';

export function useFavicon(tone: Tone): void {
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('#favicon');
    if (!link) return;
    const plain = link.href;
    link.href = new URL(`favicon-${tone}.svg`, appRoot).href;
    return () => {
      link.href = plain;
    };
  }, [tone]);
}
