// Without a mouse: the palette, a webhook from first key to last, focus that is given back, and one layer closed at a time.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { type App, startApp } from './app.ts';
import { launchBrowser, openView } from './browser.ts';

let app: App;
let browser: Browser;

before(async () => {
  app = await startApp();
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await app?.close();
});

const isFocused = async (page: Page, target: Locator): Promise<boolean> =>
  (await target.and(page.locator(':focus')).count()) === 1;

/** More than any page has on the way. */
const MAX_TABS = 60;

async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let i = 0; i < MAX_TABS; i++) {
    if (await isFocused(page, target)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${target}`);
}

async function choose(page: Page, name: string, option: string): Promise<void> {
  await tabTo(page, page.getByRole('combobox', { name, exact: true }));
  await page.keyboard.type(option);
  await page.getByRole('option', { name: option, exact: true }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
}

test('a webhook is made by keys alone', async () => {
  const task = { name: 'w', taskReferenceName: 'w', type: 'WAIT_FOR_WEBHOOK', inputParameters: { matches: {} } };
  const made = await fetch(`${app.url}/api/metadata/workflow`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'by_keys', version: 1, tasks: [task] }),
  });
  assert.equal(made.status, 200);
  const { page, context, troubles } = await openView(browser, app.url);
  await page.goto('/');
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.keyboard.press('ControlOrMeta+k');
  const palette = page.getByPlaceholder('Page, workflow, webhook, or an execution id');
  await palette.and(page.locator(':focus')).waitFor();
  await page.keyboard.type('New Webhook');
  await page.getByRole('button', { name: /^New Webhook/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'New Webhook' }).waitFor();

  const name = page.getByRole('textbox', { name: 'Webhook name' });
  await tabTo(page, name);
  await page.keyboard.type('by keys');
  // Also from within a field; closing it leaves one where one was.
  await page.keyboard.press('ControlOrMeta+k');
  await palette.and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Escape');
  await palette.waitFor({ state: 'hidden' });
  await name.and(page.locator(':focus')).waitFor();

  await choose(page, 'Workflow to receive webhook event', 'by_keys');
  await choose(page, 'Source platform', 'GitHub');
  await tabTo(page, page.getByLabel(/^Secret/).first());
  await page.keyboard.type('typed-secret');
  await tabTo(page, page.getByRole('button', { name: 'Save', exact: true }));
  await page.keyboard.press('Enter');
  await page.getByText('Waiting for the first request…').waitFor();
  assert.deepEqual(troubles, []);
  await context.close();
});

test('a dialog holds the focus, Escape closes it, and the button that opened it has it again', async () => {
  const { page, context } = await openView(browser, app.url);
  await page.goto('/definitions/workflows/by_keys/webhooks?tab=deliveries');
  const opener = page.getByRole('button', { name: 'Resend failed…' });
  await opener.waitFor();
  const made = await fetch(`${app.url}/api/flows/by_keys/webhooks`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'tell', url: 'https://hooks.example.com/in' }),
  });
  assert.equal(made.status, 200);
  await page.reload();
  await page.locator('button:enabled', { hasText: 'Resend failed…' }).waitFor();
  await tabTo(page, opener);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press('Tab');
    assert.equal(await dialog.locator(':focus').count(), 1, 'Tab stays inside');
  }
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await opener.and(page.locator(':focus')).waitFor();
  await context.close();
});

test('a workflow is run, and a failed one retried, by keys alone', async () => {
  const send = (method: string, path: string, body: unknown) =>
    fetch(app.url + path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const task = { name: 'hold', taskReferenceName: 'hold', type: 'HUMAN' };
  assert.equal(
    (await send('POST', '/api/metadata/workflow', { name: 'typed', version: 1, tasks: [task] })).status,
    200,
  );
  const { page, context, troubles } = await openView(browser, app.url);
  await page.goto('/executions');
  await page.getByRole('heading', { level: 1, name: 'Executions' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.getByRole('heading', { level: 1, name: 'Run Workflow' }).waitFor();
  await choose(page, 'Workflow name', 'typed');
  const run = page.getByRole('main').getByRole('button', { name: 'Run Workflow' });
  await page.keyboard.press('Shift+Tab');
  await tabTo(page, run);
  await page.keyboard.press('Enter');
  await page.locator('h1 [data-status="RUNNING"]').waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';

  const failed = { workflowInstanceId: id, taskId: `${id}.1`, status: 'FAILED_WITH_TERMINAL_ERROR', outputData: {} };
  assert.equal((await send('POST', '/api/tasks', failed)).status, 200);
  await page.locator('h1 [data-status="FAILED"]').waitFor();
  await tabTo(page, page.getByRole('button', { name: 'Retry' }));
  await page.keyboard.press('Enter');
  await page.locator('h1 [data-status="RUNNING"]').waitFor();

  await page.keyboard.press('g');
  await page.keyboard.press('e');
  await page.getByRole('heading', { level: 1, name: 'Executions' }).waitFor();
  await page.locator('tbody tr').first().waitFor();
  await page.keyboard.press('/');
  await page.locator('[data-page-filter]:focus').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('h1').click();
  await page.keyboard.press('j');
  await page.locator('tbody tr[data-active]').waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/executions\/[^/]+$/);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  assert.deepEqual(troubles, []);
  await context.close();
});
