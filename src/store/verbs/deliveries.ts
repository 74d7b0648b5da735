// Deliveries in SQL. The commit of an execution's change inserts them; a claim is a change of the lease that only one can win,
// a settlement a change of the delivery's `rev` that only one can win.

import type { Workflow } from '../../core/model.ts';
import { type OnMessages, removal, type Writers } from '../cycle/item.ts';
import type {
  Attempt,
  Deliveries,
  Delivery,
  DeliveryQuery,
  DeliveryStatus,
  FanOut,
  NewDelivery,
  Settlement,
  Waiting,
} from '../delivery.ts';
import type { Cell, Change, Driver, Row } from '../drivers/driver.ts';
import type { FlowWebhookRow } from '../flow.ts';
import { LANES_PER_LOOK } from '../limits.ts';
import { TABLES } from '../rows/tables.ts';
import { fromStored, fromStoredOrNothing, toStored, toStoredOrNull } from '../rows/text.ts';
import { Where } from '../rows/where.ts';
import { webhookOf } from './flow-webhooks.ts';

const COLUMNS = Object.keys(TABLES.delivery.columns).join(', ');

/** Webhooks with something to send, and their last lane: '' when none has an order. One seek for each webhook. */
const BUSY = `with recursive busy(webhook) as (
    select min(webhook) from delivery_todo
    union all
    select (select min(t.webhook) from delivery_todo t where t.webhook > busy.webhook) from busy where busy.webhook is not null)
  select webhook, (select max(t.lane) from delivery_todo t where t.webhook = busy.webhook)
  from busy where webhook is not null`;
/** Lanes of a webhook behind a given one. One seek for each lane. */
const LANES = `with recursive lanes(lane) as (
    select min(lane) from delivery_todo where webhook = ? and lane > ?
    union all
    select (select min(t.lane) from delivery_todo t where t.webhook = ? and t.lane > lanes.lane)
    from lanes where lanes.lane is not null)
  select lane from lanes where lane is not null limit ?`;

export function deliveryVerbs(driver: Driver, { write, dispatch }: Writers): Deliveries {
  const byIds = async (ids: readonly string[]): Promise<(Delivery | undefined)[]> => {
    const rows = await driver.look(
      'delivery',
      ids.map((id): Row => [toStored(id)]),
    );
    return rows.map(([row]) => row && deliveryOf(row));
  };

  return {
    get: async (id) => (await byIds([id]))[0],
    async search(query) {
      const order = 'created_at desc, id desc';
      const { total, rows } = await searchWhere(driver, query).page(driver, COLUMNS, 'delivery', order, query);
      return { total, rows: rows.map(deliveryOf) };
    },
    async attempts(id) {
      const [rows = []] = await driver.look('attempts', [[toStored(id)]]);
      return rows.map(attemptOf);
    },
    waiting: queueLook(driver),
    async claim(places, until) {
      const won = driver.serial
        ? places.map(() => true)
        : await Promise.all(
            places.map((place) =>
              dispatch({
                guard: {
                  op: 'swap',
                  table: 'delivery_todo',
                  row: todoRow({ ...place, leasedUntil: until }),
                  expected: place.leasedUntil,
                },
                changes: [],
                errands: [],
                now: 0,
              }),
            ),
          );
      const mine = places.filter((_, i) => won[i]);
      const found = mine.length ? await byIds(mine.map(({ id }) => id)) : [];
      return found.filter((delivery) => delivery?.status === 'PENDING') as Delivery[];
    },
    async release(delivery) {
      if (!driver.serial) await write([{ op: 'put', table: 'delivery_todo', row: placeRow(delivery) }]);
    },
    settle: (settlement) => dispatch(settled(settlement)),
    async resend(id, now) {
      const [delivery] = await byIds([id]);
      if (!delivery || delivery.status === 'PENDING') return false;
      const again: Delivery = {
        ...delivery,
        status: 'PENDING',
        rev: delivery.rev + 1,
        tries: 0,
        nextAt: now,
        updatedAt: now,
      };
      return dispatch({
        guard: { op: 'swap', table: 'delivery', row: changeRow(again), expected: delivery.rev },
        changes: [{ op: 'put', table: 'delivery_todo', row: placeRow(again) }],
        errands: [],
        now,
      });
    },
  };
}

function queueLook(driver: Driver): Deliveries['waiting'] {
  /** Where the last look at the lanes of a webhook ended, so that many lanes take turns. */
  const ends = new Map<string, string>();
  const lanesOf = async (webhook: string): Promise<Row[]> => {
    const end = ends.get(webhook) ?? '';
    const behind = await driver.query(LANES, [webhook, end, webhook, LANES_PER_LOOK]);
    const first = end === '' ? [] : await driver.query(LANES, [webhook, '', webhook, LANES_PER_LOOK]);
    const lanes = [...new Set([...behind, ...first].map(([lane]) => lane as string))].slice(0, LANES_PER_LOOK);
    ends.set(webhook, (behind.length < LANES_PER_LOOK ? '' : lanes.at(-1)) ?? '');
    return lanes.map((lane) => [webhook, lane]);
  };

  return async (now, perWebhook, known = {}) => {
    const busy = await driver.query(BUSY, []);
    if (!busy.length) return { waiting: [], webhooks: [], gone: [] };
    const ordered = busy.filter(([, lane]) => lane !== '').map(([webhook]) => webhook as string);
    for (const webhook of ends.keys()) if (!ordered.includes(webhook)) ends.delete(webhook);
    const lanes = (await Promise.all(ordered.map(lanesOf))).flat();
    const [free, heads, webhooks] = await Promise.all([
      driver.look(
        'todoDue',
        busy.map(([webhook]): Row => [webhook as string, '', now]),
      ),
      lanes.length ? driver.look('todoHead', lanes) : [],
      driver.look(
        'flowWebhook',
        busy.map(([webhook]): Row => [webhook as string]),
      ),
    ]);
    const waiting = [...free.flatMap((rows) => rows.slice(0, perWebhook)), ...heads.flat()].map(waitingOf);
    const there = webhooks.flatMap(([row]) => (row ? [row] : []));
    const changed = there.filter((row) => ownNumber(known, fromStored(row[0] as string)) !== row[3]);
    const ids = new Set(there.map(([id]) => id));
    return {
      waiting: waiting.filter(({ leasedUntil }) => leasedUntil <= now),
      webhooks: changed.map(webhookOf),
      gone: busy.flatMap(([webhook]) => (ids.has(webhook ?? null) ? [] : [fromStored(webhook as string)])),
    };
  };
}

const ownNumber = (record: Readonly<Record<string, number>>, name: string): number | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

function settled({ expected, status, outcome, now, attempt, nextAt }: Settlement): Parameters<Writers['dispatch']>[0] {
  const { nextAt: _, ...rest } = expected;
  const tried = attempt ? 1 : 0;
  const after: Delivery = {
    ...rest,
    status,
    outcome,
    rev: expected.rev + 1,
    attempts: expected.attempts + tried,
    tries: expected.tries + tried,
    updatedAt: now,
    ...(status === 'PENDING' && { nextAt: nextAt ?? now }),
  };
  const changes: Change[] = [];
  const [from, to] = [placeRow(expected), status === 'PENDING' ? placeRow(after) : undefined];
  const stays = to && KEY.every((_column, i) => to[i] === from[i]);
  if (!stays) changes.push(removal('delivery_todo', from.slice(0, KEY.length)));
  if (to) changes.push({ op: 'put', table: 'delivery_todo', row: to });
  if (attempt)
    changes.push({
      op: 'put',
      table: 'attempt',
      row: [toStored(expected.id), after.attempts, attempt.at, JSON.stringify(attempt.data)],
    });
  return {
    guard: { op: 'swap', table: 'delivery', row: changeRow(after), expected: expected.rev },
    changes,
    errands: [],
    now,
  };
}

const KEY = TABLES.delivery_todo.key;

/** Adds the rows of what webhooks have to say to the rows that follow from messages. */
export function withDeliveries(
  onMessages: OnMessages,
  fanOut: FanOut | undefined,
  webhooksOf: (flow: string) => readonly FlowWebhookRow[] | undefined,
  newId: () => string,
): OnMessages {
  if (!fanOut) return onMessages;
  return (workflow, messages, wf) => {
    const rows = onMessages(workflow, messages, wf);
    const webhooks = messages.length ? webhooksOf(workflow.name) : undefined;
    if (!webhooks) return rows;
    return [...rows, ...fanOut(workflow, messages, webhooks).flatMap((made) => newRows(made, workflow, newId()))];
  };
}

function newRows(made: NewDelivery, workflow: Workflow, id: string): Change[] {
  const { webhookId, cause, data, orderKey, unsendable } = made;
  const now = workflow.updatedAt;
  const delivery: Delivery = {
    id,
    flow: workflow.name,
    webhookId,
    workflowId: workflow.id,
    cause,
    status: unsendable === undefined ? 'PENDING' : 'FAILED',
    rev: 1,
    attempts: 0,
    tries: 0,
    createdAt: now,
    updatedAt: now,
    ...(unsendable === undefined ? { nextAt: now } : { outcome: unsendable }),
    ...(orderKey && { orderKey }),
    data,
  };
  const change: Change = { op: 'insert', table: 'delivery', row: deliveryRow(delivery) };
  return unsendable === undefined
    ? [change, { op: 'insert', table: 'delivery_todo', row: placeRow(delivery) }]
    : [change];
}

/** With an order a delivery keeps the place of its creation, without one it waits at its next moment. */
const placeOf = ({ orderKey, createdAt, nextAt }: Delivery): number => (orderKey ? createdAt : (nextAt ?? createdAt));

const placeRow = (delivery: Delivery): Row => [
  toStored(delivery.webhookId),
  toStored(delivery.orderKey ?? ''),
  placeOf(delivery),
  toStored(delivery.id),
  delivery.nextAt ?? delivery.createdAt,
  0,
];

const todoRow = ({ webhookId, lane, at, id, due, leasedUntil }: Waiting): Row => [
  toStored(webhookId),
  toStored(lane),
  at,
  toStored(id),
  due,
  leasedUntil,
];

const waitingOf = ([webhook, lane, at, id, due, leasedUntil]: Row): Waiting => ({
  webhookId: fromStored(webhook as string),
  lane: fromStored(lane as string),
  at: at as number,
  id: fromStored(id as string),
  due: due as number,
  leasedUntil: leasedUntil as number,
});

const deliveryRow = (delivery: Delivery): Row => [
  toStored(delivery.id),
  toStored(delivery.flow),
  toStored(delivery.webhookId),
  toStored(delivery.workflowId),
  toStored(delivery.cause),
  delivery.status,
  delivery.rev,
  delivery.attempts,
  delivery.tries,
  delivery.createdAt,
  delivery.updatedAt,
  delivery.nextAt ?? null,
  toStored(delivery.orderKey ?? ''),
  toStoredOrNull(delivery.outcome),
  JSON.stringify(delivery.data),
];

/** For a change: what was fixed at the beginning, the long text before all, is not sent again. */
const changeRow = (delivery: Delivery): Row => deliveryRow({ ...delivery, data: {} });

function deliveryOf(row: Row): Delivery {
  const text = (cell: Cell | undefined): string => fromStored(cell as string);
  const [nextAt, lane, outcome, data] = row.slice(11);
  const said = fromStoredOrNothing(outcome);
  return {
    id: text(row[0]),
    flow: text(row[1]),
    webhookId: text(row[2]),
    workflowId: text(row[3]),
    cause: text(row[4]),
    status: row[5] as DeliveryStatus,
    rev: row[6] as number,
    attempts: row[7] as number,
    tries: row[8] as number,
    createdAt: row[9] as number,
    updatedAt: row[10] as number,
    ...(typeof nextAt === 'number' && { nextAt }),
    ...(lane !== '' && { orderKey: text(lane) }),
    ...(said !== undefined && { outcome: said }),
    data: JSON.parse(data as string),
  };
}

const attemptOf = ([, n, at, data]: Row): Attempt => ({
  n: n as number,
  at: at as number,
  data: JSON.parse(data as string),
});

function searchWhere(driver: Driver, query: DeliveryQuery): Where {
  const where = new Where(driver.dialect);
  where.oneOf('id', query.ids);
  where.oneOf('flow', query.flows);
  where.oneOf('webhook', query.webhookIds);
  where.oneOf('workflow_id', query.workflowIds);
  where.oneOf('status', query.statuses);
  where.between('created_at', query.createdFrom, query.createdTo);
  where.holds(query.text, ['id', 'workflow_id', 'webhook', 'cause', 'outcome', 'data']);
  return where;
}
