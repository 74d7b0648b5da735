// The same request as code: cURL, Conductor's JavaScript and Python SDKs. Values are written as JSON, which both languages read.
import type { StartWorkflowRequest } from '../../../src/http/contract/execution.ts';
import { curlCommand } from './curl.ts';

export const CODE_KINDS = { curl: 'cURL', javascript: 'JavaScript', python: 'Python' } as const;
export type CodeKind = keyof typeof CODE_KINDS;

/** Text that is a literal in JSON, JavaScript and Python alike. */
const literal = (value: unknown): string => JSON.stringify(value);

/** JSON text within Python source: parsed there, since Python spells true, false and null in its own way. */
const pythonJson = (value: unknown): string => `json.loads(${literal(JSON.stringify(value))})`;

/** Starting a workflow. `base` is the address of the server, with its slash. */
export function startCode(kind: CodeKind, base: string, request: StartWorkflowRequest): string {
  const api = new URL('api', base).href;
  switch (kind) {
    case 'curl':
      return curlCommand({
        method: 'POST',
        url: `${api}/workflow`,
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(request),
      });
    case 'javascript':
      return `import { orkesConductorClient, WorkflowExecutor } from '@io-orkes/conductor-javascript';

const client = await orkesConductorClient({ serverUrl: ${literal(api)} });
const id = await new WorkflowExecutor(client).startWorkflow(${JSON.stringify(request, null, 2)});
console.log(id);`;
    case 'python':
      return `import json
from conductor.client.configuration.configuration import Configuration
from conductor.client.http.models import StartWorkflowRequest
from conductor.client.orkes_clients import OrkesClients

clients = OrkesClients(Configuration(server_api_url=${literal(api)}))
request = StartWorkflowRequest(
${pythonFields(request)}
)
print(clients.get_workflow_client().start_workflow(request))`;
  }
}

const pythonFields = (request: StartWorkflowRequest): string =>
  Object.entries(request)
    .map(([key, value]) => `    ${snakeCase(key)}=${typeof value === 'object' ? pythonJson(value) : literal(value)},`)
    .join('\n');

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
