// Workers: they poll, take their time, report, and now and then fail, fall silent, say it twice or too late.

import type { Answer, Call } from './cluster.ts';
import { DOMAINS, WORK_QUEUES } from './definitions.ts';
import { forEver, insist, mention, type World } from './world.ts';

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

/** One look at one of the queues. */
export async function work(
  world: World,
  name: string,
  queues: readonly string[] = WORK_QUEUES,
  domain?: string,
): Promise<void> {
  const { random, time } = world;
  const queue = random.pick(queues);
  const timeout = random.pick([0, 0, 300]);
  const path = random.chance(0.5)
    ? `/api/tasks/poll/${queue}?workerid=${name}`
    : `/api/tasks/poll/batch/${queue}?workerid=${name}&count=${random.int(1, 4)}&timeout=${timeout}`;
  const answer = await askFor(world, path, domain);
  const tasks = answer?.status === 200 ? [JSON.parse(answer.text)].flat() : [];
  for (const one of tasks as WireTask[]) {
    take(world, name, one);
    void perform({ ...world, random: random.fork() }, name, one);
  }
  await time.sleep(random.int(20, 400));
}

/** What it asks for in a domain keeps that domain alive, from the asking to the answer. */
async function askFor({ cluster, ledger }: World, path: string, domain?: string): Promise<Answer | undefined> {
  if (domain === undefined) return cluster.call({ method: 'GET', path });
  const { polling, polled } = ledger;
  polling.set(domain, (polling.get(domain) ?? 0) + 1);
  const answer = await cluster.call({ method: 'GET', path: `${path}&domain=${domain}` });
  polling.set(domain, (polling.get(domain) ?? 0) - 1);
  polled.set(domain, cluster.now());
  return answer;
}

/** Works at what the kinds of orders that were added later need. */
export function workLater(world: World): void {
  forEver(world, (own) => work(own, 'clerk', ['quote']));
  forEver(world, (own) => work(own, 'other clerk', ['quote']));
  forEver(world, (own) => work(own, `porter of ${DOMAINS.all}`, ['carry'], DOMAINS.all));
  forEver(world, async (own) => {
    const { time, random, faults } = own;
    for (let polls = random.int(1, 10); polls > 0; polls--)
      await work(own, `porter of ${DOMAINS.some}`, ['carry'], DOMAINS.some);
    await time.sleep(faults.on ? random.int(0, 15_000) : 100);
  });
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
  const made = `m${++world.ledger.made}`;
  const said = (status: string, more: object = {}): Call => ({
    method: 'POST',
    path: '/api/tasks',
    body: { taskId, workflowInstanceId, workerId, status, outputData: { order: inputData.order, made }, ...more },
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
