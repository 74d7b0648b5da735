// Commands that schedules and event handlers send: what is asked of which execution, and what became of it.

import type { Command } from '../core/command.ts';
import type { Message } from '../core/message.ts';

type StartMessage = Extract<Message, { type: 'start' }>;

/** A start under an id chosen by whoever sends it. `event`: what the execution will say it was started by. */
export type ErrandStart = Omit<StartMessage, 'type' | 'by' | 'depth'> & { readonly event?: string };

/** `id` names the row in which the outcome is noted, in the commit that carries the command out. */
export type Errand =
  | { readonly id: string; readonly type: 'start'; readonly start: ErrandStart }
  | { readonly id: string; readonly type: 'command'; readonly workflowId: string; readonly command: Command };

export interface ErrandOutcome {
  readonly ok: boolean;
  /** Epoch ms. */
  readonly at: number;
  /** The execution that was started, or that was there already. */
  readonly workflowId?: string;
  /** Why it failed, or why there was nothing left to do. */
  readonly reason?: string;
}
