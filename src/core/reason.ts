// Reasons for incompletion are for people: long ones lose their middle, since the cause stands at the end of a nested one.

import { MAX_REASON_LENGTH } from './limits.ts';

const HEAD_LENGTH = 1_000;
const GAP = ' … ';

export function shortReason(reason: string): string {
  if (reason.length <= MAX_REASON_LENGTH) return reason;
  return reason.slice(0, HEAD_LENGTH) + GAP + reason.slice(HEAD_LENGTH + GAP.length - MAX_REASON_LENGTH);
}
