// Every page of the web app with something on it: one list for pictures and for the accessibility check.
import type { Page } from 'playwright-core';
import type { Sample } from './sample.ts';

export interface Scene {
  readonly name: string;
  readonly path: string;
  /** What is done before one looks: open a dialog, choose a tab. */
  readonly prepare?: (page: Page) => Promise<unknown>;
  /** What it asks for is not there: the browser notes the 404 in its console. */
  readonly misses?: boolean;
  /** The server does not answer. */
  readonly offline?: boolean;
}

export const expectedTrouble = ({ misses = false, offline = false }: Scene, trouble: string): boolean =>
  (misses && trouble.includes('the server responded with a status of 404')) ||
  (offline && trouble.includes('net::ERR_'));

const open = (label: string | RegExp) => (page: Page) => page.getByRole('button', { name: label }).first().click();

/** Pages and dialogs of a server that holds the sample. */
export function scenes({ executions, webhooks, flowWebhooks }: Sample): readonly Scene[] {
  const execution = (name: string, query = '') => `/executions/${executions[name] ?? ''}${query}`;
  const webhook = (name: string, query = '') => `/definitions/webhooks/${webhooks[name] ?? ''}${query}`;
  const flow = (path: string) => `/definitions/workflows/await_payment${path}`;
  return [
    { name: 'overview', path: '/' },
    { name: 'executions', path: '/executions' },
    { name: 'executions-nothing-fits', path: '/executions?text=no-such-thing' },
    {
      name: 'executions-selection',
      path: '/executions',
      prepare: (page) => page.getByRole('checkbox', { name: 'Select all rows' }).check({ force: true }),
    },
    { name: 'execution-running', path: execution('running') },
    { name: 'execution-failed', path: execution('failed', `?task=${executions.failed}.1`) },
    { name: 'execution-retrying', path: execution('retrying') },
    { name: 'execution-waiting', path: execution('waiting', `?task=${executions.waiting}.1`) },
    { name: 'execution-loop', path: execution('report') },
    { name: 'execution-timeline', path: execution('report', '?tab=timeline') },
    { name: 'execution-tasks', path: execution('report', '?tab=tasks') },
    { name: 'execution-data', path: execution('paid', '?tab=data') },
    { name: 'execution-json', path: execution('paid', '?tab=json') },
    { name: 'execution-terminate', path: execution('waiting'), prepare: open('Terminate') },
    { name: 'execution-unknown', path: '/executions/no-such-execution', misses: true },
    { name: 'run', path: '/run?name=await_payment' },
    { name: 'workflows', path: '/definitions/workflows' },
    { name: 'workflow', path: '/definitions/workflows/order_fulfilment' },
    { name: 'workflow-json', path: '/definitions/workflows/order_fulfilment?tab=json' },
    { name: 'workflow-settings', path: '/definitions/workflows/await_payment?tab=settings' },
    {
      name: 'workflow-versions',
      path: '/definitions/workflows/await_payment?tab=versions',
      prepare: (page) => page.getByRole('button', { name: 'Compare' }).last().click(),
    },
    { name: 'workflow-palette', path: '/definitions/workflows/await_payment', prepare: open(/^Add a task/) },
    { name: 'workflow-new', path: '/definitions/new-workflow' },
    {
      name: 'workflow-save',
      path: '/definitions/workflows/await_payment?tab=settings',
      prepare: async (page) => {
        await page.getByRole('textbox', { name: 'Description' }).fill('Changed words');
        await page.getByRole('button', { name: 'Save', exact: true }).click();
      },
    },
    { name: 'tasks', path: '/definitions/tasks' },
    { name: 'task', path: '/definitions/tasks/pack' },
    { name: 'events-unmatched', path: '/events' },
    { name: 'events', path: '/events?show=all' },
    {
      name: 'events-rematch',
      path: '/events',
      prepare: async (page) => {
        await page.getByRole('checkbox', { name: 'Select all rows' }).click();
        await page.getByRole('button', { name: 'Match again…' }).click();
      },
    },
    { name: 'webhook-secrets', path: webhook('payments', '?tab=secrets') },
    { name: 'executions-views', path: '/executions', prepare: open('Views') },
    { name: 'schedules', path: '/definitions/schedules' },
    { name: 'schedule-new', path: '/definitions/new-schedule?from=nightly_report' },
    { name: 'event-handlers', path: '/definitions/event-handlers' },
    { name: 'event-handler-new', path: '/definitions/new-event-handler' },
    { name: 'schemas', path: '/definitions/schemas' },
    { name: 'schema-new', path: '/definitions/new-schema' },
    { name: 'secrets', path: '/secrets' },
    { name: 'secret-new', path: '/secrets', prepare: open('Add a secret') },
    { name: 'webhooks', path: '/definitions/webhooks' },
    {
      name: 'webhook-new',
      path: '/definitions/new-webhook',
      prepare: async (page) => {
        await page.getByRole('combobox', { name: 'Source platform' }).click();
        await page.getByRole('option', { name: 'Custom', exact: true }).click();
        await page.getByRole('switch', { name: 'Start workflow when webhook events come' }).click();
        await page.getByRole('button', { name: 'Save', exact: true }).click();
      },
    },
    { name: 'webhook-events', path: webhook('payments') },
    { name: 'webhook-unverified', path: webhook('slack') },
    { name: 'webhook-settings', path: webhook('shop', '?tab=settings') },
    { name: 'webhook-code', path: webhook('payments', '?tab=code') },
    {
      name: 'event',
      path: webhook('payments'),
      prepare: async (page) => {
        await page.getByRole('row').filter({ hasText: 'Yes' }).getByRole('link').first().click();
        await page.getByRole('list', { name: 'What became of the event' }).waitFor();
      },
    },
    {
      name: 'event-why',
      path: webhook('payments'),
      prepare: async (page) => {
        await page.getByRole('row').filter({ hasText: 'Verified' }).first().getByRole('link').first().click();
        await page.getByRole('tab', { name: 'Why it matched or not' }).click();
      },
    },
    { name: 'flow-webhooks', path: flow('/webhooks') },
    { name: 'flow-webhook-new', path: flow('/new-webhook') },
    {
      name: 'flow-webhook-test',
      path: flow(`/webhooks/${flowWebhooks.accounting}`),
      prepare: async (page) => {
        await page.locator('summary').click();
        await page.getByRole('button', { name: 'Test', exact: true }).click();
        await page.getByRole('region', { name: 'Result of the test' }).waitFor();
      },
    },
    { name: 'flow-deliveries', path: flow('/webhooks?tab=deliveries') },
    { name: 'flow-deliveries-nothing-fits', path: flow('/webhooks?tab=deliveries&find=no-such-thing') },
    {
      name: 'flow-resend-failed',
      path: flow('/webhooks?tab=deliveries'),
      prepare: async (page) => {
        await page.getByRole('button', { name: 'Resend failed…' }).click();
        await page
          .getByRole('dialog')
          .getByRole('button', { name: /^Resend \d/ })
          .waitFor();
      },
    },
    {
      name: 'delivery',
      path: flow('/webhooks?tab=deliveries&status=FAILED'),
      prepare: async (page) => {
        await page.getByRole('region', { name: 'Deliveries' }).getByRole('link', { name: 'Stock' }).first().click();
        await page.getByRole('list', { name: 'Attempts' }).waitFor();
      },
    },
    { name: 'execution-webhooks', path: execution('paid', '?tab=webhooks') },
    { name: 'execution-webhooks-none', path: execution('waiting', '?tab=webhooks') },
    { name: 'trace', path: execution('paid', '/trace') },
    { name: 'trace-held', path: execution('waiting', '/trace') },
    { name: 'trace-running', path: execution('running', '/trace') },
    { name: 'trace-unknown', path: '/executions/no-such-execution/trace', misses: true },
    {
      name: 'trace-of-event',
      path: webhook('payments'),
      prepare: async (page) => {
        await page.getByRole('row').filter({ hasText: 'Yes' }).getByRole('link').first().click();
        await page.getByRole('link', { name: 'Trace' }).click();
        await page.getByRole('list', { name: 'The way from event to delivery' }).waitFor();
      },
    },
    {
      name: 'trace-no-match',
      path: webhook('payments'),
      prepare: async (page) => {
        await page.getByRole('row').filter({ hasText: 'Verified' }).first().getByRole('link').first().click();
        await page.getByRole('link', { name: 'Trace' }).click();
        await page.getByRole('region', { name: 'Why it did not wake anybody' }).waitFor();
      },
    },
    { name: 'queues', path: '/queues' },
    {
      name: 'api-reference',
      path: '/api-reference?find=webhook-events',
      prepare: (page) => page.locator('.api-line').first().click(),
    },
    { name: 'settings', path: '/settings' },
    { name: 'palette', path: '/', prepare: (page) => page.keyboard.press('ControlOrMeta+k') },
    { name: 'shortcuts', path: '/', prepare: (page) => page.keyboard.press('?') },
    { name: 'not-found', path: '/nowhere' },
  ];
}

/** Pages of a server that has nothing yet. */
export const EMPTY_SCENES: readonly Scene[] = [
  { name: 'empty-overview', path: '/' },
  { name: 'empty-executions', path: '/executions' },
  { name: 'empty-run', path: '/run' },
  { name: 'empty-workflows', path: '/definitions/workflows' },
  { name: 'empty-tasks', path: '/definitions/tasks' },
  { name: 'empty-webhooks', path: '/definitions/webhooks' },
  { name: 'empty-queues', path: '/queues' },
  { name: 'empty-flow', path: '/definitions/workflows/nobody/webhooks', misses: true },
];

/** Pages while the server is away; what they show does not depend on what it holds. */
export const OFFLINE_SCENES: readonly Scene[] = [
  { name: 'offline-overview', path: '/' },
  { name: 'offline-executions', path: '/executions' },
  { name: 'offline-execution', path: '/executions/any' },
  { name: 'offline-workflows', path: '/definitions/workflows' },
  { name: 'offline-flow', path: '/definitions/workflows/any/webhooks' },
  { name: 'offline-webhooks', path: '/definitions/webhooks' },
  { name: 'offline-trace', path: '/executions/any/trace' },
].map((scene) => ({ ...scene, offline: true }));

/** Pages of a server that holds hundreds of everything (many.ts); `webhook` is the one that received. */
export const manyScenes = (webhook: string): readonly Scene[] =>
  [
    { name: 'overview', path: '/' },
    { name: 'executions', path: '/executions?size=100' },
    { name: 'workflows', path: '/definitions/workflows' },
    { name: 'tasks', path: '/definitions/tasks' },
    { name: 'webhooks', path: '/definitions/webhooks' },
    { name: 'webhook', path: `/definitions/webhooks/${webhook}` },
    { name: 'events', path: '/events?show=all' },
    { name: 'schedules', path: '/definitions/schedules' },
    { name: 'event-handlers', path: '/definitions/event-handlers' },
    { name: 'schemas', path: '/definitions/schemas' },
    { name: 'secrets', path: '/secrets' },
    { name: 'deliveries', path: '/definitions/workflows/flow_000/webhooks?tab=deliveries' },
    { name: 'queues', path: '/queues' },
    { name: 'run', path: '/run' },
    { name: 'palette', path: '/', prepare: (page: Page) => page.keyboard.press('ControlOrMeta+k') },
  ].map((scene) => ({ ...scene, name: `many-${scene.name}` }));

const API = '**/api/**';

/** Opens a scene and waits until nothing is loading any more. */
export async function visit(page: Page, { path, prepare, offline = false }: Scene): Promise<void> {
  if (offline) await page.route(API, (route) => route.abort());
  else await page.unroute(API);
  await page.goto(path);
  await page
    .locator(offline ? 'main [role="alert"]' : 'h1')
    .first()
    .waitFor();
  await prepare?.(page);
  // The policy of the page forbids evaluating text, so waiting is done with locators only.
  await page.locator('.waiting').first().waitFor({ state: 'detached' });
  await page.waitForLoadState('load');
  await page.locator('.live-pill[data-state="connecting"]').waitFor({ state: 'detached' });
}
