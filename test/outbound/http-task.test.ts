// HTTP tasks ask the same guard as deliveries: a server wired as it ships refuses an address inside of the network,
// and calls it only when the setting allows it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf, until } from '../../bench/api.ts';
import { startServer } from '../../src/server.ts';
import { receive } from './local-receiver.ts';

interface Execution {
  readonly status: string;
  readonly tasks: readonly { readonly status: string; readonly reasonForIncompletion?: string }[];
}

const LIMIT_MS = 30_000;

for (const [setting, status] of [
  ['', 'FAILED'],
  ['127.0.0.0/8', 'COMPLETED'],
] as const)
  test(`with ALLOWED_NETWORKS "${setting}" an HTTP task to loopback ends ${status}`, async (t) => {
    const receiver = await receive(t);
    const server = await startServer({
      ...{ host: '127.0.0.1', port: 0, logLevel: 'silent', allowedNetworks: setting === '' ? [] : [setting] },
      database: { type: 'sqlite', path: ':memory:' },
    });
    t.after(() => server.close());
    const api = apiOf(server.url);
    const http_request = { uri: receiver.url, method: 'GET' };
    const call = { name: 'call', taskReferenceName: 'call', type: 'HTTP', inputParameters: { http_request } };
    await api.call('PUT', '/api/metadata/workflow', [{ name: 'calls', version: 1, tasks: [call] }]);
    const id = await api.call('POST', '/api/workflow/calls', {});
    const read = async () => (await api.call('GET', `/api/workflow/${id}`)) as Execution;
    await until(async () => (await read()).status !== 'RUNNING', LIMIT_MS);
    const { status: ended, tasks } = await read();
    assert.equal(ended, status);
    assert.equal(receiver.requests.length, status === 'COMPLETED' ? 1 : 0);
    if (status === 'FAILED') assert.match(tasks[0]?.reasonForIncompletion ?? '', /loopback/);
  });
