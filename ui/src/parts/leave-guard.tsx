// Asks before unsaved changes are left behind, whether by a link, the back button or closing the tab.
import { useBlocker } from '@tanstack/react-router';
import { useCallback, useRef } from 'react';
import { askToLeave } from './confirm.tsx';

/** Answers a function that lets the next navigation pass: for leaving after a save. */
export function useLeaveGuard(dirty: boolean): () => void {
  const allowed = useRef(false);
  useBlocker({
    shouldBlockFn: async ({ current, next }) => {
      if (!dirty || allowed.current || current.pathname === next.pathname) return false;
      return !(await askToLeave());
    },
    enableBeforeUnload: () => dirty && !allowed.current,
  });
  return useCallback(() => {
    allowed.current = true;
  }, []);
}
