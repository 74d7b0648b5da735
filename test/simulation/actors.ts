// The world outside: starters, senders of webhooks, workers, controllers and readers. Whoever gets no answer asks again,
// as well-behaved clients do; senders and workers also say the same thing twice, late, and in the wrong order.

import { createHmac } from 'node:crypto';
import type { Answer, Call, Cluster } from './cluster.ts';
import { ROUNDS, SECRET, TASK_DEFINITIONS, WEBHOOKS, WORK_QUEUES, WORKFLOW_DEFINITIONS } from './definitions.ts';
import type { Faults } from './faults.ts';
import type { Ledger, Order, OrderKind, SentEvent, Strategy } from './ledger.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface World {
  readonly time: VirtualTime;
  readonly cluster: Cluster;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly note: (line: string) => void;
}

interface WireTask {
  readonly taskId: string;
  readonly workflowInstanceId: string;
  readonly pollCount: number;
  readonly retryCount: number;
  readonly inputData: Readonly<Record<string, unknown>>;
}

const KINDS: readonly OrderKind[] = ['order', 'order', 'late', 'late', 'family', 'rounds', 'quick'];
const STRATEGIES: readonly Strategy[] = ['RETURN_EXISTING', 'FAIL', 'FAIL_ON_RUNNING'];
const WORKERS = 3;
/** Within this time everything begins. */
const ARRIVALS_MS = 15_000;

/** Until an answer says that it was understood: anything below 500. */
async function insist({ cluster, time, random }: World, call: Call): Promise<Answer> {
  for (;;) {
    const answer = await cluster.call(call);
    if (answer && answer.status < 500) return answer;
    await time.sleep(random.int(50, 1_000));
  }
}

/** Asks once, and once more when there is no answer; whether it was heard does not matter. */
const mention = (world: World, call: Call): Promise<Answer | undefined> => world.cluster.call(call);

/** Registers what runs. Answers where each webhook listens. */
export async function register(world: World): Promise<Record<keyof typeof WEBHOOKS, string>> {
  await insist(world, { method: 'POST', path: '/api/metadata/taskdefs', body: TASK_DEFINITIONS });
  await insist(world, { method: 'PUT', path: '/api/metadata/workflow', body: WORKFLOW_DEFINITIONS });
  const paths: Record<string, string> = {};
  for (const [name, body] of Object.entries(WEBHOOKS)) {
    const answer = await insist(world, { method: 'POST', path: '/api/metadata/webhook', body });
    paths[name] = `/webhook/${(JSON.parse(answer.text) as { id: string }).id}`;
  }
  return paths as Record<keyof typeof WEBHOOKS, string>;
}

/** Sets everybody to work. */
export function populate(world: World, paths: Record<keyof typeof WEBHOOKS, string>): void {
  const { faults, ledger, random } = world;
  for (let i = 1; i <= faults.plan.orders; i++) {
    const kind = random.pick(KINDS);
    const order: Order = {
      id: `o${i}`,
      kind,
      // Only what needs no event may run twice under one key: the event of the first would be gone.
      strategy: kind === 'quick' ? random.pick(STRATEGIES) : random.pick(STRATEGIES.slice(0, 2)),
      doomed: kind !== 'quick' && random.chance(0.15),
      started: new Set(),
    };
    ledger.orders.set(order.id, order);
    task(world, (own) => follow(own, order, paths));
  }
  for (let i = 0; i < WORKERS; i++) forEver(world, (own) => work(own, `worker${i}`));
  forEver(world, controlOne);
  forEver(world, tend);
  forEver(world, readOne);
}

/** An actor that ends. */
function task(world: World, run: (own: World) => Promise<void>): void {
  world.ledger.busy++;
  void run({ ...world, random: world.random.fork() }).then(() => {
    world.ledger.busy--;
  });
}

function forEver(world: World, round: (own: World) => Promise<void>): void {
  const own = { ...world, random: world.random.fork() };
  const next = async (): Promise<void> => {
    for (;;) await round(own);
  };
  void next();
}

/** One order: started, then paid for, sometimes twice. */
async function follow(world: World, order: Order, paths: Record<keyof typeof WEBHOOKS, string>): Promise<void> {
  const { time, random } = world;
  await time.sleep(random.int(0, ARRIVALS_MS));
  const twice = random.chance(0.3);
  await Promise.all([start(world, order), ...(twice ? [start(world, order)] : [])]);
  await time.sleep(random.chance(0.5) ? 0 : random.int(0, 8_000));
  const send = (webhook: SentEvent['webhook'], kind: string): void =>
    task(world, (own) => deliver(own, newEvent(own, webhook, order.id, kind), paths[webhook]));
  if (order.kind === 'rounds') for (let i = 0; i < ROUNDS; i++) send('orders', 'tick');
  else if (order.kind !== 'quick') for (let i = random.chance(0.2) ? 2 : 1; i > 0; i--) send('orders', 'paid');
  if (random.chance(0.5)) send('starts', 'made');
  if (random.chance(0.5)) for (let i = random.int(1, 3); i > 0; i--) send('keyed', 'made');
}

async function start(world: World, order: Order): Promise<void> {
  const { random, ledger } = world;
  const body = {
    name: order.kind,
    version: 1,
    input: { order: order.id, how: random.pick(['work', 'call', 'sleep', 'none']) },
    idempotencyKey: order.id,
    idempotencyStrategy: order.strategy,
    priority: random.int(0, 2),
  };
  const answer = await insist(world, { method: 'POST', path: '/api/workflow', body });
  world.note(`start of ${order.id} (${order.kind}, ${order.strategy}): ${answer.status} ${answer.text.slice(0, 60)}`);
  if (answer.status === 200) order.started.add(answer.text);
  else if (answer.status !== 409 || order.strategy === 'RETURN_EXISTING')
    ledger.problems.push(`start of ${order.id} was answered with ${answer.status} ${answer.text}`);
}

function newEvent({ ledger }: World, webhook: SentEvent['webhook'], order: string, kind: string): SentEvent {
  const nonce = `n${ledger.events.size + 1}`;
  const event: SentEvent = { delivery: `d${ledger.events.size + 1}`, webhook, order, kind, nonce, acknowledged: false };
  ledger.events.set(event.delivery, event);
  return event;
}

/** Until it is answered with 200, and now and then once more. */
async function deliver(world: World, event: SentEvent, path: string): Promise<void> {
  const { random, ledger, time } = world;
  const body = JSON.stringify({ order: { id: event.order }, kind: event.kind, nonce: event.nonce });
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  const call: Call = {
    method: 'POST',
    path,
    body,
    headers: { 'x-github-delivery': event.delivery, 'x-hub-signature-256': `sha256=${signature}` },
  };
  const copies = random.chance(0.15) ? [mention(world, call)] : [];
  const answer = await insist(world, call);
  if (answer.status === 200) event.acknowledged = true;
  else ledger.problems.push(`event ${event.delivery} was answered with ${answer.status} ${answer.text}`);
  world.note(`event ${event.delivery} (${event.kind} of ${event.order}) has its ${answer.status}`);
  if (random.chance(0.15)) {
    await time.sleep(random.int(0, 10_000));
    await mention(world, call);
  }
  await Promise.all(copies);
}

async function work(world: World, name: string): Promise<void> {
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
  const mood = faults.on ? random.next() : 1;
  if (mood < 0.07) return;
  if (mood < 0.14) await insist(world, said('FAILED', { reasonForIncompletion: 'simulated' }));
  else if (mood < 0.15) await insist(world, said('FAILED_WITH_TERMINAL_ERROR', { reasonForIncompletion: 'simulated' }));
  else if (mood < 0.22) await insist(world, said('IN_PROGRESS', { callbackAfterSeconds: random.int(0, 3) }));
  else {
    if (mood < 0.3) void mention(world, said('COMPLETED'));
    await insist(world, said('COMPLETED'));
  }
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
