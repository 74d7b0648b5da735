// A server with hundreds of everything, some of it with names that want to break out of their cell: for pictures and for lists.
import { call } from './sample.ts';

/** More than a screen and more than a page of any list. */
const MANY = 240;
/** At most so many calls at once: the server is on the same machine. */
const AT_ONCE = 12;

const LONG = 'a_name_that_somebody_made_by_joining_every_department_of_the_company_with_underscores';
const SCRIPT = '<script>alert("hostile")</script>';
/** Right to left, with an override that would turn the rest of the row around. */
const REVERSED = 'שלום \u202Eevil';

async function each(count: number, make: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < count) await make(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

const name = (word: string, n: number): string => (n === 3 ? LONG : `${word}_${String(n).padStart(3, '0')}`);
const words = (n: number): string => (n === 1 ? SCRIPT : n === 2 ? REVERSED : `Number ${n} of many`);

/** The first kind is over at once, the others go on until somebody ends them. */
const TYPES = ['NOOP', 'HUMAN', 'WAIT_FOR_WEBHOOK'] as const;

async function define(url: string): Promise<void> {
  const defs = Array.from({ length: MANY }, (_, n) => ({
    name: name('flow', n),
    version: 1,
    description: words(n),
    tasks: [
      { name: 'step', taskReferenceName: 'step', type: TYPES[n % TYPES.length], inputParameters: { matches: {} } },
    ],
  }));
  await call(url, 'PUT', '/api/metadata/workflow', defs);
  const tasks = Array.from({ length: MANY }, (_, n) => ({
    name: name('task', n),
    description: words(n),
    retryCount: n % 5,
    ownerEmail: 'team@example.com',
  }));
  await call(url, 'POST', '/api/metadata/taskdefs', tasks);
}

async function makeRecords(url: string): Promise<string> {
  const ids: string[] = [];
  await each(MANY, async (n) => {
    const config = {
      name: n === 1 ? SCRIPT : name('hook', n),
      sourcePlatform: 'Custom',
      verifier: 'HEADER_BASED',
      headers: { 'x-key': 'demo' },
      receiverWorkflowNamesToVersions: { [name('flow', n)]: 1 },
    };
    ids[n] = (JSON.parse(await call(url, 'POST', '/api/metadata/webhook', config)) as { id: string }).id;
  });
  await each(MANY, (n) =>
    call(url, 'POST', '/api/scheduler/schedules', {
      name: name('every', n),
      cronExpression: `0 ${n % 60} 9 * * *`,
      paused: n % 3 === 0,
      startWorkflowRequest: { name: name('flow', n), version: 1 },
    }),
  );
  await each(MANY, (n) =>
    call(url, 'POST', '/api/event', {
      name: name('listens', n),
      event: `shop:${n}`,
      active: n % 4 !== 0,
      actions: [{ action: 'start_workflow', start_workflow: { name: name('flow', n) } }],
    }),
  );
  await each(MANY, (n) =>
    call(url, 'POST', '/api/schema', { name: name('shape', n), type: 'JSON', data: { type: 'object' } }),
  );
  await each(MANY, (n) => call(url, 'PUT', `/api/secrets/${name('secret', n)}`, 'value'));
  return ids[0] ?? '';
}

async function makeTraffic(url: string, receiver: string, webhook: string): Promise<void> {
  const flow = name('flow', 0);
  for (const path of ['shop', 'busy', 'gone'])
    await call(url, 'POST', `/api/flows/${flow}/webhooks`, {
      name: path,
      url: `${receiver}/${path}`,
      retryOnFailure: path === 'busy',
    });
  await each(MANY, async (n) => {
    const request = { name: name('flow', n % 9), version: 1, correlationId: words(n), input: { n } };
    const id = await call(url, 'POST', '/api/workflow', request);
    if (n % TYPES.length !== 0 && n % 5 === 0)
      await call(url, 'DELETE', `/api/workflow/${id}?reason=${encodeURIComponent(words(n))}`);
  });
  await each(MANY, (n) =>
    fetch(`${url}/webhook/${webhook}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'x-key': n % 4 === 0 ? 'wrong' : 'demo' },
      body: JSON.stringify({ event: words(n), n }),
    }),
  );
}

/** Answers the id of the webhook that received. */
export async function makeMany(url: string, receiver: string): Promise<string> {
  await define(url);
  const webhook = await makeRecords(url);
  await makeTraffic(url, receiver, webhook);
  return webhook;
}
