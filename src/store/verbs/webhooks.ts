// Webhook definitions as rows. What a client may set is one JSON text (secrets included: never logged here).

import { allowancesOf } from '../allowance.ts';
import { removal } from '../cycle/item.ts';
import type { Change, Driver, Row } from '../drivers/driver.ts';
import { TABLES } from '../rows/tables.ts';
import { fromStored, toStored } from '../rows/text.ts';
import type { Store, WebhookRow } from '../store.ts';

const rowOf = (row: WebhookRow): Row => [
  toStored(row.id),
  JSON.stringify(row.config),
  toStored(row.createdBy),
  row.createdAt,
  row.updatedAt,
  row.verifiedAt ?? null,
  row.state ? JSON.stringify(row.state) : null,
];

const webhookOf = (row: Row): WebhookRow => ({
  id: fromStored(row[0] as string),
  config: JSON.parse(row[1] as string),
  createdBy: fromStored(row[2] as string),
  createdAt: row[3] as number,
  updatedAt: row[4] as number,
  ...(typeof row[5] === 'number' && { verifiedAt: row[5] }),
  ...(typeof row[6] === 'string' && { state: JSON.parse(row[6]) }),
});

/** `write` runs changes in the next commit. */
export function webhookVerbs(driver: Driver, write: (changes: readonly Change[]) => Promise<void>): Store['webhooks'] {
  const get = async (id: string): Promise<WebhookRow | undefined> => {
    const [rows] = await driver.look('webhook', [[toStored(id)]]);
    return rows?.[0] && webhookOf(rows[0]);
  };
  return {
    get,
    async put(row) {
      await write([{ op: 'put', table: 'webhook', row: rowOf(row) }]);
    },
    async list() {
      const columns = Object.keys(TABLES.webhook.columns).join(', ');
      return (await driver.query(`select ${columns} from webhook order by created_at, id`, [])).map(webhookOf);
    },
    async remove(id) {
      if (!(await get(id))) return false;
      const counted = Object.values(allowancesOf(id)).map((name) => removal('fact', [name]));
      await write([removal('webhook', [toStored(id)]), ...counted]);
      return true;
    },
    async markVerified(id, now) {
      const row = await get(id);
      if (row && row.verifiedAt === undefined)
        await write([{ op: 'put', table: 'webhook', row: rowOf({ ...row, verifiedAt: now }) }]);
    },
    async setState(id, state) {
      const row = await get(id);
      if (row) await write([{ op: 'put', table: 'webhook', row: rowOf({ ...row, state }) }]);
      return row !== undefined;
    },
    async noteUse(id, secretId, now) {
      await write([{ op: 'put', table: 'secret_use', row: [toStored(id), toStored(secretId), now] }]);
    },
    async uses(id) {
      const [rows = []] = await driver.look('secretUses', [[toStored(id)]]);
      return rows.map((row) => ({ secretId: fromStored(row[1] as string), at: row[2] as number }));
    },
  };
}
