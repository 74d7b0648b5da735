// Every limit of the store, with a name and a reason.

/** Calls of one kind that one commit may carry on SQLite: beyond this a batch only adds latency (measured, docs/decisions/0002-store.md). */
export const SQLITE_BATCH = 256;

/** The same on PostgreSQL: at 242 per batch nothing was won over 64 but latency. */
export const POSTGRES_BATCH = 128;

/** Cycles that may be under way at once on PostgreSQL: two gave 1 to 18 % over one, four no more. */
export const POSTGRES_IN_FLIGHT = 2;

/** Tasks of all executions that are kept loaded, as a bound of memory (about 1 KB each): some of 10,000 side by side. */
export const CACHED_TASKS = 50_000;

/** What a loaded execution itself weighs in tasks. */
export const WORKFLOW_WEIGHT = 4;

/**
 * While an execution has at most so many tasks, and their text is no longer than so many characters, they lie in its own row:
 * one row and one page where there were four and three (docs/decisions/0002-store.md). Then they move to rows of their own, for good.
 */
export const PACKED_TASKS = 16;
export const PACKED_CHARACTERS = 2_000;

/** Ended executions of which the rev is remembered, for reads that began before they ended. */
export const REMEMBERED_ENDS = 1_000;

/** Definition snapshots that are kept parsed. */
export const CACHED_SNAPSHOTS = 2_000;

/** Waits that one event completes in one cycle; the rest follows in the next ones. */
export const WAITS_PER_LOOK = 500;

/** Stored events that one opening wait looks at in one query. */
export const EVENTS_PER_LOOK = 200;

/** Replays that an event is shown with, the newest of them. */
export const REPLAYS_PER_LOOK = 100;

/** Stored events that are matched again when a set of paths is waited for that nobody waited for before. */
export const BACKFILL_EVENTS = 10_000;

/** Times that work is done again because another node changed the same rows; each time somebody else succeeded. */
export const MAX_TRIES = 50;

/** On PostgreSQL, work that another node has left lying for so long is taken over. */
export const TAKE_OVER_AFTER_MS = 500;

/** Back-off of work whose rules threw: doubled from the first to the last of these. */
export const FAULT_BACKOFF_MS = { first: 1_000, last: 3_600_000 } as const;

/** An alarm that rang, changed nothing and is still due rings again after this, so that it cannot spin. */
export const STALE_ALARM_MS = 1_000;

/** For so long a task whose poll was refused, or is under way on another node, is not offered again. */
export const POLL_LEASE_MS = 2_000;

/** Rows of a page in lists, at most. */
export const MAX_PAGE = 1_000;

/**
 * A set of paths counts as waited for from so long after it was first seen, so that the first waits look through the
 * events that came while their start was being committed.
 */
export const SHAPE_MARGIN_MS = 60_000;

/** Deliveries of one webhook that one look at the queue finds: more than a destination may have under way. */
export const DELIVERIES_PER_LOOK = 128;

/** Order keys of one webhook that one look at the queue finds; the next look goes on behind them. */
export const LANES_PER_LOOK = 256;

/** Executions whose tasks one search looks through: tasks have no index but that of their execution. */
export const SEARCHED_EXECUTIONS = 10_000;

/** Changed executions of which the words (or, while they go on, they themselves) are kept until that is gathered; of more only the keys. */
export const NOTED_TEXTS = 500;

/**
 * Executions whose words are gathered in one round. With one writer each of them (90 us with 2 KB) keeps the others from writing, so
 * it is the least, and one more for so many that are late; on a shared database a round is a commit beside others, and with
 * 10 in each only 390 a second were gathered.
 */
export const TEXTS_PER_ROUND = { least: 10, most: 50, per: 500 } as const;

/** For so long words wait while the store is at work: a burst of events is not slowed down by what only searches need. */
export const LATE_TEXTS_MS = 30_000;

/** An open execution stands still for so long before its words are gathered; a larger one longer, since it costs more. */
export const STILL_MS = 1_000;
export const STILL_MS_PER_TASK = 5;

/** A search by text gathers so many of them first, so that a client finds what it has just written. */
export const GATHERED_BEFORE_SEARCH = 500;

/** Groups of held executions, and executions of one group, that one look lets begin. */
export const TURNS_PER_LOOK = 100;

/** A worker that polled a domain so long ago still counts as there (Conductor's, contract 5.10). */
export const LIVE_DOMAIN_MS = 10_000;

/** What other nodes have written of their polls is read again after so long, while somebody asks. */
export const LIVE_DOMAINS_READ_MS = 1_000;

/** Queues and domains whose last poll is remembered; workers choose the names. */
export const LIVE_DOMAINS = 10_000;
