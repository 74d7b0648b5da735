// The editor: diagram, forms and JSON are one model; what was done can be undone, moved, taken out, brought in and compared.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { stage } from './stage.ts';

const play = stage();

const noop = (name: string) => ({ name, taskReferenceName: name, type: 'NOOP' });
const order = async (page: Page) => page.locator('.task-card .task-name').allTextContents();
const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click();

test('add, drag, undo, redo; text and diagram are one', () =>
  play(async ({ page, call }) => {
    await call('POST', '/api/metadata/workflow', { name: 'three', version: 1, tasks: ['a', 'b', 'c'].map(noop) });
    await page.goto('/definitions/workflows/three');
    const card = (reference: string) => page.locator(`[data-reference="${reference}"]`);
    await card('c').waitFor();
    await card('c').dragTo(page.getByRole('button', { name: 'Add a task at position 1' }));
    await page.getByRole('button', { name: 'Undo' }).and(page.locator(':enabled')).waitFor();
    assert.deepEqual(await order(page), ['c', 'a', 'b']);
    await page.getByRole('button', { name: 'Undo' }).click();
    assert.deepEqual(await order(page), ['a', 'b', 'c']);
    await page.keyboard.press('ControlOrMeta+Shift+z');
    await page.getByRole('button', { name: 'Redo' }).and(page.locator(':disabled')).waitFor();
    assert.deepEqual(await order(page), ['c', 'a', 'b']);

    await page.getByRole('button', { name: 'Add a task at position 4' }).click();
    await page.getByRole('button', { name: /^Human/ }).click();
    await page.getByRole('textbox', { name: 'Reference name' }).fill('ask');
    await card('ask').waitFor();
    await tab(page, 'JSON');
    const editor = page.getByRole('textbox', { name: /JSON/ });
    await editor.getByText('"ask"').first().waitFor();

    // Text that is no JSON stays as it was typed, and says where it is wrong; the diagram keeps what it knew.
    await editor.click();
    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.type('!');
    await page.locator('.cm-lintRange-error').first().waitFor();
    await editor.getByText('!{').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled());
    await page.keyboard.press('Backspace');
    await page.locator('.cm-lintRange-error').first().waitFor({ state: 'detached' });

    // Leaving asks; staying keeps everything.
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Webhooks' }).click();
    const leave = page.getByRole('dialog', { name: 'Leave without saving?' });
    await leave.getByRole('button', { name: 'Cancel' }).click();
    await leave.waitFor({ state: 'hidden' });
    assert.deepEqual(await order(page), ['c', 'a', 'b', 'ask']);

    await page.keyboard.press('ControlOrMeta+s');
    const save = page.getByRole('dialog', { name: 'Save changes' });
    await save.locator('.cm-insertedLine, .cm-changedLine').first().waitFor();
    await save.getByRole('button', { name: 'Save version 2' }).click();
    await page.getByRole('heading', { level: 1, name: 'three v2' }).waitFor();
    const stored = JSON.parse(await call('GET', '/api/metadata/workflow/three'));
    assert.deepEqual(
      stored.tasks.map((task: { taskReferenceName: string }) => task.taskReferenceName),
      ['c', 'a', 'b', 'ask'],
    );
    await tab(page, 'Versions');
    await page.getByRole('button', { name: 'Compare' }).last().click();
    await page.getByText('From version 1 to what is in the editor').waitFor();
  }));

test('exported, changed, and imported again', () =>
  play(async ({ page, call }) => {
    await call('POST', '/api/metadata/workflow', { name: 'travels', version: 1, tasks: [noop('here')] });
    await page.goto('/definitions/workflows/travels');
    await page.getByRole('button', { name: 'More actions' }).click();
    const [exported] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Export JSON' }).click(),
    ]);
    assert.equal(exported.suggestedFilename(), 'travels.json');
    const text = readFileSync(await exported.path(), 'utf8');
    const changed = { ...JSON.parse(text), tasks: [noop('there')] };
    await page.getByRole('button', { name: 'More actions' }).click();
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('menuitem', { name: 'Import JSON…' }).click(),
    ]);
    await chooser.setFiles({
      name: 'x.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(changed)),
    });
    await page.locator('[data-reference="there"]').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('[data-reference="here"]').waitFor();
  }));

test('matches are picked by clicking in a received event', () =>
  play(async ({ page, call, url }) => {
    const wait = { ...noop('paid'), type: 'WAIT_FOR_WEBHOOK', inputParameters: { matches: {} } };
    await call('POST', '/api/metadata/workflow', { name: 'picks', version: 1, tasks: [wait] });
    const { id } = JSON.parse(
      await call('POST', '/api/metadata/webhook', {
        ...{ name: 'shop', sourcePlatform: 'Custom', verifier: 'HEADER_BASED', headers: { 'x-key': 'k' } },
        receiverWorkflowNamesToVersions: { picks: 1 },
      }),
    ) as { id: string };
    for (const event of ['paid', 'refunded', 'paid'])
      await fetch(`${url}/webhook/${id}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'x-key': 'k' },
        body: JSON.stringify({ event, order: { id: 7 } }),
      });
    await page.goto('/definitions/workflows/picks');
    await page.locator('[data-reference="paid"]').click();
    await page.getByText('Matches 3 of the last 3 events').waitFor();
    await page.getByRole('button', { name: 'Pick from a received event' }).click();
    await page.locator('.pick', { hasText: "$['event']" }).click();
    await page.getByText('Matches 2 of the last 3 events').waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'JSON path' }).inputValue(), "$['event']");
  }));
