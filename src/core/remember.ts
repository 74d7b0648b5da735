// A bounded memory for what was compiled from a text. Pure in effect: the same text always gives the same answer.

import { MAX_REMEMBERED_TEXT_LENGTH } from './language/text-limits.ts';

/** Wraps `make` so that the answers for the newest `limit` texts are kept; the oldest one goes first. */
export function remember<T>(limit: number, make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const old = known.get(text);
    if (old !== undefined) return old;
    const made = make(text);
    if (text.length > MAX_REMEMBERED_TEXT_LENGTH) return made;
    known.set(text, made);
    for (const oldest of known.keys()) {
      if (known.size <= limit) break;
      known.delete(oldest);
    }
    return made;
  };
}
