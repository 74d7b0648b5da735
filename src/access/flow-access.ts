// Who may do what with a flow: the one place that decides. A flow has one owner; today everybody who holds a right holds it on
// every flow, and only handing a flow over asks who owns it. Sharing with collaborators is decided here when it comes.

import type { Need, Principal } from './need.ts';

export type FlowDeed = 'see' | 'run' | 'change' | 'giveAway';

const NEEDED: Readonly<Record<Exclude<FlowDeed, 'giveAway'>, Need>> = { see: 'read', run: 'run', change: 'edit' };

/** `owner` absent: nobody has claimed it. */
export function mayWithFlow(principal: Principal, deed: FlowDeed, owner: string | undefined): boolean {
  if (deed !== 'giveAway') return principal.may.has(NEEDED[deed]);
  return principal.may.has('admin') || (owner === principal.name && principal.may.has('edit'));
}
