// Every page of the web app with something on it: one list for pictures and for the accessibility check.
import type { Page } from 'playwright-core';
import type { Sample } from './sample.ts';

export interface Scene {
  readonly name: string;
  readonly path: string;
  /** What is done before one looks: open a dialog, choose a tab. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

const open = (label: string | RegExp) => (page: Page) => page.getByRole('button', { name: label }).first().click();

/** Pages and dialogs of a server that holds the sample. */
export function scenes({ executions, webhooks }: Sample): readonly Scene[] {
  const execution = (name: string, query = '') => `/executions/${executions[name] ?? ''}${query}`;
  const webhook = (name: string, query = '') => `/definitions/webhooks/${webhooks[name] ?? ''}${query}`;
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
    { name: 'execution-unknown', path: '/executions/no-such-execution' },
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
];

/** Fonts, menus and the first answers of the live stream: pictures are not asserted on, so a pause is enough. */
const SETTLE_MS = 350;

/** Opens a scene and waits until nothing is loading any more. */
export async function visit(page: Page, { path, prepare }: Scene): Promise<void> {
  await page.goto(path);
  await page.locator('h1').first().waitFor();
  await prepare?.(page);
  // The policy of the page forbids evaluating text, so waiting is done with locators only.
  await page.locator('.waiting').first().waitFor({ state: 'detached' });
  await page.waitForLoadState('load');
  await page.waitForTimeout(SETTLE_MS);
}
