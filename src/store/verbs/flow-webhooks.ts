// Flows and their webhooks in SQL. Every change moves the `rev` of its flow, so that of two at once one is told to look again:
// the limit of webhooks holds whoever writes.

import { attemptsOf } from '../allowance.ts';
import { removal, type Writers } from '../cycle/item.ts';
import type { Change, Driver, Row } from '../drivers/driver.ts';
import type { FlowRow, Flows, FlowWebhookRow } from '../flow.ts';
import { TABLES } from '../rows/tables.ts';
import { fromStored, toStored } from '../rows/text.ts';

const FLOW_COLUMNS = Object.keys(TABLES.flow.columns).join(', ');
const WEBHOOK_COLUMNS = Object.keys(TABLES.flow_webhook.columns).join(', ');

/** `changed` is written with each change of a webhook: it makes all nodes read them again before their next cycle. */
export function flowVerbs(driver: Driver, { write, dispatch }: Writers, changed: () => Change): Flows {
  return {
    async get(name) {
      const [rows] = await driver.look('flow', [[toStored(name)]]);
      return rows?.[0] && flowOf(rows[0]);
    },
    async list() {
      return (await driver.query(`select ${FLOW_COLUMNS} from flow order by name`, [])).map(flowOf);
    },
    async webhooks(flow) {
      const text = `select ${WEBHOOK_COLUMNS} from flow_webhook where flow = ? order by created_at, id`;
      return (await driver.query(text, [toStored(flow)])).map(webhookOf);
    },
    async webhook(id) {
      const [rows] = await driver.look('flowWebhook', [[toStored(id)]]);
      return rows?.[0] && webhookOf(rows[0]);
    },
    async change(flow, expectedRev, { put = [], remove = [] }) {
      if (expectedRev === 0) await write([{ op: 'ignore', table: 'flow', row: flowRow({ ...flow, rev: 0 }) }]);
      return dispatch({
        guard: { op: 'swap', table: 'flow', row: flowRow(flow), expected: expectedRev },
        changes: [
          ...put.map((row): Change => ({ op: 'put', table: 'flow_webhook', row: webhookRow(row) })),
          ...remove.flatMap((id) => [removal('flow_webhook', [toStored(id)]), removal('fact', [attemptsOf(id)])]),
          changed(),
        ],
        errands: [],
        now: flow.updatedAt,
      });
    },
  };
}

/** Webhooks that are switched on, by the name of their flow. */
export async function readEnabled(driver: Pick<Driver, 'query'>): Promise<Map<string, FlowWebhookRow[]>> {
  const text = `select ${WEBHOOK_COLUMNS} from flow_webhook where enabled = 1 order by flow, created_at, id`;
  return Map.groupBy((await driver.query(text, [])).map(webhookOf), ({ flow }) => flow);
}

const flowRow = (flow: FlowRow): Row => [
  toStored(flow.name),
  toStored(flow.owner),
  flow.rev,
  flow.createdAt,
  flow.updatedAt,
];

const flowOf = ([name, owner, rev, createdAt, updatedAt]: Row): FlowRow => ({
  name: fromStored(name as string),
  owner: fromStored(owner as string),
  rev: rev as number,
  createdAt: createdAt as number,
  updatedAt: updatedAt as number,
});

const webhookRow = (row: FlowWebhookRow): Row => [
  toStored(row.id),
  toStored(row.flow),
  row.enabled ? 1 : 0,
  row.rev,
  JSON.stringify(row.config),
  toStored(row.createdBy),
  row.createdAt,
  row.updatedAt,
];

export const webhookOf = ([id, flow, enabled, rev, config, createdBy, createdAt, updatedAt]: Row): FlowWebhookRow => ({
  id: fromStored(id as string),
  flow: fromStored(flow as string),
  enabled: enabled === 1,
  rev: rev as number,
  config: JSON.parse(config as string),
  createdBy: fromStored(createdBy as string),
  createdAt: createdAt as number,
  updatedAt: updatedAt as number,
});
