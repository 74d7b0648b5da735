// Log lines of tasks and last polls in SQL.

import type { Writers } from '../cycle/item.ts';
import type { Change, Driver, Row } from '../drivers/driver.ts';
import { MAX_PAGE } from '../limits.ts';
import { fromStored, toStored } from '../rows/text.ts';
import type { LastPoll, LastPolls, TaskLogs } from '../worker-trace.ts';

export function taskLogVerbs(driver: Driver, write: Writers['write']): TaskLogs {
  return {
    add: (workflowId, n, lines) =>
      write(
        lines.map(({ id, at, text }): Change => {
          return { op: 'ignore', table: 'task_log', row: [toStored(workflowId), n, toStored(id), at, toStored(text)] };
        }),
      ),
    async list(workflowId, n, limit) {
      const rows = await driver.query(
        'select id, at, text from task_log where workflow_id = ? and n = ? order by id limit ?',
        [toStored(workflowId), n, Math.min(Math.max(0, limit), MAX_PAGE)],
      );
      return rows.map(([id, at, text]) => ({
        id: fromStored(id as string),
        at: at as number,
        text: fromStored(text as string),
      }));
    },
  };
}

export function lastPollVerbs(driver: Driver, write: Writers['write']): LastPolls {
  return {
    put: (polls) =>
      write(
        polls.map(({ queue, domain = '', workerId, at }): Change => {
          return { op: 'put', table: 'last_poll', row: [toStored(queue), toStored(domain), toStored(workerId), at] };
        }),
      ),
    async list(queue) {
      const where = queue === undefined ? '' : 'where queue = ?';
      const rows = await driver.query(
        `select queue, domain, worker, at from last_poll ${where} order by queue, domain`,
        queue === undefined ? [] : [toStored(queue)],
      );
      return rows.map(lastPollOf);
    },
  };
}

const lastPollOf = ([queue, domain, worker, at]: Row): LastPoll => ({
  queue: fromStored(queue as string),
  ...(domain !== '' && { domain: fromStored(domain as string) }),
  workerId: fromStored(worker as string),
  at: at as number,
});
