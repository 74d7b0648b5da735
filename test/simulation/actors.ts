// The world outside: orders with their senders, workers, and people who look, pause, resume, retry and terminate.

import {
  FLOW_WEBHOOKS,
  LATER_TASK_DEFINITIONS,
  LATER_WEBHOOKS,
  LATER_WORKFLOW_DEFINITIONS,
  LATEST_WORKFLOW_DEFINITIONS,
  TASK_DEFINITIONS,
  WEBHOOKS,
  WORKFLOW_DEFINITIONS,
} from './definitions.ts';
import { hasLater, hasLatest, type Kind } from './faults.ts';
import type { Order, Strategy } from './ledger.ts';
import { follow, type Paths } from './senders.ts';
import { work, workLater } from './workers.ts';
import { forEver, insist, mention, task, type World } from './world.ts';

/** Where not any of the usual two will do. */
const STRATEGIES: Partial<Record<Kind, readonly Strategy[]>> = {
  // Only what needs no event may run twice under one key: the event of the first would be gone.
  quick: ['RETURN_EXISTING', 'FAIL', 'FAIL_ON_RUNNING'],
  // Its sender must know which execution it is, also when the answer to its start was lost.
  brief: ['RETURN_EXISTING'],
};
const WORKERS = 3;

/** Registers what runs. Answers where each webhook listens. */
export async function register(world: World): Promise<Paths> {
  const later = hasLater(world.faults.plan);
  const tasks = [...TASK_DEFINITIONS, ...(later ? LATER_TASK_DEFINITIONS : [])];
  const workflows = [
    ...WORKFLOW_DEFINITIONS,
    ...(later ? LATER_WORKFLOW_DEFINITIONS : []),
    ...(hasLatest(world.faults.plan) ? LATEST_WORKFLOW_DEFINITIONS : []),
  ];
  await insist(world, { method: 'POST', path: '/api/metadata/taskdefs', body: tasks });
  await insist(world, { method: 'PUT', path: '/api/metadata/workflow', body: workflows });
  for (const [flow, body] of Object.entries(FLOW_WEBHOOKS))
    await insist(world, { method: 'POST', path: `/api/flows/${flow}/webhooks`, body });
  const paths: Record<string, string> = {};
  for (const [name, body] of Object.entries({ ...WEBHOOKS, ...(later && LATER_WEBHOOKS) })) {
    const answer = await insist(world, { method: 'POST', path: '/api/metadata/webhook', body });
    paths[name] = `/webhook/${(JSON.parse(answer.text) as { id: string }).id}`;
  }
  return paths as Paths;
}

/** Sets everybody to work. */
export function populate(world: World, paths: Paths): void {
  const { faults, ledger, random } = world;
  for (let i = 1; i <= faults.plan.orders; i++) {
    const kind = random.pick(faults.plan.kinds);
    const order: Order = {
      id: `o${i}`,
      kind,
      strategy: random.pick(STRATEGIES[kind] ?? ['RETURN_EXISTING', 'FAIL']),
      doomed: kind !== 'quick' && random.chance(0.15),
      started: new Set(),
      parts: 1,
    };
    ledger.orders.set(order.id, order);
    task(world, (own) => follow(own, order, paths));
  }
  for (let i = 0; i < WORKERS; i++) forEver(world, (own) => work(own, `worker${i}`));
  forEver(world, controlOne);
  forEver(world, tend);
  forEver(world, readOne);
  if (!hasLater(faults.plan)) return;
  workLater(world);
  forEver(world, sweep);
}

const anyExecution = ({ ledger, random }: World, wanted: (order: Order) => boolean): string | undefined => {
  const ids = [...ledger.orders.values()].filter(wanted).flatMap(({ started }) => [...started]);
  return ids.length > 0 ? random.pick(ids) : undefined;
};

/** Pauses and resumes, or ends what is doomed. */
async function controlOne(world: World): Promise<void> {
  const { faults, random, time } = world;
  await time.sleep(random.int(300, 3_000));
  if (!faults.on) return;
  if (random.chance(0.3)) {
    const id = anyExecution(world, ({ doomed }) => doomed);
    if (id) await mention(world, { method: 'DELETE', path: `/api/workflow/${id}?reason=simulated` });
    return;
  }
  const id = anyExecution(world, () => true);
  if (!id) return;
  await mention(world, { method: 'PUT', path: `/api/workflow/${id}/pause` });
  await time.sleep(random.int(0, 4_000));
  await insist(world, { method: 'PUT', path: `/api/workflow/${id}/resume` });
}

/** Retries what has failed, and resumes what a lost request left paused. */
async function tend(world: World): Promise<void> {
  const { faults, random, time } = world;
  await time.sleep(random.int(1_000, 4_000));
  const statuses = faults.on ? 'FAILED,TIMED_OUT' : 'FAILED,TIMED_OUT,PAUSED';
  const query = encodeURIComponent(`status IN (${statuses})`);
  const found = await world.cluster.call({ method: 'GET', path: `/api/workflow/search?size=100&query=${query}` });
  if (found?.status !== 200) return;
  for (const { workflowId, status } of (JSON.parse(found.text) as { results: { workflowId: string; status: string }[] })
    .results)
    if (status === 'PAUSED') await insist(world, { method: 'PUT', path: `/api/workflow/${workflowId}/resume` });
    else if (!faults.on || random.chance(0.7))
      await insist(world, { method: 'POST', path: `/api/workflow/${workflowId}/retry?resumeSubworkflowTasks=true` });
}

/** When nothing goes wrong any more: ends what waits for one more event, which nobody sends. */
async function sweep(world: World): Promise<void> {
  const { faults, ledger, random, time } = world;
  await time.sleep(random.int(2_000, 5_000));
  if (faults.on || ledger.busy > 0) return;
  const query = encodeURIComponent('workflowType IN (talk,echo) AND status IN (RUNNING)');
  const found = await world.cluster.call({ method: 'GET', path: `/api/workflow/search?size=100&query=${query}` });
  if (found?.status !== 200) return;
  for (const { workflowId } of (JSON.parse(found.text) as { results: { workflowId: string }[] }).results)
    await insist(world, { method: 'DELETE', path: `/api/workflow/${workflowId}?reason=simulated` });
}

/** What was started is there for everybody; what is completed stays as it is. */
async function readOne(world: World): Promise<void> {
  const { ledger, random, time } = world;
  await time.sleep(random.int(100, 1_500));
  const id = anyExecution(world, () => true);
  const answer = id && (await world.cluster.call({ method: 'GET', path: `/api/workflow/${id}?includeTasks=false` }));
  if (!id || !answer || answer.status >= 500) return;
  if (answer.status !== 200) {
    ledger.problems.push(`execution ${id}, whose start was answered with 200: ${answer.status} ${answer.text}`);
    return;
  }
  const { status, output } = JSON.parse(answer.text) as { status: string; output: unknown };
  const shown = `${status} ${JSON.stringify(output)}`;
  const before = ledger.completed.get(id);
  if (before !== undefined && before !== shown) ledger.problems.push(`execution ${id} was ${before} and is ${shown}`);
  if (status === 'COMPLETED') ledger.completed.set(id, shown);
}
