// Schedules, event handlers, secrets and variables: made, used, changed and removed by clicks alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noopWorkflow, stage } from './stage.ts';

const play = stage();

test('a schedule: its next runs before it is saved, run now, paused, changed, deleted', () =>
  play(async ({ page, call }) => {
    await call('POST', '/api/metadata/workflow', noopWorkflow('nightly_work'));
    await page.goto('/definitions/schedules');
    await page.getByRole('link', { name: 'New Schedule' }).first().click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('nightly');
    await page.getByRole('combobox', { name: 'Time zone' }).click();
    await page.getByRole('combobox', { name: 'Time zone' }).fill('Tokyo');
    await page.getByRole('option', { name: 'Asia/Tokyo' }).click();
    await page.getByRole('button', { name: 'Every day at 9' }).click();
    const next = page.locator('[data-next-runs] time');
    await next.filter({ hasText: '09:00:00 +09:00' }).first().waitFor();
    assert.equal(await next.count(), 5);
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Choose a workflow.').waitFor();
    await page.getByRole('combobox', { name: 'Workflow name' }).click();
    await page.getByRole('option', { name: 'nightly_work' }).click();
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: /^nightly\s+ACTIVE/ }).waitFor();

    await page.getByRole('button', { name: 'Run now' }).click();
    await page.getByRole('heading', { level: 1, name: /^nightly_work/ }).waitFor();
    const execution = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    await page.goto('/definitions/schedules/nightly');
    await page.getByRole('link', { name: execution }).waitFor();

    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('heading', { level: 1, name: /PAUSED/ }).waitFor();
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('switch', { name: 'Catch up on missed runs' }).check({ force: true });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('are caught up on').waitFor();
    const stored = JSON.parse(await call('GET', '/api/scheduler/schedules/nightly'));
    assert.deepEqual(
      [stored.paused, stored.runCatchupScheduleInstances, stored.zoneId, stored.startWorkflowRequest.input],
      [true, true, 'Asia/Tokyo', { day: '' }],
    );

    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Nothing is scheduled').waitFor();
  }));

test('an event handler: its condition decides, its action starts a workflow, the record says so', () =>
  play(async ({ page, call }) => {
    await call('POST', '/api/metadata/workflow', noopWorkflow('ship'));
    await page.goto('/definitions/event-handlers');
    await page.getByRole('link', { name: 'New Event Handler' }).first().click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('on paid');
    await page.getByRole('textbox', { name: 'Event', exact: true }).fill('shop:paid');
    await page.getByRole('textbox', { name: 'Condition' }).fill('$.amount > 10');
    await page.getByRole('combobox', { name: 'Workflow', exact: true }).click();
    await page.getByRole('option', { name: 'ship' }).click();
    await page.getByRole('textbox', { name: 'Input' }).fill('{"day":"${day}"}');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('It has not acted yet').waitFor();

    const send = async (payload: string) => {
      await page.getByRole('button', { name: 'Send an event' }).click();
      await page.getByRole('textbox', { name: 'Payload' }).fill(payload);
      await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    };
    await send('{"amount":20,"day":"monday"}');
    await page.getByRole('table').getByText('COMPLETED').waitFor();
    await send('{"amount":2}');
    await page.getByText('the condition does not hold').waitFor();
    await page.getByRole('table').getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: /^ship/ }).waitFor();
    const { workflowId, input } = JSON.parse(
      await call('GET', `/api/workflow/search?query=${encodeURIComponent('workflowType = "ship"')}`),
    ).results[0];
    assert.match(page.url(), new RegExp(workflowId));
    assert.equal(JSON.parse(input).day, 'monday');

    await page.goto('/definitions/event-handlers');
    const active = page.getByRole('switch', { name: 'on paid is active' });
    await active.waitFor({ state: 'attached' });
    const listed = Promise.withResolvers<void>();
    await page.route('**/api/event', async (route) => {
      if (route.request().method() === 'GET') await listed.promise;
      await route.continue();
    });
    const [atOnce] = await Promise.all([
      active.evaluate((input: { checked: boolean; click(): void }) => {
        input.click();
        return input.checked;
      }),
      page.waitForRequest((request) => request.method() === 'GET' && request.url().endsWith('/api/event')),
    ]);
    assert.equal(atOnce, false, 'off as soon as it is pressed');
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    assert.equal(await active.isChecked(), false, 'still off while the list is on its way');
    listed.resolve();
    await page.getByRole('link', { name: 'on paid' }).click();
    await page.getByRole('heading', { level: 1, name: /INACTIVE/ }).waitFor();
  }));

test('settings say how long things are kept', () =>
  play(async ({ page }) => {
    await page.goto('/settings');
    const kept = page.getByRole('region', { name: 'How long things are kept' });
    await kept.waitFor();
    assert.match((await kept.textContent()) ?? '', /Executionsfor everReceived events30 days/);
  }));

test('a secret goes in and never comes out; a variable is plain', () =>
  play(async ({ page, call }) => {
    await page.goto('/secrets');
    const save = async (word: string, name: string, value: string) => {
      await page.getByRole('button', { name: `Add a ${word}` }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill(name);
      await page.getByRole('textbox', { name: 'Value' }).fill(value);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    };
    await save('secret', 'api_key', 'tuba-in-the-cellar');
    await save('variable', 'host', 'shop.example');
    await page.getByText('shop.example').waitFor();
    await page.reload();
    await page.getByText('api_key').waitFor();
    assert.ok(!(await page.content()).includes('tuba-in-the-cellar'));
    await page.getByRole('button', { name: 'Replace api_key' }).click();
    assert.equal(await page.getByRole('textbox', { name: 'Value' }).inputValue(), '');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Copy ${workflow.secrets.api_key}' }).click();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), '${workflow.secrets.api_key}');
    await page.getByRole('button', { name: 'Delete api_key' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No secret yet.').waitFor();
    assert.equal(await call('GET', '/api/secrets'), '[]');
  }));
