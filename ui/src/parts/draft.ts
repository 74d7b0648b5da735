// What somebody is typing into a form: the values, whether they differ from what was there, and the question before they are lost.
import { useState } from 'react';
import { useLeaveGuard } from './leave-guard.tsx';

interface Draft<V> {
  readonly values: V;
  readonly set: (change: Partial<V>) => void;
  readonly dirty: boolean;
  /** Lets the next navigation pass: for leaving after a save. */
  readonly allowLeave: () => void;
  /** Until the first attempt, nobody is told that fields are empty which they have not reached yet. */
  readonly tried: boolean;
  readonly setTried: (tried: boolean) => void;
}

/** `alsoChanged`: something beside the values was changed, so leaving would lose it too. */
export function useDraft<V extends object>(start: V, alsoChanged = false): Draft<V> {
  const [values, setValues] = useState(start);
  const [tried, setTried] = useState(false);
  const dirty = alsoChanged || JSON.stringify(values) !== JSON.stringify(start);
  const allowLeave = useLeaveGuard(dirty);
  const set = (change: Partial<V>) => setValues((old) => ({ ...old, ...change }));
  return { values, set, dirty, allowLeave, tried, setTried };
}
