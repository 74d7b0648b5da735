// Messages for event handlers in SQL. A message is moved on by whoever's change of its status holds, so that what follows
// from it follows once.

import type { JsonObject } from '../../core/json.ts';
import { OUTCOME_COLUMNS, outcomeOf } from '../cycle/errands.ts';
import type { OnMessages, Writers } from '../cycle/item.ts';
import type { Cell, Change, Driver, Row } from '../drivers/driver.ts';
import type {
  EventExecution,
  EventExecutionRecord,
  MessageRow,
  MessageStatus,
  Messages,
  NewMessage,
} from '../event-message.ts';
import { MAX_PAGE } from '../limits.ts';
import { TABLES } from '../rows/tables.ts';
import { fromStored, fromStoredOrNothing, toStored, toStoredOrNull } from '../rows/text.ts';
import { type Page, Where } from '../rows/where.ts';

const COLUMNS = Object.keys(TABLES.message.columns).join(', ');
const EXECUTION_COLUMNS = Object.keys(TABLES.event_execution.columns)
  .map((column) => `e.${column}`)
  .join(', ');

/** The row of a message that nobody has looked at yet. */
export const newMessage = (message: NewMessage): Change => ({
  op: 'ignore',
  table: 'message',
  row: [
    toStored(message.id),
    toStored(message.event),
    message.kind,
    message.createdAt,
    'RECEIVED',
    null,
    message.payload ? JSON.stringify(message.payload) : null,
    toStoredOrNull(message.traceId),
    message.masked ? JSON.stringify(message.masked) : null,
  ],
});

/** What executions say to event handlers is kept in the commit that says it. */
export const withEventMessages =
  (onMessages: OnMessages, newId: () => string): OnMessages =>
  (workflow, messages, wf) => [
    ...onMessages(workflow, messages, wf),
    ...messages.flatMap((message) => {
      if (message.type !== 'event') return [];
      const { name: event, payload, masked } = message;
      const { updatedAt: createdAt, traceId } = workflow;
      const about = { ...(traceId && { traceId }), ...(masked && { masked }) };
      return [newMessage({ id: newId(), event, kind: 'MESSAGE', createdAt, payload, ...about })];
    }),
  ];

export function messageVerbs(driver: Driver, { write, dispatch }: Writers): Messages {
  const page = async (where: Where, order: string, query: Page) =>
    (await where.rows(driver, COLUMNS, 'message', order, query)).map(messageOf);
  return {
    add: (message) => write([newMessage(message)]),
    async get(id) {
      const [rows] = await driver.look('message', [[toStored(id)]]);
      return rows?.[0] && messageOf(rows[0]);
    },
    waiting(limit) {
      const where = new Where(driver.dialect);
      where.either(["status = 'RECEIVED'"]);
      return page(where, 'created_at, id', { offset: 0, limit });
    },
    settle: (id, { status, note, executions, errands, now }) =>
      dispatch({
        guard: {
          op: 'swap',
          table: 'message',
          row: [toStored(id), '', '', 0, status, toStoredOrNull(note), null, null, null],
          expected: 'RECEIVED',
        },
        changes: executions.map(executionRow),
        errands,
        now,
      }),
    list(query) {
      const where = new Where(driver.dialect);
      where.oneOf('event', query.event === undefined ? undefined : [query.event]);
      return page(where, 'created_at desc, id desc', query);
    },
    async executions(query) {
      const where = new Where(driver.dialect);
      where.oneOf('e.handler', query.handler === undefined ? undefined : [query.handler]);
      where.oneOf('e.message', query.messageIds);
      const from = 'event_execution e left join message m on m.id = e.message left join errand o on o.id = e.id';
      const columns = `${EXECUTION_COLUMNS}, m.masked, ${OUTCOME_COLUMNS}`;
      return (await where.rows(driver, columns, from, 'e.created_at desc, e.id desc', query)).map(executionOf);
    },
    async countByEvent() {
      const rows = await driver.query('select event, count(*) from message group by event order by event limit ?', [
        MAX_PAGE,
      ]);
      return rows.map(([event, count]) => ({ event: fromStored(event as string), messages: count as number }));
    },
    async countByHandler() {
      const rows = await driver.query(
        'select handler, event, count(*) from event_execution group by handler, event order by handler, event limit ?',
        [MAX_PAGE],
      );
      return rows.map(([handler, event, count]) => ({
        handler: fromStored(handler as string),
        event: fromStored(event as string),
        executions: count as number,
      }));
    },
  };
}

function messageOf([id, event, kind, createdAt, status, note, payload, trace, masked]: Row): MessageRow {
  const [why, traceId] = [fromStoredOrNothing(note), fromStoredOrNothing(trace)];
  return {
    id: fromStored(id as string),
    event: fromStored(event as string),
    kind: kind as MessageRow['kind'],
    createdAt: createdAt as number,
    status: status as MessageStatus,
    ...(why !== undefined && { note: why }),
    ...(typeof payload === 'string' && { payload: JSON.parse(payload) as JsonObject }),
    ...(traceId !== undefined && { traceId }),
    ...maskedOf(masked),
  };
}

const maskedOf = (cell: Cell | undefined): Pick<NewMessage, 'masked'> =>
  typeof cell === 'string' ? { masked: JSON.parse(cell) as string[] } : {};

function executionRow(execution: EventExecution): Change {
  const { id, handler, event, messageId, action, createdAt, state, reason, details } = execution;
  const row: Cell[] = [
    toStored(id),
    toStored(handler),
    toStored(event),
    toStored(messageId),
    toStored(action),
    createdAt,
    state ?? null,
    toStoredOrNull(reason),
    details === undefined ? null : JSON.stringify(details),
  ];
  return { op: 'ignore', table: 'event_execution', row };
}

function executionOf(row: Row): EventExecutionRecord {
  const [id, handler, event, message, action, createdAt, state, reason, details, masked, ...o] = row;
  const [why, outcome] = [fromStoredOrNothing(reason), outcomeOf(o)];
  return {
    id: fromStored(id as string),
    handler: fromStored(handler as string),
    event: fromStored(event as string),
    messageId: fromStored(message as string),
    action: fromStored(action as string),
    createdAt: createdAt as number,
    ...(typeof state === 'string' && { state: state as 'SKIPPED' | 'FAILED' }),
    ...(why !== undefined && { reason: why }),
    ...(typeof details === 'string' && { details: JSON.parse(details) }),
    ...(outcome && { outcome }),
    ...maskedOf(masked),
  };
}
