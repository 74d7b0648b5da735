// One piece of work that waits for a cycle: a call, or what an earlier commit left to do.

import type { Command, Outcome } from '../../core/command.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Message } from '../../core/message.ts';
import type { Workflow } from '../../core/model.ts';
import type { Candidate, Change, Guard, Row, Unit } from '../drivers/driver.ts';
import type { Errand } from '../errand.ts';
import type { PolledTask, PollRequest } from '../poll.ts';
import type { NewEvent, ReceiveResult, StartResult, StartWish, TransitionResult } from '../store.ts';

interface Base {
  /** Times that it was done again. */
  tries: number;
  /** Runs in a cycle of its own, after something failed in company. */
  alone: boolean;
  /** What another cycle was at, an execution (its public id) or a queue that it counts: not before that is done. */
  awaits?: string;
  readonly now: number;
}

interface Answer<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** Where a wait stands among those of its match key. */
export interface WaitPlace {
  readonly at: number;
  readonly wf: number;
  readonly n: number;
}

export interface ReceiveItem extends Base, Answer<ReceiveResult> {
  readonly kind: 'receive';
  readonly event: NewEvent;
  /** Event that has its name, and whose window has passed. */
  outdated?: number;
}
export interface CommandItem extends Base, Answer<TransitionResult> {
  readonly kind: 'command';
  readonly workflowId: string;
  readonly command: Command;
}
export interface StartItem extends Base, Answer<StartResult> {
  readonly kind: 'start';
  readonly wish: StartWish;
}
export interface PollItem extends Omit<Base, 'now'>, Answer<readonly PolledTask[]> {
  readonly kind: 'poll';
  readonly request: PollRequest;
  /** When it looks; later each time for one that waits. */
  now: number;
  /** What it found and could not be decided yet, and until when that is leased: where it is, it looks no further. */
  found?: { readonly candidates: readonly Candidate[]; readonly leasedUntil: number };
  /** Something came to its queue since it began to look. */
  missed?: boolean;
}
export interface RemoveItem extends Base, Answer<boolean> {
  readonly kind: 'remove';
  readonly workflowId: string;
}
/** Events whose time is over; those that something needs stay. */
export interface ForgetItem extends Base, Answer<number> {
  readonly kind: 'forget';
  readonly events: readonly number[];
}
/** Rows without rules: definitions, webhooks, notes that something is done. */
export interface WriteItem extends Base, Answer<void> {
  readonly kind: 'write';
  readonly changes: readonly Change[];
}
/** Rows and errands as one commit, unless the guard does not hold: then somebody else was first. */
export interface DispatchItem extends Base, Answer<boolean> {
  readonly kind: 'dispatch';
  readonly guard?: Guard;
  readonly changes: readonly Change[];
  readonly errands: readonly Errand[];
}
/** What an event offers to waits, under all shapes up to one. */
export interface Offered {
  readonly newest: number;
  /** The payload with what came beside it. */
  readonly document: JsonObject;
  readonly keys: readonly Uint8Array[];
}
/** A stored event that is to meet the waits. */
export interface RouteItem extends Base, Answer<void> {
  readonly kind: 'route';
  readonly id: number;
  /** In memory when it was just received; read again after a restart. */
  readonly event?: NewEvent;
  /** Shared database: newest shape for which the event has its entries. */
  seen: number;
  /** Worked out when it was stored; holds as long as there are no newer shapes. */
  readonly offered?: Offered | undefined;
  /** Where to read on in the waits of a key (as text) that are more than a page: the last row seen. */
  readonly after?: ReadonlyMap<string, WaitPlace>;
  /** For one alone: how many fitted on the pages before. */
  readonly fits?: number;
  /** For one alone: no more than one fits, which all pages have shown. */
  readonly isSole?: boolean;
  /** Running executions that it was left to, when it is looked at once more: once for each. */
  readonly leftFor?: readonly string[];
  /** Rows of the event's own unit, while it is routed by the commit that stores it: what is left to do is marked there. */
  storedWith?: Change[];
}
/** An opened wait that is to meet the events of the past. */
export interface LookBackItem extends Base, Answer<void> {
  readonly kind: 'lookBack';
  readonly wf: number;
  readonly n: number;
  readonly key: Uint8Array;
  readonly since: number;
  /** Id of a shape whose entries for the past must be made first; 0: they are there. */
  readonly shape: number;
}
/** An execution (perhaps one that is not yet born) with commands in its inbox. */
export interface InboxItem extends Base, Answer<void> {
  readonly kind: 'inbox';
  readonly target: string;
}
export interface AlarmItem extends Base, Answer<void> {
  readonly kind: 'alarm';
  readonly wf: number;
}

export type Item =
  | ReceiveItem
  | CommandItem
  | StartItem
  | PollItem
  | RemoveItem
  | ForgetItem
  | WriteItem
  | DispatchItem
  | RouteItem
  | LookBackItem
  | InboxItem
  | AlarmItem;

export type ItemOf<K extends Item['kind']> = Extract<Item, { kind: K }>;

/**
 * True for an item that is all about one execution, and may wait while another cycle is at it. Others go on and leave it to
 * the guards: what an event does to several executions keeps its order, and a poll that wants tasks of many is never starved.
 */
export function isAboutOne(item: Item): boolean {
  if (item.kind === 'poll') return new Set(item.found?.candidates.map(({ wf }) => wf)).size === 1;
  return item.kind === 'command' || item.kind === 'alarm' || item.kind === 'inbox';
}

/** One command for an execution in this cycle, and what hangs on it. */
export interface Step {
  readonly item: Item;
  readonly command: Command;
  readonly now: number;
  /** Rows that follow from its outcome, in the same commit. */
  readonly rows?: (outcome: Outcome, after: Workflow) => readonly Change[];
  /** Rows when the rules threw for it: what is to be remembered of the failure. */
  readonly faultRows?: (reason: string) => readonly Change[];
  /** After the commit. */
  readonly settle?: (outcome: Outcome, after: Workflow) => void;
}

/** A unit of the commit with the items that wait for it. */
export interface Planned {
  readonly unit: Unit;
  readonly items: readonly Item[];
  /** After the commit, if the guard held. */
  readonly passed?: () => void;
  /** After the commit, if it did not. */
  readonly failed?: () => void;
}

/** Extra rows of outbound deliveries and event handlers, written with the change that causes them. Pure and synchronous. */
export type OnMessages = (workflow: Workflow, messages: readonly Message[], wf: number) => readonly Change[];

/** How nouns write. */
export interface Writers {
  /** Rows that need no guard. */
  readonly write: (changes: readonly Change[]) => Promise<void>;
  /** Answers whether the guard held. */
  readonly dispatch: (wish: Pick<DispatchItem, 'guard' | 'changes' | 'errands' | 'now'>) => Promise<boolean>;
}

export const removal = (table: Change['table'], row: Row): Change => ({ op: 'remove', table, row });
