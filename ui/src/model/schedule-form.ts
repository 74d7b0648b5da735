// The form of a schedule: its values, what is wrong with them, and the way to and from what the API keeps.
import type { SaveScheduleRequest, WorkflowSchedule } from '../../../src/http/contract/schedule.ts';
import { checkRun, EMPTY_RUN, type RunErrors, type RunValues, runValues, startRequest } from './run-form.ts';

export interface CronRow {
  readonly cron: string;
  readonly zone: string;
}

export interface ScheduleValues {
  readonly name: string;
  readonly description: string;
  /** It runs whenever one of them says so. */
  readonly crons: readonly CronRow[];
  /** Epoch ms. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly catchUp: boolean;
  readonly paused: boolean;
  readonly run: RunValues;
}

/** Expressions to begin with: the first field is the second (contract 5.15). */
export const CRON_EXAMPLES: readonly { readonly cron: string; readonly label: string }[] = [
  { cron: '0 * * * * *', label: 'Every minute' },
  { cron: '0 0 * * * *', label: 'Every hour' },
  { cron: '0 0 9 * * *', label: 'Every day at 9' },
  { cron: '0 0 9 * * MON-FRI', label: 'On working days at 9' },
  { cron: '0 0 0 1 * *', label: 'On the first of the month' },
];

export const emptySchedule = (workflow = ''): ScheduleValues => ({
  name: '',
  description: '',
  crons: [{ cron: '0 0 9 * * MON-FRI', zone: 'UTC' }],
  from: undefined,
  to: undefined,
  catchUp: false,
  paused: false,
  run: { ...EMPTY_RUN, name: workflow },
});

export function cronRows(
  schedule: Pick<WorkflowSchedule, 'cronExpression' | 'zoneId' | 'cronSchedules'>,
): readonly CronRow[] {
  const { cronExpression = '', zoneId = 'UTC', cronSchedules = [] } = schedule;
  if (cronSchedules.length === 0) return [{ cron: cronExpression, zone: zoneId }];
  return cronSchedules.map((row) => ({ cron: row.cronExpression, zone: row.zoneId ?? zoneId }));
}

export const scheduleValues = (schedule: WorkflowSchedule): ScheduleValues => ({
  name: schedule.name,
  description: schedule.description ?? '',
  crons: cronRows(schedule),
  from: schedule.scheduleStartTime,
  to: schedule.scheduleEndTime,
  catchUp: schedule.runCatchupScheduleInstances ?? false,
  paused: schedule.paused,
  run: runValues(schedule.startWorkflowRequest),
});

/** What to save. `stored` is the schedule that is edited: what the form does not show is kept. */
export function scheduleRequest(values: ScheduleValues, stored?: WorkflowSchedule): SaveScheduleRequest {
  const [first] = values.crons;
  const single = values.crons.length === 1;
  const shown = startRequest(values.run);
  const { workflowDef, createdBy } = stored?.startWorkflowRequest ?? {};
  const hidden = { workflowDef: stored?.startWorkflowRequest.name === shown.name ? workflowDef : undefined, createdBy };
  const request: SaveScheduleRequest = {
    name: values.name.trim(),
    description: values.description.trim() || undefined,
    cronExpression: single ? first?.cron.trim() : undefined,
    zoneId: single ? first?.zone : undefined,
    cronSchedules: single
      ? undefined
      : values.crons.map(({ cron, zone }) => ({ cronExpression: cron.trim(), zoneId: zone })),
    scheduleStartTime: values.from,
    scheduleEndTime: values.to,
    runCatchupScheduleInstances: values.catchUp,
    paused: values.paused,
    pausedReason: values.paused ? stored?.pausedReason : undefined,
    startWorkflowRequest: withoutUndefined({ ...shown, ...hidden }),
  };
  return withoutUndefined(request);
}

const withoutUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;

export interface ScheduleErrors {
  readonly name?: string;
  readonly to?: string;
  /** By row. */
  readonly crons: Readonly<Record<number, string>>;
  readonly run: RunErrors;
}

/** What the page can tell without asking, `taken` being the names of the others: saving under one of them would replace it; the server says the rest about each expression. */
export function checkSchedule(values: ScheduleValues, taken: readonly string[] = []): ScheduleErrors {
  const empty = values.crons.flatMap(({ cron }, i) => (cron.trim() === '' ? [i] : []));
  return {
    ...(values.name.trim() === '' && { name: 'Give the schedule a name.' }),
    ...(taken.includes(values.name.trim()) && { name: 'There is a schedule of this name.' }),
    ...(values.from !== undefined &&
      values.to !== undefined &&
      values.to < values.from && { to: 'This is before its beginning, so it would never run.' }),
    crons: Object.fromEntries(empty.map((i) => [i, 'Say when: second minute hour day month weekday.'])),
    run: checkRun(values.run),
  };
}

export const isSound = ({ name, to, crons, run }: ScheduleErrors): boolean =>
  name === undefined && to === undefined && Object.keys(crons).length + Object.keys(run).length === 0;

/** Schedules whose name, workflow or expression holds the text. */
export function findSchedules(schedules: readonly WorkflowSchedule[], find: string): WorkflowSchedule[] {
  const text = find.trim().toLowerCase();
  return schedules
    .filter((schedule) =>
      [schedule.name, schedule.startWorkflowRequest.name, ...cronRows(schedule).map(({ cron }) => cron)]
        .join('\n')
        .toLowerCase()
        .includes(text),
    )
    .sort((a, b) => a.name.localeCompare(b.name));
}
