// Every state is an address: tabs and selections survive a reload, back and forward; links are links; what is copied works.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { noopWorkflow, stage } from './stage.ts';

const play = stage();

/** Answers what a command of a shell prints. Throws when it fails. The server is in this process, so nothing may block it. */
const run = async (command: string): Promise<string> => (await promisify(execFile)('sh', ['-c', command])).stdout;

test('tabs and selections of an execution survive reload, back and forward', () =>
  play(async ({ page, call }) => {
    await call('POST', '/api/metadata/workflow', noopWorkflow('kept'));
    const id = await call('POST', '/api/workflow', { name: 'kept', version: 1 });
    const tabs = ['Diagram', 'Timeline', 'Tasks', 'Input / Output', 'Webhooks', 'JSON'];
    await page.goto(`/executions/${id}`);
    for (const name of tabs) {
      await page.getByRole('tab', { name, exact: true }).click();
      await page.getByRole('tab', { name, exact: true, selected: true }).waitFor();
      await page.reload();
      await page.getByRole('tab', { name, exact: true, selected: true }).waitFor();
    }
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.locator('.timeline-row').click();
    const panel = page.getByRole('region', { name: 'Task nothing' });
    await panel.getByRole('tab', { name: 'Definition' }).click();
    await panel.getByRole('tab', { name: 'Definition', selected: true }).waitFor();
    await page.reload();
    await panel.getByRole('tab', { name: 'Definition', selected: true }).waitFor();
    await page.getByRole('link', { name: 'Trace' }).click();
    await page.getByRole('heading', { level: 1, name: 'Trace' }).waitFor();
    await page.goBack();
    await panel.getByRole('tab', { name: 'Definition', selected: true }).waitFor();
    await page.getByRole('tab', { name: 'Timeline', selected: true }).waitFor();
    await page.goForward();
    await page.getByRole('heading', { level: 1, name: 'Trace' }).waitFor();
  }));

test('tabs of all other pages, and filters, survive a reload', () =>
  play(async ({ page, call, url }) => {
    await call('POST', '/api/metadata/workflow', noopWorkflow('tabbed'));
    const config = {
      ...{ name: 'hook', sourcePlatform: 'Custom', verifier: 'HEADER_BASED', headers: { 'x-key': 'k' } },
      receiverWorkflowNamesToVersions: { tabbed: 1 },
    };
    const { id } = JSON.parse(await call('POST', '/api/metadata/webhook', config)) as { id: string };
    await fetch(`${url}/webhook/${id}`, { method: 'POST', headers: { 'x-key': 'k' }, body: 'hello' });
    const [event] = JSON.parse(await call('GET', `/api/webhook-events?webhookId=${id}`)) as { eventId: string }[];
    const pages: readonly (readonly [string, readonly string[]])[] = [
      [`/definitions/webhooks/${id}`, ['Settings', 'Secrets', 'Guide', 'Code', 'Events']],
      [`/events/${event?.eventId}`, ['Headers', 'Why it matched or not', 'Body']],
      ['/definitions/workflows/tabbed', ['JSON', 'Workflow', 'Versions', 'Task']],
      ['/definitions/workflows/tabbed/webhooks', ['Deliveries', 'Webhook tasks']],
    ];
    for (const [path, tabs] of pages) {
      await page.goto(path);
      for (const name of tabs) {
        await page.getByRole('tab', { name, exact: true }).click();
        await page.getByRole('tab', { name, exact: true, selected: true }).waitFor();
        await page.reload();
        await page.getByRole('tab', { name, exact: true, selected: true }).waitFor();
      }
    }
    for (const [path, chip] of [
      ['/executions', 'FAILED'],
      ['/events', 'Refused'],
    ] as const) {
      await page.goto(path);
      await page.getByText(chip, { exact: true }).first().click();
      await page.locator('label[data-checked]', { hasText: chip }).waitFor();
      await page.reload();
      await page.locator('label[data-checked]', { hasText: chip }).waitFor();
    }
  }));

/** Whether the page leaves the next middle click to the browser, which then opens a tab. */
const LEFT_TO_THE_BROWSER = `new Promise((resolve) => addEventListener('auxclick', (event) => {
  resolve(!event.defaultPrevented && event.target.closest('a')?.href);
  event.preventDefault();
}, { once: true }))`;

// The tab itself is opened by hand: the driver of the browser now and then misses one that a click has opened.
test('a middle click opens a tab, and an id that is not there is said in words', () =>
  play(async ({ page, context, call, troubles }) => {
    await call('POST', '/api/metadata/workflow', noopWorkflow('opened'));
    await page.goto('/definitions/workflows');
    const link = page.getByRole('link', { name: 'opened', exact: true });
    await link.waitFor();
    const [address] = await Promise.all([
      page.evaluate<string | false>(LEFT_TO_THE_BROWSER),
      link.click({ button: 'middle' }),
    ]);
    assert.ok(address, 'the page does nothing of its own with a middle click on a link');
    const other = await context.newPage();
    await other.goto(address);
    await other.getByRole('heading', { level: 1, name: 'opened v1' }).waitFor();
    for (const [path, words] of [
      ['/executions/nobody', 'There is no such execution'],
      ['/definitions/workflows/nobody', 'There is no such workflow'],
      ['/definitions/webhooks/nobody', 'There is no such webhook'],
      ['/events/nobody', 'There is no such event'],
      ['/deliveries/nobody', 'There is no such delivery'],
      ['/definitions/schedules/nobody', 'There is no such schedule'],
    ] as const) {
      await page.goto(path);
      await page.getByText(words).waitFor();
      await page.getByRole('link', { name: 'Overview' }).last().waitFor();
    }
    const known = (trouble: string) => trouble.includes('the server responded with a status of 404');
    troubles.splice(0, troubles.length, ...troubles.filter((trouble) => !known(trouble)));
  }));

test('what is copied is what is shown, and a copied command does what it says', () =>
  play(async ({ page, call }) => {
    await call('POST', '/api/metadata/workflow', noopWorkflow('copied'));
    const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()');
    await page.goto('/run?name=copied');
    const shown = page.getByRole('region', { name: /cURL/ }).first();
    await shown.waitFor();
    const text = (await shown.textContent()) ?? '';
    await page
      .getByRole('button', { name: /^Copy .*curl/i })
      .first()
      .click();
    assert.equal(await clipboard(), text);
    const id = await run(text.replace('curl ', 'curl -sS '));
    await page.goto(`/executions/${id}`);
    await page.locator('h1 [data-status="COMPLETED"]').waitFor();
    await page.getByRole('button', { name: 'Copy execution id' }).click();
    assert.equal(await clipboard(), id);
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Copy as cURL' }).click();
    assert.equal(JSON.parse(await run((await clipboard()).replace('curl ', 'curl -sS '))).workflowId, id);
  }));

test('the cURL of a webhook carries a right signature', () =>
  play(async ({ page, call }) => {
    await call('POST', '/api/metadata/workflow', noopWorkflow('signed'));
    const { id } = JSON.parse(
      await call('POST', '/api/metadata/webhook', {
        ...{ name: 'repository', sourcePlatform: 'Github', verifier: 'SIGNATURE_BASED', secretValue: 'typed-in' },
        headerKey: 'X-Hub-Signature-256',
        receiverWorkflowNamesToVersions: { signed: 1 },
      }),
    ) as { id: string };
    await page.goto(`/definitions/webhooks/${id}?tab=code`);
    await page
      .getByRole('tabpanel', { name: 'Code' })
      .getByLabel(/^Secret/)
      .fill('typed-in');
    const command = page.getByRole('region', { name: 'cURL command' });
    await command.getByText('X-Hub-Signature-256').waitFor();
    await run(`${(await command.textContent()) ?? ''} -sS --fail`);
    await page.locator('h1').getByText('Verified', { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Events' }).click();
    await page.getByRole('region', { name: 'Received events' }).getByText('Verified').waitFor();
  }));
