// Data for pictures and stories, made through the public API as a user would: definitions, webhooks, executions in every state.
import { createHmac } from 'node:crypto';

export interface Sample {
  /** Ids of executions by what they show. */
  readonly executions: Readonly<Record<string, string>>;
  readonly webhooks: Readonly<Record<string, string>>;
  /** Outgoing, of await_payment. */
  readonly flowWebhooks: Readonly<Record<string, string>>;
}

const SECRET = 'a-secret-of-the-sample';

/** Throws when it is refused. */
export async function call(url: string, method: string, path: string, body?: unknown): Promise<string> {
  const response = await fetch(url + path, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text;
}

const task = (reference: string, type: string, more: object = {}) => ({
  name: reference,
  taskReferenceName: reference,
  type,
  ...more,
});
const worker = (reference: string, name = reference) => ({ ...task(reference, 'SIMPLE'), name });
const wait = (reference: string, matches: object) =>
  task(reference, 'WAIT_FOR_WEBHOOK', { inputParameters: { matches } });

const DEFINITIONS = [
  {
    name: 'await_payment',
    version: 1,
    description: 'Holds an order until its payment arrives, then ships it.',
    inputParameters: ['orderId'],
    tasks: [
      wait('payment', { "$['event']": 'paid', "$['order']['id']": '${workflow.input.orderId}' }),
      // No script anywhere in the sample: its deadline is in real time, and a busy machine would miss it.
      task('total', 'SET_VARIABLE', { inputParameters: { amount: '${payment.output.order.amount}' } }),
    ],
    outputParameters: { payment: '${payment.output}' },
  },
  {
    name: 'order_fulfilment',
    version: 1,
    description: 'Checks, packs and ships in parallel; asks a person where the rules cannot decide.',
    inputParameters: ['orderId', 'country'],
    tasks: [
      worker('check_stock'),
      task('route', 'SWITCH', {
        evaluatorType: 'value-param',
        expression: 'country',
        inputParameters: { country: '${workflow.input.country}' },
        decisionCases: {
          domestic: [worker('pick_local', 'pick')],
          abroad: [worker('customs'), worker('pick_abroad', 'pick')],
        },
        defaultCase: [task('ask', 'HUMAN', { inputParameters: { question: 'Which warehouse?' } })],
      }),
      task('parallel', 'FORK_JOIN', {
        forkTasks: [
          [worker('pack'), worker('label')],
          [task('notify', 'HTTP', { inputParameters: { uri: 'https://example.com/notify', method: 'POST' } })],
          [wait('paid', { "$['event']": 'paid' })],
        ],
      }),
      task('together', 'JOIN', { joinOn: ['label', 'notify', 'paid'] }),
      task('track', 'DO_WHILE', {
        loopCondition: '$.track.iteration < 3',
        loopOver: [task('pause', 'WAIT', { inputParameters: { duration: '1 second' } }), worker('poll_carrier')],
      }),
      task('done', 'TERMINATE', { inputParameters: { terminationStatus: 'COMPLETED' } }),
    ],
  },
  {
    name: 'nightly_report',
    version: 1,
    description: 'Three passes over the numbers.',
    tasks: [
      task('passes', 'DO_WHILE', {
        loopCondition: '$.passes.iteration < 3',
        loopOver: [
          task('count', 'SET_VARIABLE', { inputParameters: { seen: true } }),
          task('keep', 'SET_VARIABLE', { inputParameters: { last: '${workflow.variables.seen}' } }),
        ],
      }),
      task('fork', 'FORK_JOIN', {
        forkTasks: [
          [task('left', 'SET_VARIABLE', { inputParameters: { left: true } })],
          [task('right', 'SET_VARIABLE', { inputParameters: { right: true } })],
        ],
      }),
      task('join', 'JOIN', { joinOn: ['left', 'right'] }),
    ],
  },
  {
    name: 'greet_member',
    version: 1,
    description: 'Greets whoever writes in the channel.',
    tasks: [wait('message', { "$['event']['type']": 'message' })],
  },
];

async function makeDefinitions(url: string): Promise<void> {
  const taskdefs = ['check_stock', 'pick', 'customs', 'pack', 'label', 'poll_carrier'].map((name) => ({
    name,
    retryCount: 1,
    retryDelaySeconds: 20,
    timeoutSeconds: 600,
    responseTimeoutSeconds: 120,
  }));
  await call(url, 'POST', '/api/metadata/taskdefs', taskdefs);
  for (const def of DEFINITIONS) await call(url, 'POST', '/api/metadata/workflow', def);
  await call(url, 'POST', '/api/metadata/workflow', {
    ...DEFINITIONS[0],
    version: 2,
    description: 'Holds an order until its payment arrives, then ships it. Now with a time limit.',
    timeoutSeconds: 86_400,
    timeoutPolicy: 'TIME_OUT_WF',
  });
}

async function makeWebhooks(url: string): Promise<Record<string, string>> {
  const make = async (config: object) =>
    (JSON.parse(await call(url, 'POST', '/api/metadata/webhook', config)) as { id: string }).id;
  return {
    payments: await make({
      name: 'payments',
      sourcePlatform: 'Github',
      verifier: 'SIGNATURE_BASED',
      headerKey: 'X-Hub-Signature-256',
      secretValue: SECRET,
      receiverWorkflowNamesToVersions: { await_payment: 1, order_fulfilment: 1 },
    }),
    slack: await make({
      name: 'community channel',
      sourcePlatform: 'Slack',
      verifier: 'SLACK_BASED',
      receiverWorkflowNamesToVersions: { greet_member: 1 },
    }),
    shop: await make({
      name: 'shop orders',
      sourcePlatform: 'Custom',
      verifier: 'HEADER_BASED',
      headers: { 'x-shop': 'demo' },
      receiverWorkflowNamesToVersions: {},
      workflowsToStart: {
        await_payment: 1,
        idempotencyKey: '${workflow.input.orderId}',
        idempotencyStrategy: 'RETURN_EXISTING',
      },
    }),
  };
}

/** What await_payment tells others: one hears it, one has a bad day, one gave up. */
async function makeFlowWebhooks(url: string, receiver: string): Promise<Record<string, string>> {
  const make = async (webhook: object) => {
    const made = await call(url, 'POST', '/api/flows/await_payment/webhooks', {
      headers: { 'Content-Type': 'application/json' },
      body: '{"job": "$jobId", "status": "$jobStatus", "order": "${workflow.input.orderId}"}',
      ...webhook,
    });
    return (JSON.parse(made) as { id: string }).id;
  };
  return {
    shop: await make({ name: 'Tell the shop', url: `${receiver}/shop`, secretKey: SECRET, triggerEvent: 'success' }),
    accounting: await make({
      name: 'Accounting',
      url: `${receiver}/busy`,
      signatures: ['flow', 'standard'],
      secretKey: SECRET,
    }),
    stock: await make({
      name: 'Stock',
      url: `${receiver}/gone`,
      method: 'PUT',
      retryOnFailure: false,
      triggerObject: ['payment'],
      triggerEvent: 'success',
    }),
  };
}

async function poll(url: string, type: string): Promise<{ taskId: string; workflowInstanceId: string } | undefined> {
  const response = await fetch(`${url}/api/tasks/poll/${type}?workerid=warehouse-1`);
  return response.status === 200
    ? ((await response.json()) as { taskId: string; workflowInstanceId: string })
    : undefined;
}

async function finish(url: string, type: string, status: string, outputData: object, reason?: string): Promise<void> {
  const polled = await poll(url, type);
  if (!polled) throw new Error(`no task of ${type} to finish`);
  const result = { ...polled, status, outputData, reasonForIncompletion: reason };
  await call(url, 'POST', '/api/tasks', {
    taskId: result.taskId,
    workflowInstanceId: result.workflowInstanceId,
    status,
    outputData,
    ...(reason ? { reasonForIncompletion: reason } : {}),
  });
}

const start = (url: string, name: string, input: object, more: object = {}): Promise<string> =>
  call(url, 'POST', '/api/workflow', { name, version: 1, input, ...more });

async function send(url: string, webhook: string, body: object, headers: Record<string, string>): Promise<void> {
  await fetch(`${url}/webhook/${webhook}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

const signature = (body: object): string =>
  `sha256=${createHmac('sha256', SECRET).update(JSON.stringify(body)).digest('hex')}`;

async function status(url: string, id: string): Promise<string> {
  return (JSON.parse(await call(url, 'GET', `/api/workflow/${id}/status`)) as { status: string }).status;
}

/** Asks until the execution is in that state. */
export async function waitForStatus(url: string, id: string, wanted: string): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if ((await status(url, id)) === wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${id} is ${await status(url, id)}, not ${wanted}`);
}

/** Asks until each of the deliveries of an execution was tried. */
async function waitForAttempts(url: string, id: string, count: number): Promise<void> {
  for (let i = 0; i < 400; i++) {
    const page = JSON.parse(await call(url, 'GET', `/api/workflow/${id}/deliveries`)) as {
      results: { attempts: number }[];
    };
    if (page.results.filter(({ attempts }) => attempts > 0).length === count) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`not all of the ${count} deliveries of ${id} were tried`);
}

async function makeExecutions(url: string, webhooks: Record<string, string>): Promise<Record<string, string>> {
  const failed = await start(
    url,
    'order_fulfilment',
    { orderId: 'A-1002', country: 'domestic' },
    { correlationId: 'customer-7' },
  );
  await finish(
    url,
    'check_stock',
    'FAILED_WITH_TERMINAL_ERROR',
    { left: 0 },
    'The shelf B-12 is empty: 3 wanted, 0 left',
  );
  const retrying = await start(url, 'order_fulfilment', { orderId: 'A-1003', country: 'abroad' });
  await finish(url, 'check_stock', 'FAILED', {}, 'The stock service answered 503');
  const report = await start(url, 'nightly_report', { date: '2026-11-21' });
  const terminated = await start(url, 'await_payment', { orderId: 'A-1004' });
  await call(
    url,
    'DELETE',
    `/api/workflow/${terminated}?reason=${encodeURIComponent('The customer withdrew the order')}`,
  );
  const paused = await start(url, 'await_payment', { orderId: 'A-1005' });
  await call(url, 'PUT', `/api/workflow/${paused}/pause`);
  const paid = await start(url, 'await_payment', { orderId: 'A-1001' }, { correlationId: 'customer-7' });
  const waiting = await start(url, 'await_payment', { orderId: 'A-1006' });
  const body = { event: 'paid', order: { id: 'A-1001', amount: 42, currency: 'EUR' } };
  await send(url, webhooks.payments ?? '', body, { 'X-Hub-Signature-256': 'sha256=00' });
  await send(url, webhooks.payments ?? '', body, { 'X-Hub-Signature-256': signature(body) });
  const nobody = { event: 'refunded', order: { id: 'A-0900', amount: 7 } };
  await send(url, webhooks.payments ?? '', nobody, { 'X-Hub-Signature-256': signature(nobody) });
  await send(url, webhooks.shop ?? '', { orderId: 'A-1007', items: [{ sku: 'violin-1', n: 2 }] }, { 'x-shop': 'demo' });
  const running = await start(url, 'order_fulfilment', { orderId: 'A-1008', country: 'elsewhere' });
  await finish(url, 'check_stock', 'COMPLETED', { left: 12 });
  await waitForStatus(url, paid, 'COMPLETED');
  await waitForStatus(url, report, 'COMPLETED');
  await waitForAttempts(url, paid, 3);
  return { failed, retrying, report, terminated, paused, paid, waiting, running };
}

/** `receiver`: where outgoing webhooks are sent. */
export async function makeSample(url: string, receiver: string): Promise<Sample> {
  await makeDefinitions(url);
  const webhooks = await makeWebhooks(url);
  const flowWebhooks = await makeFlowWebhooks(url, receiver);
  return { webhooks, flowWebhooks, executions: await makeExecutions(url, webhooks) };
}
