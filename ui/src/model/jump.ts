// Where the palette can take one: pages, things by name, and ids as they are pasted from a log.
import type { WorkflowDef } from '../../../src/core/model.ts';
import type { WorkflowSummary } from '../../../src/http/contract/execution.ts';
import type { WebhookConfig } from '../../../src/http/contract/webhook.ts';

export interface Jump {
  readonly id: string;
  readonly kind: 'page' | 'make' | 'run' | 'workflow' | 'webhook' | 'execution' | 'search';
  readonly label: string;
  readonly about: string;
  /** Path with its query. */
  readonly to: string;
}

export interface JumpSource {
  readonly defs: readonly Pick<WorkflowDef, 'name' | 'version' | 'description'>[];
  readonly webhooks: readonly Pick<WebhookConfig, 'id' | 'name' | 'sourcePlatform'>[];
  readonly recent: readonly Pick<WorkflowSummary, 'workflowId' | 'workflowType' | 'status' | 'correlationId'>[];
}

const page = (label: string, to: string, about: string): Jump => ({ id: to, kind: 'page', label, about, to });

const PAGES: readonly Jump[] = [
  page('Overview', '/', 'What runs, what fails, what to look at'),
  page('Executions', '/executions', 'Search what ran and what runs'),
  page('Failed executions', '/executions?status=FAILED,TIMED_OUT', 'Executions, filtered'),
  { ...page('Run Workflow', '/run', 'Start an execution'), kind: 'run' },
  page('Workflow definitions', '/definitions/workflows', 'Definitions › Workflow'),
  page('Task definitions', '/definitions/tasks', 'Definitions › Task'),
  page('Webhooks', '/definitions/webhooks', 'Definitions › Webhooks'),
  page('Schedules', '/definitions/schedules', 'Definitions › Schedules'),
  page('Event handlers', '/definitions/event-handlers', 'Definitions › Event handlers'),
  page('Schemas', '/definitions/schemas', 'Definitions › Schemas'),
  page('Secrets & environment', '/secrets', 'Values that workflows refer to by name'),
  { ...page('New Schedule', '/definitions/new-schedule', 'Start a workflow by the clock'), kind: 'make' },
  { ...page('New Schema', '/definitions/new-schema', 'What inputs and outputs must look like'), kind: 'make' },
  { ...page('New Event Handler', '/definitions/new-event-handler', 'React to messages'), kind: 'make' },
  { ...page('Define Workflow', '/definitions/new-workflow', 'A new workflow definition'), kind: 'make' },
  { ...page('New Webhook', '/definitions/new-webhook', 'A new inbound address'), kind: 'make' },
  { ...page('Define Task', '/definitions/new-task', 'Retries and timeouts of a worker task'), kind: 'make' },
  page('Received events', '/events?show=all', 'What came to all webhooks'),
  page('Unmatched inbox', '/events', 'Received events that did nothing'),
  page('Queues & workers', '/queues', 'Depths, pollers, who is missing'),
  page('API reference', '/api-reference', 'Every call, with cURL'),
  page('Settings', '/settings', 'Appearance, time zone, about'),
];

/** Shown per kind: more would push the others out of sight. */
const MOST_OF_A_KIND = 8;
const ID = /^[\w.:~@-]{8,255}$/;

/** Entries for what is typed: all words must occur. Nothing typed: the pages. */
export function jumpsFor(typed: string, source: JumpSource): Jump[] {
  const query = typed.trim();
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (jump: Jump) => {
    const text = `${jump.label} ${jump.about}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const pages = PAGES.filter(fits);
  if (words.length === 0) return pages;
  return [...pages, ...things(source, fits), ...byId(query, source)];
}

function things({ defs, webhooks, recent }: JumpSource, fits: (jump: Jump) => boolean): Jump[] {
  const latest = new Map<string, JumpSource['defs'][number]>();
  for (const def of defs) if ((latest.get(def.name)?.version ?? 0) <= def.version) latest.set(def.name, def);
  const workflows = [...latest.values()].flatMap((def): Jump[] => {
    const name = encodeURIComponent(def.name);
    return [
      {
        id: `workflow:${def.name}`,
        kind: 'workflow',
        label: def.name,
        about: `Workflow, version ${def.version}${def.description ? ` · ${def.description}` : ''}`,
        to: `/definitions/workflows/${name}`,
      },
      { id: `run:${def.name}`, kind: 'run', label: `Run ${def.name}`, about: 'Run Workflow', to: `/run?name=${name}` },
    ];
  });
  const hooks = webhooks.map(
    ({ id = '', name, sourcePlatform }): Jump => ({
      id: `webhook:${id}`,
      kind: 'webhook',
      label: name,
      about: `Webhook${sourcePlatform ? ` from ${sourcePlatform}` : ''}`,
      to: `/definitions/webhooks/${encodeURIComponent(id)}`,
    }),
  );
  const executions = recent.map(
    (row): Jump => ({
      id: `execution:${row.workflowId}`,
      kind: 'execution',
      label: row.workflowType,
      about: `${row.status} · ${row.workflowId}${row.correlationId ? ` · ${row.correlationId}` : ''}`,
      to: `/executions/${encodeURIComponent(row.workflowId)}`,
    }),
  );
  return [workflows, hooks, executions].flatMap((kind) => kind.filter(fits).slice(0, MOST_OF_A_KIND));
}

/** A text without blanks may be an id (a task id carries that of its execution), and any text may stand in a payload. */
function byId(query: string, { recent }: JumpSource): Jump[] {
  const search: Jump = {
    id: 'search',
    kind: 'search',
    label: `Find “${query}” in executions`,
    about: 'Searches ids, inputs and outputs',
    to: `/executions?text=${encodeURIComponent(query)}`,
  };
  const known = recent.some(({ workflowId }) => workflowId === query);
  if (known || !ID.test(query)) return [search];
  const coded = encodeURIComponent(query);
  const open = (kind: 'execution' | 'webhook', label: string, to: string): Jump => ({
    id: `${label}:${query}`,
    kind,
    label,
    about: query,
    to,
  });
  return [
    search,
    open('execution', 'Open execution', `/executions/${coded}`),
    open('webhook', 'Open received event', `/events/${coded}`),
  ];
}
