// What must hold for each stored execution, whatever led there: the rules' own invariants on what another process reads.

import { wakeAtOf } from '../../src/core/derive.ts';
import { begin, transition } from '../../src/core/transition.ts';
import { assemble } from '../../src/store/assemble.ts';
import { openSqlite } from '../../src/store/drivers/sqlite.ts';
import { checkState } from '../scenarios/invariants.ts';
import type { Database } from './database.ts';

export interface States {
  /** Looks at the executions that were written since it was asked last. */
  broken(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const ENV = {
  newId: () => 'made-by-a-check',
  random: () => 0,
  evaluate: () => ({ ok: false, reason: 'no scripts here' }) as const,
};

export async function openStates({ path, reader }: Database): Promise<States> {
  const store = await assemble(openSqlite({ path }), { env: ENV, core: { begin, transition } });
  const revs = reader.prepare('select id, rev, wake_at as wakeAt from workflow');
  const seen = new Map<string, number>();
  return {
    async broken() {
      const problems: string[] = [];
      for (const { id, rev, wakeAt } of revs.all() as unknown as { id: string; rev: number; wakeAt: number | null }[]) {
        if (seen.get(id) === rev) continue;
        seen.set(id, rev);
        const workflow = await store.workflows.get(id, { tasks: true });
        if (!workflow) continue;
        try {
          checkState(workflow, { ...ENV, now: workflow.updatedAt, taskDef: () => undefined });
        } catch (error) {
          problems.push(`execution ${id} as it is stored: ${(error as Error).message}`);
        }
        const alarm = wakeAtOf(workflow);
        if ((alarm === undefined) !== (wakeAt === null))
          problems.push(`execution ${id}: alarm ${wakeAt}, not ${alarm}`);
      }
      return problems;
    },
    close: () => store.close(),
  };
}
