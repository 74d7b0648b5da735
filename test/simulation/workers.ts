// Workers: they poll, take their time, report, and now and then fail, fall silent, say it twice or too late.

import type { Call } from './cluster.ts';
import { WORK_QUEUES } from './definitions.ts';
import { insist, mention, type World } from './world.ts';

interface WireTask {
  readonly taskId: string;
  readonly workflowInstanceId: string;
  readonly pollCount: number;
  readonly inputData: Readonly<Record<string, unknown>>;
}

/** Of those that do not fail. */
const SILENT = 0.08;
const HOPELESS = 0.01;
const PUTS_BACK = 0.08;
const SAYS_IT_TWICE = 0.1;

/** One look at one queue. */
export async function work(world: World, name: string): Promise<void> {
  const { random, time } = world;
  const queue = random.pick(WORK_QUEUES);
  const timeout = random.pick([0, 0, 300]);
  const path = random.chance(0.5)
    ? `/api/tasks/poll/${queue}?workerid=${name}`
    : `/api/tasks/poll/batch/${queue}?workerid=${name}&count=${random.int(1, 4)}&timeout=${timeout}`;
  const answer = await world.cluster.call({ method: 'GET', path });
  const tasks = answer?.status === 200 ? [JSON.parse(answer.text)].flat() : [];
  for (const one of tasks as WireTask[]) {
    take(world, name, one);
    void perform({ ...world, random: random.fork() }, name, one);
  }
  await time.sleep(random.int(20, 400));
}

/** Nobody else was handed the same attempt. */
function take({ ledger, note }: World, worker: string, { taskId, pollCount }: WireTask): void {
  const attempt = `${taskId} poll ${pollCount}`;
  const other = ledger.handed.get(attempt);
  if (other) ledger.problems.push(`${attempt} was handed to ${other} and to ${worker}`);
  ledger.handed.set(attempt, worker);
  note(`${worker} takes ${attempt}`);
}

async function perform(
  world: World,
  workerId: string,
  { taskId, workflowInstanceId, inputData }: WireTask,
): Promise<void> {
  const { faults, random, time } = world;
  const said = (status: string, more: object = {}): Call => ({
    method: 'POST',
    path: '/api/tasks',
    body: { taskId, workflowInstanceId, workerId, status, outputData: { order: inputData.order }, ...more },
  });
  await time.sleep(random.delayMs(100, 8_000));
  if (faults.happens(faults.plan.workFails)) {
    await insist(world, said('FAILED', { reasonForIncompletion: 'simulated' }));
    return;
  }
  if (faults.happens(SILENT)) return;
  if (faults.happens(HOPELESS)) {
    await insist(world, said('FAILED_WITH_TERMINAL_ERROR', { reasonForIncompletion: 'simulated' }));
    return;
  }
  if (faults.happens(PUTS_BACK)) {
    await insist(world, said('IN_PROGRESS', { callbackAfterSeconds: random.int(0, 3) }));
    return;
  }
  // What it did makes somebody send an event, which races the report.
  world.ledger.orders.get(String(inputData.order))?.cue?.();
  if (faults.happens(SAYS_IT_TWICE)) void mention(world, said('COMPLETED'));
  await insist(world, said('COMPLETED'));
}
