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
const waitFor = (kind: string, ref = kind) => place('WAIT_FOR_WEBHOOK', ref, { inputParameters: byOrder(kind) });
const child = (name: string, ref: string, more: object = {}) =>
  place('SUB_WORKFLOW', ref, {
    subWorkflowParam: { name, version: 1 },
    inputParameters: { order: '${workflow.input.order}', ...more },
  });

/** Attempts that may follow the first one of an HTTP task. */
export const CALL_RETRIES = 5;
const call = place('HTTP', 'call', {
  retryCount: CALL_RETRIES,
  inputParameters: { uri: 'http://simulated.example/', method: 'GET' },
});

/** Tasks of this kind that workers may have at once, whichever node hands them out. */
export const NOTES_AT_ONCE = 3;

const retried = { retryDelaySeconds: 1, timeoutPolicy: 'RETRY' };

/** Executions that quote at once, on all nodes together. */
export const QUOTES_AT_ONCE = 1;
/** For so long a quote is kept for others of its order. */
export const QUOTE_TTL_SECONDS = 3;

/** First choice of a domain that nobody ever polls, one that is polled now and then, and one that always is. */
export const DOMAINS = { nobodys: 'ghost', some: 'east', all: 'west' } as const;

export const TASK_DEFINITIONS = [
  { name: 'prepare', retryCount: 3, responseTimeoutSeconds: 5, ...retried },
  { name: 'ship', retryCount: 1, retryLogic: 'EXPONENTIAL_BACKOFF', responseTimeoutSeconds: 4, ...retried },
  {
    ...{ name: 'note', retryCount: 5, retryLogic: 'LINEAR_BACKOFF', responseTimeoutSeconds: 3, ...retried },
    concurrentExecLimit: NOTES_AT_ONCE,
  },
];

export const WORK_QUEUES = TASK_DEFINITIONS.map(({ name }) => name);

/** Those of the kinds that were added later: only where these are played, so that older seeds draw what they drew. */
export const LATER_TASK_DEFINITIONS = [
  {
    ...{ name: 'quote', retryCount: 5, responseTimeoutSeconds: 3, ...retried },
    concurrentExecLimit: QUOTES_AT_ONCE,
  },
  { name: 'carry', retryCount: 5, responseTimeoutSeconds: 5, ...retried },
];

const paidOutput = { order: '${paid.output.order.id}', nonce: '${paid.output.nonce}' };

/** Ends with the payload of the event of its order. */
const order = {
  name: 'order',
  version: 1,
  tasks: [waitFor('paid'), work('ship')],
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
        call: [call],
        sleep: [place('WAIT', 'sleep', { inputParameters: { duration: '2 seconds' } })],
      },
      defaultCase: [],
    }),
    waitFor('paid'),
  ],
  outputParameters: paidOutput,
};

/** The same, but its events are found only for a short time (`TTL_SECONDS`). */
const brief = { ...late, name: 'brief' };

/** A child, a timer, a worker and a wait side by side; one event ends the waits of parent and child. */
const family = {
  name: 'family',
  version: 1,
  tasks: [
    place('FORK_JOIN', 'fork', {
      forkTasks: [
        [child('order', 'child')],
        [place('WAIT', 'rest', { inputParameters: { duration: '3 seconds' } }), work('note')],
        [waitFor('paid')],
      ],
    }),
    place('JOIN', 'join', { joinOn: ['paid', 'child', 'note'] }),
  ],
  outputParameters: { ...paidOutput, childNonce: '${child.output.nonce}' },
};

export const ROUNDS = 3;

/** Each iteration takes an event of its own; the next wait opens at once, or when a worker is done. */
const rounds = {
  name: 'rounds',
  version: 1,
  tasks: [
    place('DO_WHILE', 'loop', {
      items: Array.from({ length: ROUNDS }, (_, i) => i),
      loopOver: [
        waitFor('tick'),
        place('SWITCH', 'pace', {
          inputParameters: { how: '${workflow.input.how}' },
          evaluatorType: 'value-param',
          expression: 'how',
          decisionCases: { work: [work('note')] },
          defaultCase: [],
        }),
      ],
    }),
  ],
  outputParameters: { order: '${workflow.input.order}' },
};

/** Two loops over the same events: each event does something to two executions, which may go well in one alone. */
const duet = {
  name: 'duet',
  version: 1,
  tasks: [
    place('FORK_JOIN', 'both', {
      forkTasks: [[child('rounds', 'slow', { how: 'work' })], [child('rounds', 'quick', { how: 'none' })]],
    }),
    place('JOIN', 'end', { joinOn: ['quick', 'slow'] }),
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

const ofEvent = { '$.order.id': '${workflow.input.order.id}' };

/** An event begins it, the next one of the same order ends it. */
const session = {
  name: 'session',
  version: 1,
  tasks: [place('WAIT_FOR_WEBHOOK', 'more', { inputParameters: { matches: ofEvent } })],
  outputParameters: { first: '${workflow.input.nonce}', second: '${more.output.nonce}' },
};

/** What events that are kept in order set going; busy itself, then in its child. Nothing in it fails for good. */
const step = {
  name: 'step',
  version: 1,
  tasks: [call, child('inner', 'inside')],
  outputParameters: { nonce: '${workflow.input.nonce}' },
};
const inner = { name: 'inner', version: 1, tasks: [call] };

/** Several of them wait for the same, and each event is for one of them alone. */
const crowd = {
  ...{ name: 'crowd', version: 1, tasks: [late.tasks[0], waitFor('cue')] },
  outputParameters: { order: '${cue.output.order.id}', nonce: '${cue.output.nonce}' },
};

/** Two that an event begins at once, unless it resumes one of them. */
const talk = { ...session, name: 'talk' };
const echo = { ...session, name: 'echo', tasks: [work('prepare'), ...session.tasks] };

const price = {
  name: 'price',
  version: 1,
  tasks: [{ ...work('quote'), cacheConfig: { key: '${order}', ttlInSecond: QUOTE_TTL_SECONDS } }],
  outputParameters: { order: '${quote.output.order}', made: '${quote.output.made}' },
};

const carry = {
  ...{ name: 'carry', version: 1, tasks: [work('carry')] },
  outputParameters: { order: '${carry.output.order}' },
};

/** Executions under one key that are at work at once. */
export const TURNS_AT_ONCE = 1;

/** Those of one order take turns. Nothing in it fails for good. */
const turns = {
  ...{
    name: 'turns',
    version: 1,
    tasks: [place('WAIT', 'sleep', { inputParameters: { duration: '1 seconds' } }), call],
  },
  rateLimitConfig: { rateLimitKey: '${workflow.input.order}', concurrentExecLimit: TURNS_AT_ONCE },
  outputParameters: { order: '${workflow.input.order}' },
};

export const WORKFLOW_DEFINITIONS = [
  ...[order, late, brief, family, rounds, duet, quick, log, once],
  ...[session, inner, step],
];
export const LATER_WORKFLOW_DEFINITIONS = [crowd, talk, echo, price, carry];
export const LATEST_WORKFLOW_DEFINITIONS = [turns];

/** For so long a wait that opens later finds an event of the webhook `brief`. */
export const TTL_SECONDS = 2;
/** For so long an id keeps repetitions out of the webhook `repeats`. */
export const WINDOW_SECONDS = 10;

const github = {
  sourcePlatform: 'Github',
  verifier: 'SIGNATURE_BASED',
  headerKey: 'X-Hub-Signature-256',
  secretValue: SECRET,
};
const orderKey = '${workflow.input.order.id}';

/** Where events are sent to. `orders` and `brief` end waits; `starts`, `keyed` and `lines` start executions; `sessions` does either. */
export const WEBHOOKS = {
  orders: { ...github, name: 'orders', receiverWorkflowNamesToVersions: { order: 1, late: 1, family: 1, rounds: 1 } },
  starts: { ...github, name: 'starts', workflowsToStart: { log: 1 } },
  keyed: {
    ...github,
    name: 'keyed',
    workflowsToStart: { once: 1, idempotencyKey: orderKey, idempotencyStrategy: 'RETURN_EXISTING' },
  },
  brief: {
    ...github,
    name: 'brief',
    receiverWorkflowNamesToVersions: { brief: 1 },
    matching: { ttlSeconds: TTL_SECONDS },
  },
  sessions: {
    ...github,
    name: 'sessions',
    receiverWorkflowNamesToVersions: { session: 1 },
    workflowsToStart: { session: 1, idempotencyKey: orderKey },
    matching: { startOrResume: true },
  },
  lines: { ...github, name: 'lines', workflowsToStart: { step: 1 }, matching: { orderBy: '$.order.id' } },
  repeats: {
    ...github,
    name: 'repeats',
    workflowsToStart: { log: 1 },
    dedup: { by: 'id', windowSeconds: WINDOW_SECONDS },
  },
} as const;

const alone = (deliver: string) =>
  ({ ...github, name: deliver, receiverWorkflowNamesToVersions: { crowd: 1 }, matching: { deliver } }) as const;

/** Those of the kinds that were added later. */
export const LATER_WEBHOOKS = {
  oldest: alone('oldest'),
  newest: alone('newest'),
  one: alone('one'),
  pairs: {
    ...github,
    name: 'pairs',
    receiverWorkflowNamesToVersions: { talk: 1, echo: 1 },
    workflowsToStart: { talk: 1, echo: 1, idempotencyKey: orderKey },
    matching: { startOrResume: true },
  },
} as const;

const telling = {
  url: 'http://receiver.example/hook',
  body: '{"workflowId": "$jobId", "status": "$jobStatus"}',
  triggerEvent: 'either',
};

/** What goes out, by workflow: each end of an `order`, each end of a `step`, these in the order of their line. */
export const FLOW_WEBHOOKS = {
  order: { ...telling, name: 'orders ended' },
  step: { ...telling, name: 'steps ended', orderKey },
};
