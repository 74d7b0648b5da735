// What must hold after every step, and what must hold when all is quiet, as SQL over the committed rows. None of it asks
// the code under test.

import {
  CALL_RETRIES,
  DOMAINS,
  FLOW_WEBHOOKS,
  LATER_TASK_DEFINITIONS,
  NOTES_AT_ONCE,
  QUOTES_AT_ONCE,
  TASK_DEFINITIONS,
  TTL_SECONDS,
  TURNS_AT_ONCE,
  WINDOW_SECONDS,
  WORKFLOW_DEFINITIONS,
} from './definitions.ts';

export const OPEN = "('SCHEDULED', 'IN_PROGRESS')";
const ENDED = "('COMPLETED', 'FAILED', 'TIMED_OUT', 'TERMINATED')";
const POLLED = "('SIMPLE', 'HTTP')";
const describe = (alias: string) => `${alias}.wf || '.' || ${alias}.n`;

/** Few and small tasks lie in the row of their execution, others in rows of their own: here all are rows, of this moment. */
const TASKS = `select wf, n, place, scope, type, status, flags, scheduled_at, started_at, ended_at, output_event, data, input, output from main.task
  union all
  select w.wf, t.value ->> 0, t.value ->> 1, t.value ->> 2, t.value ->> 3, t.value ->> 5, t.value ->> 6,
    w.created_at + (t.value ->> 7), w.created_at + (t.value ->> 8), w.created_at + (t.value ->> 10), t.value ->> 11, t.value -> 14, t.value -> 12, t.value -> 13
  from workflow w, json_each(iif(w.tasks = '', null, w.tasks)) t`;
export const MAKE_TASKS = `create temp table task as ${TASKS} limit 0; create index temp.task_key on task (wf, n)`;
export const FILL_TASKS = `delete from temp.task; insert into temp.task ${TASKS}`;

/** Of the places that are tried again: how often, and after how long at least. */
const RETRIES = [
  ...TASK_DEFINITIONS,
  ...LATER_TASK_DEFINITIONS,
  { name: 'call', retryCount: CALL_RETRIES, retryDelaySeconds: 0 },
];
const byPlace = (value: (rule: (typeof RETRIES)[number]) => number): string =>
  `case t.place ${RETRIES.map((rule) => `when '${rule.name}' then ${value(rule)}`).join(' ')} end`;
const ALLOWED = byPlace(({ retryCount }) => retryCount);
const DELAY_MS = byPlace(({ retryDelaySeconds }) => retryDelaySeconds * 1_000);
/** Name of a join -> places that it waits for. */
const JOINS = WORKFLOW_DEFINITIONS.flatMap(
  ({ tasks }) => tasks as readonly { name: string; joinOn?: readonly string[] }[],
)
  .filter(({ joinOn }) => joinOn !== undefined)
  .map(({ name, joinOn }) => `when '${name}' then '${JSON.stringify(joinOn)}'`);
const RETRIED = 2;
const TELLING = Object.keys(FLOW_WEBHOOKS)
  .map((flow) => `'${flow}'`)
  .join(', ');

/** Who is said to have done what a kept output did: at once, even when it is tried again. */
const CACHE = 'cache';
const KEPT = `where t.place = 'quote' and t.status = 'COMPLETED' and t.data ->> 'workerId' = '${CACHE}'`;
const MADE = `o.place = 'quote' and o.status = 'COMPLETED' and o.data ->> 'workerId' <> '${CACHE}'
  and o.output ->> 'made' = t.output ->> 'made' and o.input ->> 'order' = t.input ->> 'order'`;
/** Outputs that were kept: where they were used, and when they were used and made. */
export const KEPT_USES = `select ${describe('t')} as key, t.ended_at as usedAt, max(o.ended_at) as madeAt
  from task t join task o on ${MADE} ${KEPT} group by t.wf, t.n`;
/** Tasks of domains among which there was a choice. */
export const CHOSEN_DOMAINS = `select ${describe('t')} as key, t.data ->> 'domain' as domain, t.scheduled_at as at from task t
  where t.place = 'carry' and t.data ->> 'domain' <> '${DOMAINS.all}'`;

/** Each statement finds what is wrong; nothing found is right. */
export const ALWAYS: Readonly<Record<string, string>> = {
  'a task that may be polled is not in the queue': `select ${describe('t')} from task t left join queue q on q.wf = t.wf and q.n = t.n
    where t.status = 'SCHEDULED' and t.type in ${POLLED} and t.data ->> 'wakeAt' is null and q.wf is null`,
  'the queue holds what cannot be polled': `select ${describe('q')} || ' ' || q.queue from queue q left join task t on t.wf = q.wf and t.n = q.n
    where t.status is not 'SCHEDULED' or t.type not in ${POLLED}`,
  'the queue holds a task twice': 'select wf, n from queue group by wf, n having count(*) > 1',
  'an open wait is not at the rendezvous': `select ${describe('t')} from task t left join rendezvous r on r.kind = 0 and r.ref = t.wf and r.n = t.n
    where t.status = 'IN_PROGRESS' and t.type = 'WAIT_FOR_WEBHOOK' and r.ref is null`,
  'the rendezvous holds a wait that is not open': `select r.ref || '.' || r.n from rendezvous r left join task t on t.wf = r.ref and t.n = r.n
    where r.kind = 0 and (t.status is not 'IN_PROGRESS' or t.type is not 'WAIT_FOR_WEBHOOK')`,
  'an ended execution has an open task': `select ${describe('t')} || ' ' || t.status from workflow w join task t on t.wf = w.wf
    where w.status in ${ENDED} and t.status in ${OPEN}`,
  'an ended execution has an alarm': `select wf from workflow where status in ${ENDED} and wake_at is not null`,
  'a running execution has nothing that could move it': `select w.wf from workflow w
    where w.status = 'RUNNING' and w.wake_at is null and not exists (select 1 from task t where t.wf = w.wf and t.status in ${OPEN})
      and not exists (select 1 from turn u where u.wf = w.wf and u.held = 1)`,
  'a task that a worker holds has no alarm': `select ${describe('t')} from task t join workflow w on w.wf = t.wf
    where t.status = 'IN_PROGRESS' and t.type in ${POLLED} and w.status = 'RUNNING' and w.wake_at is null`,
  'a timer has no alarm': `select ${describe('t')} from task t join workflow w on w.wf = t.wf
    where t.status = 'IN_PROGRESS' and t.type = 'WAIT' and w.status = 'RUNNING' and (w.wake_at is null or w.wake_at > t.data ->> 'wakeAt')`,
  'a wait was ended by no event': `select ${describe('t')} from task t left join effect e on e.event = t.output_event and e.wf = t.wf and e.n = t.n and e.type = 'completed'
    where t.type = 'WAIT_FOR_WEBHOOK' and t.status = 'COMPLETED' and e.wf is null`,
  'an event says that it ended a wait, and the wait does not': `select ${describe('e')} || ' event ' || e.event from effect e left join task t on t.wf = e.wf and t.n = e.n
    where e.type = 'completed' and (t.status is not 'COMPLETED' or t.output_event is not e.event)`,
  'a wait was ended by two events':
    "select wf, n from effect where type = 'completed' group by wf, n having count(*) > 1",
  'an event did two things to one execution at one place':
    "select e.event, e.wf, t.place from effect e join task t on t.wf = e.wf and t.n = e.n where e.type = 'completed' group by e.event, e.wf, t.place having count(*) > 1",
  'a join went on before all that it waits for': `select ${describe('t')} || ' without ' || r.value
    from task t, json_each(case t.place ${JOINS.join(' ')} end) r where t.type = 'JOIN' and t.status = 'COMPLETED'
      and not exists (select 1 from task d where d.wf = t.wf and d.place = r.value and d.status = 'COMPLETED')`,
  'a place has two open attempts': `select wf, place, scope from task where status in ${OPEN} group by wf, place, scope having count(*) > 1`,
  'one delivery is stored twice': `select cast(body as text) ->> 'nonce' as nonce from event where verdict = 'verified'
      and webhook not in (select id from webhook where config ->> 'name' = 'repeats')
    group by webhook, nonce having count(*) > 1`,
  'a repetition within the window is stored': `select dedupe_key from (select dedupe_key, received_at - lag(received_at)
      over (partition by dedupe_key order by received_at) as gap
      from event where webhook in (select id from webhook where config ->> 'name' = 'repeats'))
    where gap < ${WINDOW_SECONDS * 1_000}`,
  'a wait that looked back took an event that was too old': `select x.wf || '.' || x.n || ' event ' || x.event from effect x
    join event e on e.id = x.event where x.name = 'brief' and x.type = 'completed' and x.at > e.received_at + ${TTL_SECONDS * 1_000}`,
  'an event has started an execution and resumed one, or more than one':
    "select event from effect where name = 'session' and type in ('started', 'completed') group by event having count(*) > 1",
  'two executions of one line are at work': `select input -> '$.order' as line, group_concat(wf) from workflow
    where name = 'step' and status not in ${ENDED} group by line having count(*) > 1`,
  'a retry too many': `select ${describe('t')} from task t join task p on p.wf = t.wf and p.n = t.data ->> 'retryOf'
    where t.scheduled_at = p.ended_at and coalesce(t.data ->> 'retryCount', 0) > ${ALLOWED}`,
  'a retry too early': `select ${describe('t')} from task t join task p on p.wf = t.wf and p.n = t.data ->> 'retryOf'
    where t.scheduled_at = p.ended_at and t.started_at < p.ended_at + ${DELAY_MS} and t.data ->> 'workerId' is not '${CACHE}'`,
  'a task was given up too early': `select ${describe('t')} from task t join workflow w on w.wf = t.wf
    where w.status in ('FAILED', 'TIMED_OUT') and t.status in ('FAILED', 'TIMED_OUT') and t.flags & ${RETRIED} = 0
      and coalesce(t.data ->> 'retryCount', 0) < ${ALLOWED}`,
  'more of note at once than its limit': `select count(*) as count from task where place = 'note' and status = 'IN_PROGRESS'
    having count > ${NOTES_AT_ONCE}`,
  'more of quote at once than its limit': `select count(*) as count from task where place = 'quote' and status = 'IN_PROGRESS'
    having count > ${QUOTES_AT_ONCE}`,
  'more of one key have begun than may be at work': `select w.input ->> 'order' as key, count(*) as count from workflow w
    where w.name = 'turns' and w.status not in ${ENDED} and exists (select 1 from task t where t.wf = w.wf)
    group by key having count > ${TURNS_AT_ONCE}`,
  'a kept output was made by nobody, or for another key': `select ${describe('t')} || ' ' || t.output from task t ${KEPT}
      and not exists (select 1 from task o where ${MADE})`,
  'an event for one wait alone has ended two': `select x.event from effect x join event e on e.id = x.event
      join webhook h on h.id = e.webhook where x.type = 'completed' and h.config -> '$.matching.deliver' is not null
    group by x.event having count(*) > 1`,
  'an event has begun executions and resumed one, or two of one name': `select event from effect
    where name in ('talk', 'echo') and type in ('started', 'completed') group by event
    having count(distinct type) > 1 or count(*) > iif(max(type) = 'completed', 1, count(distinct name))`,
  'a task is in a domain that nobody has ever polled': `select ${describe('t')} from task t where t.data ->> 'domain' = '${DOMAINS.nobodys}'`,
  'an end and its deliveries are not the same': `select w.wf || ' ' || w.status from workflow w
    where w.name in (${TELLING}) and w.status in ${ENDED}
      and (select count(*) from delivery d where d.workflow_id = w.id and d.data ->> 'jobStatus' = w.status)
        not between 1 and iif(w.status = 'COMPLETED', 1, 99)`,
  'one key has two executions': `select idempotency_key, count(*) from workflow where idempotency_key is not null and name not in ('quick', 'session', 'talk', 'echo')
    group by name, idempotency_key having count(*) > 1`,
  'one key has two running executions': `select idempotency_key, count(*) from workflow where idempotency_key is not null and status not in ${ENDED}
    group by name, idempotency_key having count(*) > 1`,
  'one event has started two executions':
    "select event from (select data ->> 'event' as event, name from workflow where name in ('log')) group by event, name having count(*) > 1",
  'a child has no parent that waits for it or gave it up': `select c.id from workflow c left join workflow p on p.id = c.parent_id
    where c.parent_id is not null and p.wf is null`,
  'two children of one task':
    "select p.wf, t.n from workflow p join task t on t.wf = p.wf and t.type = 'SUB_WORKFLOW' join workflow c on c.parent_id = p.id and c.data ->> '$.parent.n' = t.n group by p.wf, t.n having count(*) > 1",
};

/** When all is quiet. */
export const AT_REST: Readonly<Record<string, string>> = {
  'the inbox is not empty': 'select target, command from inbox',
  'an event is not routed': 'select event from event_todo',
  'a wait has not looked back': 'select wf, n from wait_todo',
  'an event is held': 'select line, event from event_hold',
  'a delivery waits': 'select id from delivery_todo',
  'a delivery is not delivered': "select id, status, outcome from delivery where status <> 'DELIVERED'",
  'a task waits for a worker': 'select queue, wf, n from queue',
  'an execution still runs': `select w.name || ' ' || w.idempotency_key || ' ' || w.wf || ' ' || w.status || ': ' ||
      coalesce((select group_concat(t.n || ' ' || t.place || t.scope || ' ' || t.status, ', ') from task t where t.wf = w.wf), 'no tasks')
    from workflow w where w.status not in ${ENDED}`,
  'an execution has failed':
    "select name, idempotency_key, wf, status from workflow where status in ('FAILED', 'TIMED_OUT')",
};
