// The one boundary to the database, cut by transaction. Arguments and answers are plain data that can cross threads.
// Calls may be made at any rate: the store itself gathers what is waiting into one commit (group commit).

import type { Command, Refusal, StartRequest } from '../core/command.ts';
import type { JsonObject } from '../core/json.ts';
import type { IdempotencyStrategy, Task, TaskDef, Workflow, WorkflowDef, WorkflowStatus } from '../core/model.ts';
import type { Problem } from '../core/validate.ts';
import type { Allowances } from './allowance.ts';
import type { Deliveries } from './delivery.ts';
import type { Messages } from './event-message.ts';
import type { Filter } from './filter.ts';
import type { Flows } from './flow.ts';
import type { Polls } from './poll.ts';
import type { Handlers, Schemas, Secrets, Tags } from './registries.ts';
import type { Retention } from './retention.ts';
import type { Schedules } from './schedule.ts';
import type { LastPolls, TaskLogs } from './worker-trace.ts';

/** A start as a caller wishes it: the definition by name (version absent = latest) or inline. */
export interface StartWish extends Omit<StartRequest, 'def'> {
  readonly name: string;
  readonly version?: number;
  readonly def?: WorkflowDef;
  /** What to do when (name, idempotencyKey) is taken; FAIL when absent (contract 3.6). */
  readonly idempotencyStrategy?: IdempotencyStrategy;
  readonly now: number;
}

export type StartResult =
  | { readonly type: 'started'; readonly id: string }
  /** RETURN_EXISTING found one. */
  | { readonly type: 'existing'; readonly id: string }
  | { readonly type: 'conflict'; readonly id: string; readonly reason: string; readonly startedAt?: number }
  | { readonly type: 'noDefinition'; readonly reason: string }
  | {
      readonly type: 'invalid';
      readonly reason: string;
      readonly problems?: readonly Problem[];
      readonly tooLarge?: true;
    };

/** What became of a command. Of the task that it touched only who it is: payloads of megabytes stay where they are. */
export type Told =
  | Refusal
  | { readonly type: 'done'; readonly task?: TouchedTask }
  | { readonly type: 'ignored'; readonly reason: string; readonly task?: TouchedTask };

export type TouchedTask = Pick<Task, 'n' | 'type' | 'name' | 'domain'>;

/** What a transition did, and to which execution. */
export type TransitionResult =
  | { readonly type: 'noWorkflow' }
  | { readonly type: 'applied'; readonly outcome: Told; readonly workflow: Pick<Workflow, 'id' | 'traceId'> };

/** A received call as it is stored. */
export interface NewEvent {
  /** Public id (UUID). */
  readonly eventId: string;
  readonly webhookId: string;
  readonly receivedAt: number;
  readonly method: string;
  /** Path and query as received. */
  readonly url: string;
  /** JSON text: header name (lower case) -> list of values; credentials already redacted. */
  readonly headers: string;
  readonly body: Uint8Array;
  /** JSON text of the payload that is matched; absent when the body itself is that text. */
  readonly payload?: string;
  /** One event per (webhook, key) within the window; absent: never a duplicate. */
  readonly dedupeKey?: string;
  /** Absent: for as long as the key is kept. */
  readonly dedupeWindowMs?: number;
  /** Another name of the same delivery that makes it a duplicate too, but that nobody signed. */
  readonly alsoKey?: string;
  /** As `dedupeWindowMs`, for `alsoKey`: senders repeat for days what is news again in other words within minutes. */
  readonly alsoWindowMs?: number;
  readonly verdict: Verdict;
  readonly reason?: string;
  readonly traceId?: string;
  /** What is remembered of the request beside its bytes. */
  readonly about?: JsonObject;
  /** Name under which event handlers hear of it; absent: none listens. */
  readonly announce?: string;
  /** Where a verified event goes; absent: it is only recorded. */
  readonly route?: Route;
  /** It waits in this line of its webhook and is routed when `release` says so; '' is the line of a paused webhook. */
  readonly line?: string;
}

/** `observed`: not proven, and taken all the same. `batch`: a request whose events are stored one by one. */
export type Verdict = 'verified' | 'observed' | 'refused' | 'challenge' | 'batch';

export interface Route {
  /** Workflows whose waits may be completed. */
  readonly receivers: readonly { readonly name: string; readonly version: number | 'any' }[];
  /** Which of several waits that fit is completed; `one` completes none of several and says so. Absent: `all`, or `oldest` where it resumes. */
  readonly deliver?: Deliver;
  /** For so long waits that open later find the event; absent: for as long as it is kept; 0: not at all. */
  readonly findableMs?: number;
  /** Starts only what is not running under the same idempotency key, and only when no wait took the event. */
  readonly resumes?: true;
  readonly starts: readonly {
    readonly name: string;
    /** Absent: the latest. */
    readonly version?: number;
    readonly idempotencyKey?: string;
    readonly idempotencyStrategy?: IdempotencyStrategy;
  }[];
  /** `event` of started executions: `<webhook name>:<event id>` (contract 3.5). */
  readonly event: string;
  readonly createdBy: string;
}

export type Deliver = 'all' | 'oldest' | 'newest' | 'one';

export type ReceiveResult =
  | { readonly type: 'stored'; readonly eventId: string }
  /** The same delivery was stored before, as this event. */
  | { readonly type: 'duplicate'; readonly eventId: string };

/** One stored event and what it did. */
export interface EventRecord extends Omit<NewEvent, 'route' | 'line' | 'dedupeWindowMs' | 'alsoKey' | 'alsoWindowMs'> {
  readonly seq: number;
  readonly route?: Route;
  /** True when it completed a wait or started an execution. */
  readonly matched: boolean;
  readonly effects: readonly EventEffect[];
  /** How often the same delivery came again, and when last; absent: it came once. */
  readonly repeated?: { readonly times: number; readonly lastAt: number };
  /** Events that are replays of it, newest first, where it was asked for by its id; absent: there is none. */
  readonly replays?: readonly EventReplay[];
}

export interface EventReplay {
  readonly eventId: string;
  readonly receivedAt: number;
  /** Its body was another one. */
  readonly isEdited: boolean;
}

export interface EventEffect {
  readonly type: 'completed' | 'started' | 'existing' | 'failed';
  readonly workflowId?: string;
  readonly workflowName: string;
  readonly taskRef?: string;
  readonly reason?: string;
  readonly at: number;
}

/** Newest first. Absent: any. */
export interface EventQuery {
  readonly webhookId?: string;
  readonly verdicts?: readonly Verdict[];
  /** True: it completed or started something. False: it was taken and did neither. */
  readonly matched?: boolean;
  readonly held?: boolean;
  readonly receivedFrom?: number;
  readonly receivedTo?: number;
  /** Found in headers, payload, body or reason, without regard to case. */
  readonly text?: string;
  readonly beforeSeq?: number;
  /** Those behind it, oldest first; without it the newest come first. */
  readonly afterSeq?: number;
  readonly limit: number;
}

/** An open wait that an event fits by its key. */
export interface Candidate {
  readonly workflowId: string;
  readonly workflowName: string;
  readonly n: number;
  readonly taskRef: string;
  /** False: its further condition does not hold, or the execution has had this event already. */
  readonly accepts: boolean;
}

/** A held event that is next in its line. */
export interface HeldEvent {
  readonly eventId: string;
  readonly webhookId: string;
  readonly line: string;
  /** When it was received (epoch ms). */
  readonly at: number;
  /** Tells apart what was received in the same moment. */
  readonly seq: number;
  /** True once it is routed to the end. */
  readonly routed: boolean;
}

/** A webhook definition as stored: the wire object plus what the server owns. */
export interface WebhookRow {
  readonly id: string;
  /** Everything a client may set, as given (secrets included; the store never logs it). */
  readonly config: JsonObject;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly verifiedAt?: number;
  /** What is switched at run time, such as a pause. */
  readonly state?: JsonObject;
}

export interface WorkflowQuery {
  readonly ids?: readonly string[];
  readonly names?: readonly string[];
  readonly versions?: readonly number[];
  readonly statuses?: readonly WorkflowStatus[];
  readonly correlationIds?: readonly string[];
  readonly idempotencyKeys?: readonly string[];
  readonly parentIds?: readonly string[];
  readonly startedFrom?: number;
  readonly startedTo?: number;
  readonly updatedFrom?: number;
  readonly updatedTo?: number;
  readonly endedFrom?: number;
  readonly endedTo?: number;
  /** Words that are all found in what the execution was given and gave, its names, ids and reasons, or its tasks (core/words.ts). */
  readonly text?: string;
  /** Beyond lists and bounds, over the fields of search.ts. */
  readonly filter?: Filter;
  readonly sort: {
    readonly by:
      | ('startedAt' | 'createdAt' | 'updatedAt' | 'endedAt' | 'name' | 'id' | 'correlationId')
      | ('status' | 'version' | 'priority');
    readonly descending: boolean;
  };
  readonly offset: number;
  readonly limit: number;
}

export interface WorkflowPage {
  readonly total: number;
  readonly rows: readonly Omit<Workflow, 'tasks'>[];
}

export interface TaskQuery {
  /** Which executions are looked through. */
  readonly workflows: Partial<Omit<WorkflowQuery, 'sort' | 'offset' | 'limit' | 'text'>>;
  /** Over the fields of task-search.ts. */
  readonly filter?: Filter;
  /** Found in input, output or reason. */
  readonly text?: string;
  /** One row for each execution that has such tasks, instead of one for each task. */
  readonly perExecution?: boolean;
  /** By the start of their execution; true when absent. */
  readonly descending?: boolean;
  readonly offset: number;
  readonly limit: number;
}

export interface TaskPage {
  readonly total: number;
  readonly rows: readonly { readonly workflow: Workflow; readonly tasks: readonly Task[] }[];
}

/** Executions found, counted by when they started. */
export interface WorkflowHistogram {
  /** Width of each bar; 0 when nothing was found. */
  readonly widthMs: number;
  /** Bars that are not empty, in order of time. `at`: where it begins, epoch ms. */
  readonly counts: readonly { readonly at: number; readonly status: WorkflowStatus; readonly count: number }[];
}

/** What became true with a commit: hints for pollers, the runner and the live stream. Losing one loses nothing. */
export interface Notice {
  /** Queues that have new work. */
  readonly queues: readonly string[];
  readonly workflows: readonly { readonly id: string; readonly status: WorkflowStatus }[];
  readonly webhookIds: readonly string[];
  /** Rules that threw: a bug. What was asked is kept, or was answered with the error. */
  readonly faults: readonly { readonly workflowId: string; readonly reason: string }[];
  /** True when deliveries have come into the queue. */
  readonly deliveries: boolean;
  /** True when messages for event handlers wait to be handled. */
  readonly messages: boolean;
  /** True when commands or events wait to be worked on. */
  readonly backlog: boolean;
}

export interface Store {
  readonly definitions: {
    /** Adds or, with `overwrite`, replaces. */
    putWorkflow(
      def: WorkflowDef,
      options: { overwrite: boolean; now: number },
    ): Promise<'created' | 'replaced' | 'exists'>;
    getWorkflow(name: string, version?: number): Promise<WorkflowDef | undefined>;
    listWorkflows(): Promise<readonly WorkflowDef[]>;
    deleteWorkflow(name: string, version: number): Promise<boolean>;
    putTask(def: TaskDef, now: number): Promise<void>;
    getTask(name: string): Promise<TaskDef | undefined>;
    listTasks(): Promise<readonly TaskDef[]>;
    deleteTask(name: string): Promise<boolean>;
  };
  readonly workflows: {
    start(wish: StartWish): Promise<StartResult>;
    /** The one door. Commands of many callers are gathered; those for one execution are applied in order, then decided once. */
    transition(workflowId: string, command: Command, now: number): Promise<TransitionResult>;
    get(id: string, options: { tasks: boolean }): Promise<Workflow | undefined>;
    search(query: WorkflowQuery): Promise<WorkflowPage>;
    /**
     * At most about `bars` bars over what the query finds; its page and order do not matter. `now` ends a stretch that has a
     * beginning only, epoch ms.
     */
    histogram(query: WorkflowQuery, bars: number, now: number): Promise<WorkflowHistogram>;
    /** Deletes the execution and all that hangs on it. False: unknown. */
    remove(id: string): Promise<boolean>;
    /** Works on what is due: rung alarms, full inboxes, unrouted events. Answers how many it moved. */
    runDue(now: number, limit: number): Promise<number>;
    /**
     * Gathers the words that free text finds, of some executions that have changed; answers how many it looked at. With
     * `now`: of those that stand still, and only while there is no other work or some have waited for half a minute.
     */
    gatherTexts(now?: number): Promise<number>;
    /** The next alarm, epoch ms; undefined: none. */
    nextAlarm(): Promise<number | undefined>;
  };
  readonly tasks: Polls & {
    /** Looks through the executions started last, up to a limit of their number. */
    search(query: TaskQuery): Promise<TaskPage>;
  };
  readonly webhooks: {
    put(row: WebhookRow): Promise<void>;
    get(id: string): Promise<WebhookRow | undefined>;
    list(): Promise<readonly WebhookRow[]>;
    remove(id: string): Promise<boolean>;
    markVerified(id: string, now: number): Promise<void>;
    setState(id: string, state: JsonObject): Promise<boolean>;
    /** A secret has fitted. */
    noteUse(id: string, secretId: string, now: number): Promise<void>;
    uses(id: string): Promise<readonly { readonly secretId: string; readonly at: number }[]>;
  };
  readonly events: {
    /** Answers after the commit that holds the event. Routing follows by itself. */
    receive(event: NewEvent): Promise<ReceiveResult>;
    get(eventId: string): Promise<EventRecord | undefined>;
    /** Newest first. */
    list(query: { webhookId: string; beforeSeq?: number; limit: number }): Promise<readonly EventRecord[]>;
    search(query: EventQuery): Promise<readonly EventRecord[]>;
    /** Gives a stored event a route (again) and routes it; what it has done already is not done twice. False: unknown. */
    route(eventId: string, change: Pick<NewEvent, 'verdict'> & Partial<NewEvent>, now: number): Promise<boolean>;
    /** Waits that the event would meet now, in the order of their executions. Nothing is changed. */
    candidates(
      event: Pick<NewEvent, 'eventId' | 'payload' | 'body' | 'headers' | 'url'>,
      route: Route,
    ): Promise<readonly Candidate[]>;
    /** False while an event that has a route is still to meet its waits. */
    isRouted(eventId: string): Promise<boolean>;
    /** First of each line, of each webhook, the oldest first; those behind `after`. What has begun is first in its line. */
    heads(limit: number, after?: Pick<HeldEvent, 'at' | 'seq'>): Promise<readonly HeldEvent[]>;
    /** Call before it is routed. False: another one of its line has begun. */
    begin(held: HeldEvent): Promise<boolean>;
    /** Takes an event out of its line. */
    leave(held: HeldEvent): Promise<void>;
    /** Held events of a webhook. */
    countHeld(webhookId: string): Promise<number>;
  };
  /** A key that only this installation has, the same on all its nodes. */
  installationKey(): Promise<string>;
  /** Resolves when all that follows from earlier calls here is done: for tests, simulation and a clean stop. */
  idle(): Promise<void>;
  readonly schedules: Schedules;
  readonly handlers: Handlers;
  readonly messages: Messages;
  readonly schemas: Schemas;
  readonly secrets: Secrets;
  readonly tags: Tags;
  readonly logs: TaskLogs;
  readonly lastPolls: LastPolls;
  readonly flows: Flows;
  readonly deliveries: Deliveries;
  readonly retention: Retention;
  readonly allowances: Allowances;
  /** Calls back after commits; answers the way to stop. */
  subscribe(listener: (notice: Notice) => void): () => void;
  /** The time of the database, which all nodes share (epoch ms); undefined: all who use it have one clock. */
  now(): Promise<number | undefined>;
  /** True when the database answers. */
  healthy(): Promise<boolean>;
  /** Finishes what is under way, then closes. */
  close(): Promise<void>;
}
