// Stored events as people work with them: searched, routed again, asked what they would do, held in lines.

import { referenceName } from '../../core/model.ts';
import { accepts } from '../../core/wait-terms.ts';
import type { Context } from '../cycle/cycle.ts';
import type { Writers } from '../cycle/item.ts';
import { lineVerbs } from '../cycle/lines.ts';
import { eventOf, eventRow } from '../cycle/receive.ts';
import { findTask, WAIT_ENTRY } from '../cycle/turn.ts';
import { comparePlaces, foundIn } from '../cycle/waits.ts';
import { documentOf } from '../document.ts';
import type { Driver, Row } from '../drivers/driver.ts';
import { MAX_PAGE } from '../limits.ts';
import { toStored } from '../rows/text.ts';
import { Where } from '../rows/where.ts';
import type { Candidate, EventQuery, EventRecord, NewEvent, ReceiveResult, Route, Store } from '../store.ts';
import { EVENT_COLUMNS, getEvent, listEvents, withEffects } from './events.ts';

interface Ways extends Writers {
  readonly receive: (event: NewEvent) => Promise<ReceiveResult>;
  /** Routes a stored event that is on the list. */
  readonly route: (id: number, now: number) => Promise<void>;
}

export function eventVerbs(context: Context, { receive, write, dispatch, route }: Ways): Store['events'] {
  const { driver } = context;
  return {
    receive,
    get: (eventId) => getEvent(driver, eventId),
    list: (query) => listEvents(driver, query),
    search: (query) => searchEvents(driver, query),
    async route(eventId, change, now) {
      const [row] = (await driver.look('eventById', [[toStored(eventId)]]))[0] ?? [];
      if (!row) return false;
      const id = row[0] as number;
      await write([
        { op: 'put', table: 'event', row: eventRow(id, { ...eventOf(row), ...change }) },
        { op: 'put', table: 'event_todo', row: [id, now, 0] },
      ]);
      await route(id, now);
      return true;
    },
    candidates: (event, to) => candidatesOf(context, event, to),
    async isRouted(eventId) {
      const text = 'select t.event from event e join event_todo t on t.event = e.id where e.event_id = ?';
      return (await driver.query(text, [toStored(eventId)])).length === 0;
    },
    ...lineVerbs(driver, { write, dispatch }),
    async countHeld(webhookId) {
      const [row] = await driver.query('select count(*) from event_hold where webhook = ?', [toStored(webhookId)]);
      return row?.[0] as number;
    },
  };
}

const DID = "exists (select 1 from effect f where f.event = e.id and f.type <> 'failed')";
const HELD = 'exists (select 1 from event_hold h where h.event = e.id)';

async function searchEvents(driver: Driver, query: EventQuery): Promise<readonly EventRecord[]> {
  const where = new Where(driver.dialect);
  where.oneOf('e.webhook', query.webhookId === undefined ? undefined : [query.webhookId]);
  where.oneOf('e.verdict', query.verdicts);
  where.between('e.received_at', query.receivedFrom, query.receivedTo);
  const { afterSeq, beforeSeq } = query;
  where.between(
    'e.id',
    afterSeq === undefined ? undefined : afterSeq + 1,
    beforeSeq === undefined ? undefined : beforeSeq - 1,
  );
  if (query.matched === true) where.either([DID]);
  if (query.matched === false) where.either([`(e.verdict in ('verified', 'observed') and not ${DID} and not ${HELD})`]);
  if (query.held !== undefined) where.either([query.held ? HELD : `not ${HELD}`]);
  where.holds(query.text, ['e.headers', 'e.payload', 'e.reason', 'e.event_id', 'e.url'], 'e.body');
  const columns = EVENT_COLUMNS.map((name) => `e.${name}`).join(', ');
  const page = { offset: 0, limit: Math.min(query.limit, MAX_PAGE) };
  const order = afterSeq === undefined ? 'e.id desc' : 'e.id';
  const { rows } = await where.page(driver, columns, 'event e', order, page);
  return withEffects(driver, rows);
}

/** Waits that one question answers about: the answer is for people, not for routing. */
const MAX_CANDIDATES = 500;

async function candidatesOf(
  { driver, shapes, states }: Context,
  event: Pick<NewEvent, 'eventId' | 'payload' | 'body' | 'headers' | 'url'>,
  route: Route,
): Promise<readonly Candidate[]> {
  const document = documentOf(event);
  if (!document) return [];
  await shapes.refresh(driver);
  const keys = shapes.keysFor(route.receivers, document);
  const [id = 0] = (await driver.look('eventKeyById', [[toStored(event.eventId)]]))[0]?.[0] ?? [];
  const found = await driver.look(
    'waits',
    keys.map((key): Row => [key, WAIT_ENTRY, id]),
  );
  const waits = found.flat().map(foundIn).sort(comparePlaces).slice(0, MAX_CANDIDATES);
  const rows = new Map(waits.map(({ wf, row }) => [wf, row]));
  const loaded = await states.looked(driver, rows);
  const byWf = new Map([...rows.keys()].map((wf, i) => [wf, loaded[i]]));
  return waits.flatMap(({ wf, n, had }): Candidate[] => {
    const workflow = byWf.get(wf)?.workflow;
    const task = workflow && findTask(workflow.tasks, n);
    if (!task) return [];
    return [
      {
        workflowId: workflow.id,
        workflowName: workflow.name,
        n: task.n,
        taskRef: referenceName(task),
        accepts: !had && accepts(task.input, document),
      },
    ];
  });
}
