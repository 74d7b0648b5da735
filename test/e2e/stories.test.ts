// The stories of the documentation by clicks alone, in a real browser against a real server on SQLite.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type App, startApp } from './app.ts';
import { launchBrowser, openView, type View } from './browser.ts';
import { type Receiver, startReceiver } from './receiver.ts';

let app: App;
let browser: Browser;
let receiver: Receiver;

before(async () => {
  app = await startApp();
  browser = await launchBrowser();
  receiver = await startReceiver();
});

after(async () => {
  await browser?.close();
  await app?.close();
  await receiver?.close();
});

async function story(run: (view: View) => Promise<void>): Promise<void> {
  const view = await openView(browser, app.url);
  try {
    await run(view);
    assert.deepEqual(view.troubles, [], 'no error of a script, of the console or of the policy');
  } finally {
    await view.context.close();
  }
}

const rail = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true });

/** Definitions › Workflow › Define Workflow › (+) › Wait for Webhook › input matches › Save. */
async function defineWaitingWorkflow(page: Page, name: string, path: string, value: string): Promise<void> {
  await rail(page, 'Workflow').click();
  await page.getByRole('link', { name: 'Define Workflow' }).first().click();
  await page.getByRole('textbox', { name: 'Workflow name' }).fill(name);
  await page.getByRole('button', { name: /^Add a task/ }).click();
  await page.getByRole('button', { name: /^Wait for Webhook/ }).click();
  await page.getByRole('button', { name: 'Add match' }).click();
  await page.getByRole('textbox', { name: 'JSON path' }).fill(path);
  await page.getByRole('textbox', { name: 'Expected value' }).fill(value);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: `${name} v1` }).waitFor();
}

/** Definitions › Workflow › Define Workflow › (+) › Set variables › Save: it completes at once. */
async function defineInstantWorkflow(page: Page, name: string): Promise<void> {
  await rail(page, 'Workflow').click();
  await page.getByRole('link', { name: 'Define Workflow' }).first().click();
  await page.getByRole('textbox', { name: 'Workflow name' }).fill(name);
  await page.getByRole('button', { name: /^Add a task/ }).click();
  await page.getByRole('button', { name: /^Set variables/ }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: `${name} v1` }).waitFor();
}

/** The common part of New Webhook; the platform's own fields are filled by the story. */
async function beginWebhook(page: Page, name: string, workflow: string, platform: string): Promise<void> {
  await rail(page, 'Webhooks').click();
  await page.getByRole('link', { name: 'New Webhook' }).first().click();
  await page.getByRole('textbox', { name: 'Webhook name' }).fill(name);
  await page.getByRole('combobox', { name: 'Workflow to receive webhook event', exact: true }).click();
  await page.getByRole('option', { name: workflow, exact: true }).click();
  await page.getByRole('combobox', { name: 'Source platform' }).click();
  await page.getByRole('option', { name: platform, exact: true }).click();
}

/** Saves and answers the generated URL. */
async function saveWebhook(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Waiting for the first request…').waitFor();
  await page.getByText('Unverified', { exact: true }).waitFor();
  return (await page.locator('[data-webhook-url]').textContent()) ?? '';
}

/** Run Workflow › choose › Run Workflow; answers the id of the execution, which is then on screen. */
async function runWorkflow(page: Page, name: string, status = 'RUNNING'): Promise<string> {
  await rail(page, 'Run Workflow').click();
  await page.getByRole('combobox', { name: 'Workflow name' }).click();
  await page.getByRole('option', { name, exact: true }).click();
  await page.getByRole('main').getByRole('button', { name: 'Run Workflow' }).click();
  await page.waitForURL(/\/executions\//);
  await page.locator(`h1 [data-status="${status}"]`).waitFor();
  return decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');
}

const post = (url: string, body: string, headers: Record<string, string>) =>
  fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body });

/** `t=<milliseconds>,sha256=<hex>`: the shown text begins with the same milliseconds. */
const signatureOf = (secret: string, signed: string): string =>
  `t=${signed.split('.')[0]},sha256=${createHmac('sha256', secret).update(signed).digest('hex')}`;

// First: they are shown as long as nothing of one's own has run.
test('the first steps of the overview work', () =>
  story(async ({ page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: 'Load the sample' }).click();
    const steps = page.getByRole('region', { name: 'First steps' });
    await steps.getByRole('button', { name: 'Run Workflow' }).click();
    await steps.getByRole('button', { name: 'Send the event' }).click();
    await steps.locator('li[data-done]').nth(2).waitFor();
    await steps.getByRole('link', { name: 'Open the execution' }).click();
    await page.locator('h1 [data-status="COMPLETED"]').waitFor();
  }));

test('story 1: workflow and webhook by clicks, run, a signed event completes it, the URL turns to Verified', () =>
  story(async ({ page }) => {
    await page.goto('/');
    await defineWaitingWorkflow(page, 'pull_request_opened', "$['action']", 'opened');
    await beginWebhook(page, 'repository', 'pull_request_opened', 'GitHub');
    await page.getByLabel('Secret', { exact: false }).first().fill('story-secret');
    const url = await saveWebhook(page);
    const webhookPage = page.url();
    const executionId = await runWorkflow(page, 'pull_request_opened');

    const body = JSON.stringify({ action: 'opened', number: 7 });
    const wrong = await post(url, body, { 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}` });
    assert.ok(wrong.status >= 400, 'a wrong signature is refused');
    await page.locator('h1 [data-status="RUNNING"]').waitFor();

    const digest = createHmac('sha256', 'story-secret').update(body).digest('hex');
    const right = await post(url, body, { 'X-Hub-Signature-256': `sha256=${digest}` });
    assert.equal(right.status, 200);
    // No reload: the live stream brings it.
    await page.locator('h1 [data-status="COMPLETED"]').waitFor();

    await page.goto(webhookPage);
    await page.locator('h1').getByText('Verified', { exact: true }).waitFor();
    const rows = page.getByRole('region', { name: 'Received events' }).getByRole('row');
    await rows.filter({ hasText: 'Refused' }).waitFor();
    await rows.filter({ hasText: executionId }).filter({ hasText: 'Yes' }).waitFor();
    const html = await page.content();
    assert.ok(!html.includes('story-secret'), 'a saved secret never comes back');
  }));

test('story 2: Slack sends its challenge, the page turns to Verified by itself, a message completes the workflow', () =>
  story(async ({ page }) => {
    await page.goto('/');
    await defineWaitingWorkflow(page, 'greet_member', "$['event']['type']", 'message');
    await beginWebhook(page, 'slack events', 'greet_member', 'Slack');
    const url = await saveWebhook(page);

    const early = await post(url, JSON.stringify({ event: { type: 'message' } }), {});
    assert.ok(early.status >= 400, 'before the challenge nothing is accepted');
    const challenge = await post(url, JSON.stringify({ type: 'url_verification', challenge: 'c0ffee' }), {});
    assert.deepEqual([challenge.status, await challenge.text()], [200, 'c0ffee']);
    await page.locator('h1').getByText('Verified', { exact: true }).waitFor();

    await runWorkflow(page, 'greet_member');
    const message = { type: 'event_callback', event_id: 'Ev1', event: { type: 'message', text: 'hello' } };
    assert.equal((await post(url, JSON.stringify(message), {})).status, 200);
    await page.locator('h1 [data-status="COMPLETED"]').waitFor();
  }));

test('story 3: a webhook task with Test, a run, and its delivery in the Webhooks tab of the execution', () =>
  story(async ({ page }) => {
    await page.goto('/');
    await defineInstantWorkflow(page, 'close_books');
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Webhooks' }).click();
    await page.getByRole('link', { name: 'Create webhook task' }).first().click();
    const form = page.getByRole('form', { name: 'Webhook task' });
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('channel');
    await page.getByRole('textbox', { name: 'URL' }).fill(`${receiver.url}/channel`);
    await page.getByRole('textbox', { name: 'Body' }).fill('{"text":"Job $jobId has completed. Status: $jobStatus."}');
    await page.getByLabel('Secret key', { exact: true }).fill('mySecret');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    const result = page.getByRole('region', { name: 'Result of the test' });
    await result.getByText('The receiver accepted the test').waitFor();
    const signed = (await result.getByRole('region', { name: 'Signed text' }).locator('code').textContent()) ?? '';
    const tested = receiver.requests.at(-1);
    assert.equal(tested?.signature, signatureOf('mySecret', signed), 'the shown text is the one that was signed');
    assert.match(tested?.body ?? '', /^{"text":"Job [\w-]+ has completed. Status: COMPLETED."}$/);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('region', { name: 'Webhooks of the flow' }).getByRole('link', { name: 'channel' }).waitFor();
    await form.waitFor({ state: 'detached' });

    const executionId = await runWorkflow(page, 'close_books', 'COMPLETED');
    await page.getByRole('tab', { name: 'Webhooks' }).click();
    const rows = page.getByRole('region', { name: 'Deliveries' }).getByRole('row');
    await rows.filter({ hasText: 'channel' }).filter({ hasText: 'Delivered' }).waitFor();
    const sent = receiver.requests.at(-1);
    assert.equal(sent?.body, `{"text":"Job ${executionId} has completed. Status: COMPLETED."}`);
    await page.getByRole('link', { name: 'channel' }).click();
    await page.getByRole('list', { name: 'Attempts' }).getByText('200').first().waitFor();
    await page.getByRole('link', { name: 'Trace' }).click();
    await page.getByRole('list', { name: 'The way from event to delivery' }).getByText('1 of 1 delivered').waitFor();
  }));
