// The schedules of a flow on their way out with an exported flow and in again: all are checked before the first is saved.

import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import { isRecord } from '../core/json.ts';
import type { Store } from '../store/store.ts';
import { configOf, type ScheduleConfig, type Schedules } from './schedules.ts';

/** What a client sets of a schedule, and whether it is to stand still. */
export interface FlowSchedule {
  readonly config: ScheduleConfig;
  readonly paused?: { readonly reason?: string };
}

export interface FlowSchedules {
  /** Of one flow, by name. */
  of(flow: string): Promise<readonly FlowSchedule[]>;
  /**
   * Makes them schedules of `flow`, whatever they started before, and answers how to save them all. A name that a schedule of
   * another flow has is lengthened by the name of this one. Without `overwrite` a schedule that is there is a conflict.
   */
  prepare(
    flow: string,
    schedules: readonly FlowSchedule[],
    by: { readonly name: string; readonly overwrite: boolean },
  ): Promise<Refusal | (() => Promise<void>)>;
}

/** Schedules of one flow that an export carries. */
const MAX_SCHEDULES = 1_000;

export function createFlowSchedules(store: Store, schedules: Schedules): FlowSchedules {
  const flowOf = async (name: string): Promise<string | undefined> => (await store.schedules.get(name))?.workflowName;

  const freeName = async (flow: string, name: string): Promise<string | undefined> => {
    for (const wish of [name, `${name}-${flow}`]) {
      const owner = await flowOf(wish);
      if (owner === undefined || owner === flow) return wish;
    }
    return undefined;
  };

  return {
    async of(flow) {
      const { rows } = await store.schedules.list({ workflowName: flow, offset: 0, limit: MAX_SCHEDULES });
      return rows.map((row) => ({
        config: configOf(row),
        ...(row.paused && { paused: row.pausedReason === undefined ? {} : { reason: row.pausedReason } }),
      }));
    },
    async prepare(flow, given, { name: by, overwrite }) {
      const ready: FlowSchedule[] = [];
      for (const [i, schedule] of given.entries()) {
        const name = await freeName(flow, schedule.config.name);
        if (name === undefined || (!overwrite && (await flowOf(name)) !== undefined))
          return refused('conflict', `a schedule named '${schedule.config.name}' exists`);
        const config = startsFlow({ ...schedule.config, name }, flow);
        const problem = schedules.problemOf(config);
        if (problem) return { ...problem, reason: `schedules[${i}]: ${problem.reason}` };
        ready.push({ ...schedule, config });
      }
      return async () => {
        for (const { config, paused } of ready) await schedules.save(config, paused, by);
      };
    },
  };
}

/** The same schedule for a flow of this name; an inline definition takes the name as well. */
function startsFlow(config: ScheduleConfig, flow: string): ScheduleConfig {
  const { workflowDef, ...request } = config.startWorkflowRequest;
  const def = isRecord(workflowDef) ? { ...workflowDef, name: flow } : workflowDef;
  return {
    ...config,
    startWorkflowRequest: { ...request, name: flow, ...(workflowDef !== undefined && { workflowDef: def }) },
  };
}
