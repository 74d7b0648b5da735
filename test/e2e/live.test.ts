// Pages follow the server: tasks change state on screen, new rows wait below the pointer, and a restart loses and doubles nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type App, startApp } from './app.ts';
import { launchBrowser, openView } from './browser.ts';
import { call, waitForStatus } from './sample.ts';

let app: App;
let browser: Browser;

before(async () => {
  [app, browser] = await Promise.all([startApp(), launchBrowser()]);
});

after(async () => {
  await browser?.close();
  await app?.close();
});

const STEPS = ['pick', 'pack', 'weigh', 'label', 'ship'];

async function startSteps(): Promise<string> {
  const tasks = STEPS.map((name) => ({ name, taskReferenceName: name, type: 'SIMPLE' }));
  await call(app.url, 'PUT', '/api/metadata/workflow', [{ name: 'steps', version: 1, tasks }]);
  return call(app.url, 'POST', '/api/workflow', { name: 'steps', version: 1 });
}

async function finish(step: string): Promise<void> {
  let polled = '';
  while (polled === '') polled = await call(app.url, 'GET', `/api/tasks/poll/${step}?workerid=e2e`);
  const { taskId, workflowInstanceId } = JSON.parse(polled) as { taskId: string; workflowInstanceId: string };
  await call(app.url, 'POST', '/api/tasks', { taskId, workflowInstanceId, status: 'COMPLETED', outputData: {} });
}

const pill = (page: Page, state: string) => page.locator(`.live-pill[data-state="${state}"]`);

test('five tasks turn green one after the other, without a reload', async () => {
  const id = await startSteps();
  const { page, context, troubles } = await openView(browser, app.url);
  await page.goto(`/executions/${id}`);
  await pill(page, 'live').waitFor();
  for (const step of STEPS) {
    await page.locator(`[data-reference="${step}"]:not([data-tone="good"])`).waitFor();
    await finish(step);
    await page.locator(`[data-reference="${step}"][data-tone="good"]`).waitFor();
  }
  await page.locator('h1 [data-status="COMPLETED"]').waitFor();
  assert.deepEqual(troubles, []);
  await context.close();
});

test('rows hold still under the pointer, and new ones are counted above them', async () => {
  await startSteps();
  const { page, context } = await openView(browser, app.url);
  await page.goto('/executions');
  await pill(page, 'live').waitFor();
  const rows = page.getByRole('region', { name: 'Executions', exact: true }).locator('tbody tr');
  await rows.first().hover();
  const before = await rows.allTextContents();
  await startSteps();
  await page.getByRole('button', { name: '1 new' }).waitFor();
  assert.equal(await rows.count(), before.length);
  await page.getByRole('button', { name: '1 new' }).click();
  await rows.nth(before.length).waitFor();
  await context.close();
});

test('paused, the page stands still until one goes on', async () => {
  const id = await startSteps();
  const { page, context } = await openView(browser, app.url);
  await page.goto(`/executions/${id}`);
  const running = page.locator('h1 [data-status="RUNNING"]');
  await running.waitFor();
  await pill(page, 'live').click();
  await pill(page, 'paused').waitFor();
  await call(app.url, 'DELETE', `/api/workflow/${id}?reason=enough`);
  await waitForStatus(app.url, id, 'TERMINATED');
  await running.waitFor();
  await pill(page, 'paused').click();
  await page.locator('h1 [data-status="TERMINATED"]').waitFor();
  await context.close();
});

test('the server goes away and comes back: Reconnecting, then Live, no row lost or doubled', async () => {
  const { page, context, troubles } = await openView(browser, app.url);
  await page.goto('/executions?size=100');
  await pill(page, 'live').waitFor();
  const ids = async () => (await page.locator('td .mono.clip.dim').allTextContents()).sort();
  const rows = page.getByRole('region', { name: 'Executions', exact: true }).locator('tbody tr');
  await rows.first().waitFor();
  const before = await ids();
  await app.stop();
  await pill(page, 'reconnecting').waitFor();
  await app.start();
  const id = await startSteps();
  await pill(page, 'live').waitFor();
  await page.getByText(id).waitFor();
  assert.deepEqual(await ids(), [...before, id].sort());

  // A page that was opened while nobody answered goes on by itself as well.
  await page.goto('/');
  await pill(page, 'live').waitFor();
  // The code of the other pages is fetched when the browser has nothing else to do.
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => /assets\/executions-/.test(name)),
  );
  await app.stop();
  await pill(page, 'reconnecting').waitFor();
  await page.getByRole('link', { name: 'Executions', exact: true }).click();
  await page.getByRole('alert').getByText('The server does not answer').waitFor();
  await app.start();
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await rows.first().waitFor();
  assert.deepEqual(
    troubles.filter((trouble) => !/net::ERR_|status of 503/.test(trouble)),
    [],
  );
  await context.close();
});
