// What runs in the simulation: small workflows that together use every way in which executions, workers, timers and
// events touch each other. No scripts, so that every decision takes no time.

export const SECRET = 'simulated-secret';

const byOrder = (kind: string) => ({ matches: { '$.order.id': '${workflow.input.order}', '$.kind': kind } });
const place = (type: string, ref: string, more: object = {}) => ({ name: ref, taskReferenceName: ref, type, ...more });
const work = (name: string, ref = name) => ({
  name,
  taskReferenceName: ref,
  type: 'SIMPLE',
  inputParameters: { order: '${workflow.input.order}' },
});

export const TASK_DEFINITIONS = [
  { name: 'prepare', retryCount: 3, retryDelaySeconds: 1, responseTimeoutSeconds: 5, timeoutPolicy: 'RETRY' },
  {
    name: 'ship',
    retryCount: 2,
    retryLogic: 'EXPONENTIAL_BACKOFF',
    retryDelaySeconds: 1,
    responseTimeoutSeconds: 4,
    timeoutPolicy: 'RETRY',
  },
  {
    name: 'note',
    retryCount: 5,
    retryLogic: 'LINEAR_BACKOFF',
    retryDelaySeconds: 1,
    responseTimeoutSeconds: 3,
    timeoutPolicy: 'RETRY',
  },
];

export const WORK_QUEUES = TASK_DEFINITIONS.map(({ name }) => name);

const paidOutput = { order: '${paid.output.order.id}', nonce: '${paid.output.nonce}' };

/** Ends with the payload of the event of its order. */
const order = {
  name: 'order',
  version: 1,
  tasks: [place('WAIT_FOR_WEBHOOK', 'paid', { inputParameters: byOrder('paid') }), work('ship')],
  outputParameters: paidOutput,
};

/** Its wait opens late: the event may come while a worker, or a call, is still at the task before. */
const late = {
  name: 'late',
  version: 1,
  tasks: [
    place('SWITCH', 'how', {
      inputParameters: { how: '${workflow.input.how}' },
      evaluatorType: 'value-param',
      expression: 'how',
      decisionCases: {
        work: [work('prepare')],
        call: [
          place('HTTP', 'call', {
            retryCount: 5,
            inputParameters: { uri: 'http://simulated.example/', method: 'GET' },
          }),
        ],
        sleep: [place('WAIT', 'sleep', { inputParameters: { duration: '2 seconds' } })],
      },
      defaultCase: [],
    }),
    place('WAIT_FOR_WEBHOOK', 'paid', { inputParameters: byOrder('paid') }),
  ],
  outputParameters: paidOutput,
};

/** A child, a timer, a worker and a wait side by side; one event ends the waits of parent and child. */
const family = {
  name: 'family',
  version: 1,
  tasks: [
    place('FORK_JOIN', 'fork', {
      forkTasks: [
        [
          place('SUB_WORKFLOW', 'child', {
            subWorkflowParam: { name: 'order', version: 1 },
            inputParameters: { order: '${workflow.input.order}' },
          }),
        ],
        [place('WAIT', 'rest', { inputParameters: { duration: '3 seconds' } }), work('note')],
        [place('WAIT_FOR_WEBHOOK', 'paid', { inputParameters: byOrder('paid') })],
      ],
    }),
    place('JOIN', 'join', { joinOn: ['child', 'note', 'paid'] }),
  ],
  outputParameters: { ...paidOutput, childNonce: '${child.output.nonce}' },
};

export const ROUNDS = 3;

/** Each iteration takes an event of its own. */
const rounds = {
  name: 'rounds',
  version: 1,
  tasks: [
    place('DO_WHILE', 'loop', {
      items: Array.from({ length: ROUNDS }, (_, i) => i),
      loopOver: [place('WAIT_FOR_WEBHOOK', 'tick', { inputParameters: byOrder('tick') }), work('note')],
    }),
  ],
  outputParameters: { order: '${workflow.input.order}' },
};

/** Only work, so that it may be started again under the same key as soon as it has ended. */
const quick = {
  name: 'quick',
  version: 1,
  tasks: [work('prepare')],
  outputParameters: { order: '${workflow.input.order}' },
};

/** Started by each event of a kind, once. */
const log = {
  name: 'log',
  version: 1,
  tasks: [place('SET_VARIABLE', 'keep', { inputParameters: { nonce: '${workflow.input.nonce}' } })],
  outputParameters: { nonce: '${workflow.input.nonce}' },
};

/** Started by the first event of each order. */
const once = { ...log, name: 'once' };

export const WORKFLOW_DEFINITIONS = [order, late, family, rounds, quick, log, once];

const github = {
  sourcePlatform: 'Github',
  verifier: 'SIGNATURE_BASED',
  headerKey: 'X-Hub-Signature-256',
  secretValue: SECRET,
};

/** Where events are sent to. `orders` ends waits; `starts` starts executions. */
export const WEBHOOKS = {
  orders: {
    ...github,
    name: 'orders',
    receiverWorkflowNamesToVersions: { order: 1, late: 1, family: 1, rounds: 1 },
  },
  starts: { ...github, name: 'starts', workflowsToStart: { log: 1 } },
  keyed: {
    ...github,
    name: 'keyed',
    workflowsToStart: { once: 1, idempotencyKey: '${workflow.input.order.id}', idempotencyStrategy: 'RETURN_EXISTING' },
  },
} as const;
