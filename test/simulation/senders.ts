// What happens to each order: it is started, and events about it are sent, signed, sometimes twice, late, and in the wrong
// order. Whoever gets no answer asks again, as well-behaved clients do.

import { createHmac } from 'node:crypto';
import type { Call } from './cluster.ts';
import { DOMAINS, ROUNDS, SECRET, type WEBHOOKS, WINDOW_SECONDS } from './definitions.ts';
import type { Kind } from './faults.ts';
import type { LaterWebhook, Order, SentEvent, Webhook } from './ledger.ts';
import { insist, mention, task, type World } from './world.ts';

export type Paths = Readonly<Record<keyof typeof WEBHOOKS, string> & Partial<Record<LaterWebhook, string>>>;

/** Within this time everything begins. */
const ARRIVALS_MS = 10_000;
/** Between events of a session or a line, at most: some come at once, some when the one before is done with. */
const STREAM_MS = 3_000;
const SESSION_EVENTS = 4;

interface Sender {
  readonly world: World;
  readonly order: Order;
  /** Begins to send a new event; resolves when it has its 200. */
  send(webhook: Webhook, kind: string): Promise<void>;
}

const STORIES: Readonly<Record<Kind, (sender: Sender) => Promise<void>>> = {
  order: paidFor,
  late: paidFor,
  family: paidFor,
  rounds: ticked,
  duet: ticked,
  quick: async ({ world, order }) => begin(world, order),
  brief: remind,
  session: (sender) => stream(sender, 'sessions', SESSION_EVENTS),
  line: ({ world, ...rest }) => stream({ world, ...rest }, 'lines', world.random.int(2, 4)),
  repeat: ({ world, ...rest }) => stream({ world, ...rest }, 'repeats', 1),
  crowd: callOut,
  pair: (sender) => stream(sender, 'pairs', SESSION_EVENTS),
  price: ({ world, order }) => beginSeveral(world, order, 4, 2_000),
  carry: ({ world, order }) => beginSeveral(world, order, 3, 6_000),
  turns: ({ world, order }) => beginSeveral(world, order, 4, 2_000),
};
/** What comes before a wait. A crowd mostly sleeps, so that its waits open in the same moment, after the events came. */
const APART = ['work', 'call', 'sleep', 'none'];
const TOGETHER = ['sleep', 'sleep', 'sleep', 'none'];
const CHOICE = Object.values(DOMAINS).join();

/** The whole story of one order. */
export async function follow(world: World, order: Order, paths: Paths): Promise<void> {
  const { time, random } = world;
  const send: Sender['send'] = (webhook, kind) =>
    new Promise((resolve) => {
      task(world, (own) => deliver(own, newEvent(own, webhook, order.id, kind), paths[webhook] as string, resolve));
    });
  await time.sleep(random.int(0, ARRIVALS_MS));
  await STORIES[order.kind]({ world, order, send });
  if (random.chance(0.3)) void send('starts', 'made');
  if (random.chance(0.3)) for (let i = random.int(1, 3); i > 0; i--) void send('keyed', 'made');
}

/** Starts it by a call, sometimes by two at once. What follows comes at once, later, or when a worker has done something. */
async function begin(world: World, order: Order): Promise<void> {
  const { random, time } = world;
  const twice = random.chance(0.3);
  const cue = new Promise<void>((resolve) => {
    order.cue = resolve;
  });
  await Promise.all([start(world, order), ...(twice ? [start(world, order)] : [])]);
  await Promise.race([cue, time.sleep(random.chance(0.3) ? 0 : random.int(0, 8_000))]);
}

async function paidFor({ world, order, send }: Sender): Promise<void> {
  await begin(world, order);
  for (let i = world.random.chance(0.2) ? 2 : 1; i > 0; i--) void send('orders', 'paid');
}

async function ticked({ world, order, send }: Sender): Promise<void> {
  await begin(world, order);
  for (let i = 0; i < ROUNDS; i++) void send('orders', 'tick');
}

/** Its events are soon forgotten, so they are sent until one has been heard. */
async function remind({ world, order, send }: Sender): Promise<void> {
  const { time, random } = world;
  await begin(world, order);
  for (;;) {
    await send('brief', 'paid');
    await time.sleep(random.int(1_500, 4_000));
    for (const id of order.started) {
      const answer = await mention(world, { method: 'GET', path: `/api/workflow/${id}?includeTasks=false` });
      const { status } = JSON.parse(answer?.status === 200 ? answer.text : '{}') as { status?: string };
      if (status === 'COMPLETED' || status === 'TERMINATED') return;
    }
  }
}

/** Some that wait for the same, and as many events: one for each. Of two that wait, `one` would choose none. */
async function callOut({ world, order, send }: Sender): Promise<void> {
  const { time, random } = world;
  const webhook = random.pick(['oldest', 'newest', 'one'] as const);
  const count = webhook === 'one' ? 1 : random.int(2, 4);
  // Only what came after an execution has started is found by it.
  await beginSeveral(world, order, count, 1_500);
  await time.sleep(random.chance(0.5) ? 0 : random.int(0, 4_000));
  for (let i = 0; i < count; i++) {
    void send(webhook, 'cue');
    await time.sleep(random.chance(0.5) ? 0 : random.int(0, 1_000));
  }
}

/** Several executions of one order, each under a key of its own, one after the other or at once. */
async function beginSeveral(world: World, order: Order, count: number, apartMs: number): Promise<void> {
  const { time, random } = world;
  order.parts = count;
  const starts: Promise<void>[] = [];
  for (let i = 0; i < count; i++) {
    starts.push(start({ ...world, random: random.fork() }, order, `${order.id}-${i}`));
    await time.sleep(random.chance(0.5) ? 0 : random.int(0, apartMs));
  }
  await Promise.all(starts);
}

async function stream({ world, send }: Sender, webhook: Webhook, count: number): Promise<void> {
  const { time, random } = world;
  for (let i = 0; i < count; i++) {
    void send(webhook, `${webhook}${i}`);
    await time.sleep(random.chance(0.5) ? 0 : random.int(0, STREAM_MS));
  }
}

async function start(world: World, order: Order, idempotencyKey = order.id): Promise<void> {
  const { random, ledger } = world;
  const body = {
    name: order.kind,
    version: 1,
    input: { order: order.id, how: random.pick(order.kind === 'crowd' ? TOGETHER : APART) },
    idempotencyKey,
    idempotencyStrategy: order.strategy,
    priority: random.int(0, 2),
    ...(order.kind === 'carry' && { taskToDomain: { carry: CHOICE } }),
  };
  const answer = await insist(world, { method: 'POST', path: '/api/workflow', body });
  world.note(`start of ${order.id} (${order.kind}, ${order.strategy}): ${answer.status} ${answer.text.slice(0, 60)}`);
  if (answer.status === 200) order.started.add(answer.text);
  else if (answer.status !== 409 || order.strategy === 'RETURN_EXISTING')
    ledger.problems.push(`start of ${order.id} was answered with ${answer.status} ${answer.text}`);
}

function newEvent({ ledger }: World, webhook: Webhook, order: string, kind: string): SentEvent {
  const number = ledger.events.size + 1;
  const event: SentEvent = {
    delivery: `d${number}`,
    ...{ webhook, order, kind },
    nonce: `n${number}`,
    acknowledged: [],
  };
  ledger.events.set(event.delivery, event);
  return event;
}

/** Until it is answered with 200, and now and then once more. */
async function deliver(world: World, event: SentEvent, path: string, onAnswer: () => void): Promise<void> {
  const { random, ledger, time, cluster } = world;
  const body = JSON.stringify({ order: { id: event.order }, kind: event.kind, nonce: event.nonce });
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  const call: Call = {
    method: 'POST',
    path,
    body,
    headers: { 'x-github-delivery': event.delivery, 'x-hub-signature-256': `sha256=${signature}` },
  };
  const say = async (ask: typeof mention): Promise<void> => {
    const sentAt = cluster.now();
    const answer = await ask(world, call);
    if (answer?.status === 200) event.acknowledged.push({ sentAt, answeredAt: cluster.now() });
    else if (answer && answer.status < 500)
      ledger.problems.push(`event ${event.delivery} was answered with ${answer.status} ${answer.text}`);
  };
  const copies = random.chance(0.15) ? [say(mention)] : [];
  await say(insist);
  world.note(`event ${event.delivery} (${event.kind} of ${event.order}) has its 200`);
  onAnswer();
  const again = event.webhook === 'repeats' ? random.int(1, 3) : random.chance(0.15) ? 1 : 0;
  for (let i = 0; i < again; i++) {
    await time.sleep(random.int(0, WINDOW_SECONDS * 1_000));
    await say(mention);
  }
  await Promise.all(copies);
}
