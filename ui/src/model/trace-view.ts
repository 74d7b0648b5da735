// A trace as rows on one time axis: events, executions with their tasks and children, deliveries with their attempts, and what led to what.
import type { Trace } from '../../../src/http/contract/trace.ts';
import { deliveryLook, faultText } from './delivery-view.ts';
import { durationText } from './moment.ts';
import { eventOutcome } from './received-event.ts';
import { statusText, type Tone, toneOf } from './status-look.ts';
import { type TimeAxis, timeAxis } from './time-axis.ts';

export type TraceEvent = Trace['events'][number];
export type TraceExecution = Trace['executions'][number];
export type TraceTask = TraceExecution['tasks'][number];
export type TraceDelivery = Trace['deliveries'][number];

export interface TraceBar {
  /** `queued` waits for a worker; `held` waits for an event, a person or a time; `attempt` is one request. */
  readonly kind: 'event' | 'execution' | 'queued' | 'held' | 'run' | 'message' | 'attempt';
  readonly from: number;
  readonly to: number;
  readonly tone: Tone;
  /** Still going on. */
  readonly open?: boolean;
}

interface Row {
  readonly key: string;
  readonly depth: number;
  readonly name: string;
  readonly about: string;
  readonly tone: Tone;
  readonly bars: readonly TraceBar[];
  /** Beside the last bar. */
  readonly text: string;
  /** Where that bar ends, 0 to 1. */
  readonly end: number;
}
export type TraceRow = Row &
  (
    | { readonly kind: 'event'; readonly event: TraceEvent }
    | { readonly kind: 'execution'; readonly execution: TraceExecution; readonly tasks: number; readonly open: boolean }
    | { readonly kind: 'task'; readonly execution: TraceExecution; readonly task: TraceTask }
    | { readonly kind: 'delivery'; readonly delivery: TraceDelivery }
  );

/** A line down the page: what happened in one row led to another. */
export interface TraceLink {
  readonly key: string;
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly tone: Tone;
}

export interface TraceView {
  readonly axis: TimeAxis;
  readonly rows: readonly TraceRow[];
  readonly links: readonly TraceLink[];
}

export interface TraceOptions {
  readonly now: number;
  readonly fold: boolean;
  /** Executions whose tasks are not shown. */
  readonly closed: ReadonlySet<string>;
}

/** Types that hold until somebody or something outside gives the cue. */
const HOLDING: ReadonlySet<string> = new Set(['WAIT_FOR_WEBHOOK', 'WAIT', 'HUMAN']);
/** More lines would hide what they lead to. */
const MAX_LINKS = 120;

const isOpen = (status: string): boolean => status === 'IN_PROGRESS' || status === 'SCHEDULED';

function momentsOf({ events, executions, deliveries }: Trace, now: number): number[] {
  const running = executions.some(({ endTime }) => endTime === undefined);
  const waiting = deliveries.some(({ status }) => status === 'PENDING');
  return [
    ...events.map(({ receivedAt }) => receivedAt),
    ...executions.flatMap(({ startTime, endTime, tasks }) => [
      startTime,
      ...(endTime === undefined ? [] : [endTime]),
      ...tasks.flatMap((task) => [task.scheduledTime, task.startTime, task.endTime].filter((at) => at !== undefined)),
    ]),
    ...deliveries.flatMap(({ createdAt, attemptList }) => [
      createdAt,
      ...attemptList.flatMap(({ at, totalMs = 0 }) => [at, at + totalMs]),
    ]),
    ...(running || waiting ? [now] : []),
  ];
}

export function viewTrace(trace: Trace, { now, fold, closed }: TraceOptions): TraceView {
  const axis = timeAxis(momentsOf(trace, now), fold);
  const rows: TraceRow[] = trace.events.map((event) => eventRow(event, axis));
  const byId = new Map(trace.executions.map((execution) => [execution.workflowId, execution]));
  const drawn = new Set<string>();
  const draw = (execution: TraceExecution, depth: number): void => {
    if (drawn.has(execution.workflowId)) return;
    drawn.add(execution.workflowId);
    const open = !closed.has(execution.workflowId);
    rows.push(executionRow(execution, depth, open, axis, now));
    if (open)
      for (const task of execution.tasks) {
        rows.push(taskRow(execution, task, depth + 1, axis, now));
        const child = task.subWorkflowId === undefined ? undefined : byId.get(task.subWorkflowId);
        if (child) draw(child, depth + 2);
      }
    for (const delivery of trace.deliveries)
      if (delivery.workflowId === execution.workflowId) rows.push(deliveryRow(delivery, depth + 1, axis, now));
  };
  const isChild = ({ parentWorkflowId }: TraceExecution): boolean =>
    parentWorkflowId !== undefined && byId.has(parentWorkflowId) && !closed.has(parentWorkflowId);
  for (const execution of trace.executions) if (!isChild(execution)) draw(execution, 0);
  // A parent that was cut short does not name all of its children.
  for (const execution of trace.executions) draw(execution, 0);
  return { axis, rows, links: linksOf(rows, axis) };
}

function eventRow(event: TraceEvent, axis: TimeAxis): TraceRow {
  const { text, tone } = eventOutcome(event);
  const at = axis.place(event.receivedAt);
  return {
    ...{ kind: 'event', key: `event ${event.eventId}`, depth: 0, event, tone },
    ...{ name: event.webhookName ?? 'removed webhook', about: 'Event', text, end: at },
    bars: [{ kind: 'event', from: at, to: at, tone }],
  };
}

function executionRow(execution: TraceExecution, depth: number, open: boolean, axis: TimeAxis, now: number): TraceRow {
  const { workflowId, workflowName, workflowVersion, status, startTime, endTime, tasks } = execution;
  const tone = toneOf(status);
  const to = axis.place(endTime ?? now);
  const took = durationText((endTime ?? now) - startTime);
  return {
    ...{ kind: 'execution', key: `execution ${workflowId}`, depth, execution, tone, open, tasks: tasks.length },
    ...{ name: workflowName, about: `v${workflowVersion}`, end: to },
    text: endTime === undefined ? `${statusText(status)} for ${took}` : `${statusText(status)} after ${took}`,
    bars: [{ kind: 'execution', from: axis.place(startTime), to, tone, open: endTime === undefined }],
  };
}

function taskRow(execution: TraceExecution, task: TraceTask, depth: number, axis: TimeAxis, now: number): TraceRow {
  const { taskId, referenceTaskName, type, status, retryCount, scheduledTime, startTime, endTime } = task;
  const tone = toneOf(status);
  const open = isOpen(status);
  const end = endTime ?? (open ? now : (execution.endTime ?? now));
  const holds = HOLDING.has(type);
  const begun = startTime ?? (holds ? scheduledTime : undefined);
  const queued = begun === undefined ? end : begun;
  const bars: TraceBar[] = [];
  if (queued > scheduledTime)
    bars.push({
      kind: 'queued',
      from: axis.place(scheduledTime),
      to: axis.place(queued),
      tone: 'wait',
      open: open && begun === undefined,
    });
  if (begun !== undefined)
    bars.push({ kind: holds ? 'held' : 'run', from: axis.place(begun), to: axis.place(end), tone, open });
  const took = durationText(end - (begun ?? scheduledTime));
  return {
    ...{ kind: 'task', key: `task ${taskId}`, depth, execution, task, tone, bars, end: axis.place(end) },
    name: referenceTaskName,
    about: retryCount > 0 ? `attempt ${retryCount + 1}` : type === 'SIMPLE' ? task.taskDefName : type,
    text: holds ? `held ${took}` : begun === undefined ? `${statusText(status)} ${took}` : took,
  };
}

function deliveryRow(delivery: TraceDelivery, depth: number, axis: TimeAxis, now: number): TraceRow {
  const { id, webhookName = 'removed webhook', cause, createdAt, attemptList, nextAt, status } = delivery;
  const { text, tone } = deliveryLook(delivery);
  const last = attemptList.at(-1);
  const pending = status === 'PENDING';
  const ended = pending ? now : last ? last.at + (last.totalMs ?? 0) : createdAt;
  const answer = last && (last.status ?? last.result);
  const tries = attemptList.length > 1 ? `, ${attemptList.length} attempts` : '';
  const next = pending && nextAt !== undefined && nextAt > now ? `, next in ${durationText(nextAt - now)}` : '';
  return {
    ...{ kind: 'delivery', key: `delivery ${id}`, depth, delivery, tone, name: webhookName, about: cause },
    end: axis.place(ended),
    text: `${text}${answer === undefined ? '' : ` · ${answer}`}${tries}${next}`,
    bars: [
      { kind: 'message', from: axis.place(createdAt), to: axis.place(ended), tone, open: pending },
      ...attemptList.map(
        ({ at, totalMs = 0, result }): TraceBar => ({
          ...{ kind: 'attempt', from: axis.place(at), to: axis.place(at + totalMs) },
          tone: result === 'ok' ? 'good' : 'bad',
        }),
      ),
    ],
  };
}

function linksOf(rows: readonly TraceRow[], axis: TimeAxis): TraceLink[] {
  const indexOf = new Map(rows.map(({ key }, i) => [key, i]));
  const links: TraceLink[] = [];
  const link = (source: string, to: number, moment: number, tone: Tone): void => {
    const from = indexOf.get(source);
    if (from !== undefined && from < to) links.push({ key: `${source} ${to}`, at: axis.place(moment), from, to, tone });
  };
  for (const [i, row] of rows.entries()) {
    if (row.kind === 'execution' && row.execution.eventId !== undefined)
      link(`event ${row.execution.eventId}`, i, row.execution.startTime, 'good');
    if (row.kind === 'task' && row.task.eventId !== undefined && row.task.endTime !== undefined)
      link(`event ${row.task.eventId}`, i, row.task.endTime, 'good');
    if (row.kind === 'delivery') link(`execution ${row.delivery.workflowId}`, i, row.delivery.createdAt, 'quiet');
  }
  return links.slice(0, MAX_LINKS);
}

/** A stage of the way in words. */
export interface TraceStage {
  readonly name: 'Event' | 'Match' | 'Execution' | 'Deliveries' | 'End to end';
  readonly tone: Tone;
  readonly text: string;
  readonly detail: string;
}

const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

export function traceStages(trace: Trace, now: number): TraceStage[] {
  return [
    eventStage(trace),
    matchStage(trace),
    executionStage(trace, now),
    deliveryStage(trace),
    wholeStage(trace, now),
  ];
}

function eventStage({ events }: Trace): TraceStage {
  const [first] = events;
  if (!first) return { name: 'Event', tone: 'quiet', text: 'No event', detail: 'started by a call or a schedule' };
  const worst = events.find(({ verdict }) => verdict === 'refused') ?? first;
  const { text, tone } = eventOutcome(worst);
  return {
    ...{ name: 'Event', tone, text: events.length === 1 ? text : count(events.length, 'event') },
    detail: [...new Set(events.map(({ webhookName }) => webhookName ?? 'removed webhook'))].join(', '),
  };
}

function matchStage({ events, executions }: Trace): TraceStage {
  const effects = events.flatMap((event) => event.effects);
  const ended = effects.filter(({ type }) => type === 'completed').length;
  const started = effects.filter(({ type }) => type === 'started').length;
  const failed = effects.find(({ type }) => type === 'failed');
  const waits = executions.flatMap(({ tasks }) =>
    tasks.filter(({ type, status }) => type === 'WAIT_FOR_WEBHOOK' && status === 'IN_PROGRESS'),
  );
  const parts = [
    ...(started > 0 ? [`started ${count(started, 'execution')}`] : []),
    ...(ended > 0 ? [`ended ${count(ended, 'wait')}`] : []),
  ];
  if (failed)
    return { name: 'Match', tone: 'bad', text: 'Could not start', detail: failed.reason ?? failed.workflowName };
  if (waits.length > 0)
    return {
      ...{ name: 'Match', tone: 'run', text: `${count(waits.length, 'task')} still held` },
      detail: parts.join(', ') || 'no event has fitted yet',
    };
  if (parts.length > 0) return { name: 'Match', tone: 'good', text: 'Matched', detail: parts.join(', ') };
  const [event] = events;
  if (!event) return { name: 'Match', tone: 'quiet', text: 'No wait', detail: 'nothing was held for an event' };
  return event.verdict === 'refused'
    ? { name: 'Match', tone: 'quiet', text: 'Not looked for', detail: 'a refused event moves nothing' }
    : { name: 'Match', tone: 'warn', text: 'No match', detail: 'nobody was waiting for it' };
}

function executionStage({ executions }: Trace, now: number): TraceStage {
  const [first] = executions;
  if (!first) return { name: 'Execution', tone: 'quiet', text: 'None', detail: 'nothing was started or moved' };
  if (executions.length === 1)
    return {
      ...{ name: 'Execution', tone: toneOf(first.status), text: statusText(first.status) },
      detail: `${first.workflowName}, ${durationText((first.endTime ?? now) - first.startTime)}`,
    };
  const bad = executions.filter(({ status }) => toneOf(status) === 'bad' || toneOf(status) === 'warn');
  const running = executions.filter(({ endTime }) => endTime === undefined);
  const tone = bad.length > 0 ? 'bad' : running.length > 0 ? 'run' : 'good';
  const detail = [bad.length > 0 ? `${bad.length} failed` : '', running.length > 0 ? `${running.length} running` : ''];
  return {
    ...{ name: 'Execution', tone, text: count(executions.length, 'execution') },
    detail: detail.filter(Boolean).join(', ') || 'all ended well',
  };
}

function deliveryStage({ deliveries }: Trace): TraceStage {
  if (deliveries.length === 0)
    return { name: 'Deliveries', tone: 'quiet', text: 'None', detail: 'no webhook task told anybody' };
  const of = (status: string): number => deliveries.filter((one) => one.status === status).length;
  const [done, failed, pending] = [of('DELIVERED'), of('FAILED'), of('PENDING')];
  const worst = deliveries.find(({ status }) => status === 'FAILED')?.attemptList.at(-1);
  return {
    name: 'Deliveries',
    tone: failed > 0 ? 'bad' : pending > 0 ? 'wait' : 'good',
    text: `${done} of ${deliveries.length} delivered`,
    detail:
      failed > 0
        ? `${failed} failed${worst ? `: ${worst.reason ?? faultText(worst.result)}` : ''}`
        : pending > 0
          ? `${pending} on the way`
          : count(
              deliveries.reduce((sum, { attempts }) => sum + attempts, 0),
              'attempt',
            ),
  };
}

function wholeStage(trace: Trace, now: number): TraceStage {
  const moments = momentsOf(trace, now);
  const open =
    trace.executions.some(({ endTime }) => endTime === undefined) ||
    trace.deliveries.some(({ status }) => status === 'PENDING');
  const span = moments.length === 0 ? 0 : Math.max(...moments) - Math.min(...moments);
  return {
    ...{ name: 'End to end', tone: open ? 'run' : 'quiet', text: durationText(span) },
    detail: open ? 'and still going on' : 'from the first moment to the last',
  };
}
