// A whole server as a process of its own, and the official SDK's clients for it, as a user has them.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { OrkesClients, type Workflow } from '@io-orkes/conductor-javascript';
import { freePort, type ServerProcess, startServer } from '../../bench/server-process.ts';

const DEADLINE_MS = 20_000;
const LOOK_MS = 25;

export interface Sdk {
  /** Only inside of tests. */
  readonly clients: OrkesClients;
  readonly url: string;
  /** Registers a workflow of these tasks, version 1. */
  define(name: string, tasks: readonly object[], more?: object): Promise<void>;
  /** Looks again until the execution has this status. */
  until(id: string, status: string): Promise<Workflow>;
}

export function withSdk(name: string, suite: (sdk: Sdk) => void): void {
  describe(`the official SDK: ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'fermata-sdk-'));
    let server: ServerProcess;
    let clients: OrkesClients;
    before(async () => {
      server = await startServer({ databaseUrl: `sqlite:${join(folder, 'sdk.db')}`, port: await freePort() });
      clients = await OrkesClients.from({ serverUrl: `${server.url}/api` });
    });
    after(async () => {
      await server.kill();
      rmSync(folder, { recursive: true });
    });
    suite({
      get clients() {
        return clients;
      },
      get url() {
        return server.url;
      },
      define: (workflow, tasks, more = {}) =>
        clients
          .getMetadataClient()
          .registerWorkflowDef(
            { name: workflow, version: 1, tasks: [...tasks] as never, timeoutSeconds: 0, ...more },
            true,
          ),
      async until(id, status) {
        const giveUpAt = Date.now() + DEADLINE_MS;
        for (;;) {
          const execution = await clients.getWorkflowClient().getExecution(id);
          if (execution.status === status) return execution;
          assert.ok(
            Date.now() < giveUpAt,
            `${id} is ${execution.status}, not ${status}: ${execution.reasonForIncompletion}`,
          );
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        }
      },
    });
  });
}

/** How a refused call of the SDK ends. */
export const refusedWith = (pattern: RegExp) => (error: unknown) => {
  const text =
    error instanceof Error ? `${error.message} ${String((error as { cause?: unknown }).cause ?? '')}` : String(error);
  assert.match(text, pattern);
  return true;
};
