// The few calls of the public API that benchmarks and kill tests need, and the definitions they run.

export interface Api {
  call(method: string, path: string, body?: unknown): Promise<unknown>;
}

export const SECRET = 'bench-secret';
export const WAIT_WORKFLOW = 'bench_wait';
export const STARTED_WORKFLOW = 'bench_started';

/** Talks JSON; text answers come back as text. Throws on anything outside 2xx. */
export function apiOf(url: string): Api {
  return {
    async call(method, path, body) {
      const answer = await fetch(url + path, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
      return answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
    },
  };
}

/** Holds until the event of its order comes, keeps a word of it, ends. */
export const waitDefinition = {
  name: WAIT_WORKFLOW,
  version: 1,
  tasks: [
    {
      name: 'paid',
      taskReferenceName: 'paid',
      type: 'WAIT_FOR_WEBHOOK',
      inputParameters: { matches: { '$.order.id': `\${workflow.input.order}` } },
    },
    {
      name: 'note',
      taskReferenceName: 'note',
      type: 'SET_VARIABLE',
      inputParameters: { action: `\${paid.output.action}` },
    },
  ],
  outputParameters: { order: `\${paid.output.order.id}` },
};

/** Started by an event; ends at once. */
export const startedDefinition = {
  name: STARTED_WORKFLOW,
  version: 1,
  tasks: [
    {
      name: 'note',
      taskReferenceName: 'note',
      type: 'SET_VARIABLE',
      inputParameters: { order: `\${workflow.input.order.id}` },
    },
  ],
};

/** Registers the definitions and a GitHub webhook; answers the path that events are sent to. */
export async function setUp(api: Api, options: { starts: boolean }): Promise<string> {
  await api.call('PUT', '/api/metadata/workflow', [waitDefinition, startedDefinition]);
  const webhook = (await api.call('POST', '/api/metadata/webhook', {
    name: 'bench',
    sourcePlatform: 'Github',
    verifier: 'SIGNATURE_BASED',
    headerKey: 'X-Hub-Signature-256',
    secretValue: SECRET,
    // As the floor tells repetitions: by the id of the delivery alone. By default contents are compared too.
    dedup: { by: 'id' },
    receiverWorkflowNamesToVersions: { [WAIT_WORKFLOW]: 1 },
    ...(options.starts && { workflowsToStart: { [STARTED_WORKFLOW]: 1 } }),
  })) as { id: string };
  return `/webhook/${webhook.id}`;
}

/** Starts one waiting execution for each key, some at a time. */
export async function startWaiting(api: Api, keys: readonly string[], atOnce = 64): Promise<void> {
  const left = keys.values();
  const worker = async (): Promise<void> => {
    for (const order of left) await api.call('POST', `/api/workflow/${WAIT_WORKFLOW}`, { order });
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** How many executions of a definition have a status. */
export async function count(api: Api, name: string, status: string): Promise<number> {
  const query = encodeURIComponent(`workflowType = ${name} AND status = ${status}`);
  const page = (await api.call('GET', `/api/workflow/search?size=1&query=${query}`)) as { totalHits: number };
  return page.totalHits;
}

/** Waits until `done` says so, looking every 50 ms; false when it took too long. */
export async function until(done: () => Promise<boolean>, deadlineMs: number): Promise<boolean> {
  const giveUpAt = Date.now() + deadlineMs;
  while (Date.now() < giveUpAt) {
    if (await done()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
