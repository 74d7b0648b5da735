// What is large stays light: of 1,000 tasks only those in view are in the page, of 5 MB only the beginning. Counted, not timed:
// what the times were is in docs/performance.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Scene, stage } from './stage.ts';

const play = stage();

const TASKS = 1_000;
/** Far more than a page with its shell and a screen of tasks has, far less than a thousand tasks would bring. */
const MAX_ELEMENTS = 2_500;
const ROWS = 40_000;
/** No single piece of work of the page may freeze it for this long, on a machine of whatever load. */
const FREEZE_MS = 5_000;

const countElements = (page: Page) => page.locator('*').count();

const WATCH = `globalThis.durations = [];
new PerformanceObserver((list) => durations.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask', buffered: true });`;

/** From now on the longest piece of work of the page that is opened is written down, ms. */
async function watchWork(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript({ content: WATCH });
  return () => page.evaluate<number>('Math.max(0, ...durations)');
}

async function runThousand({ call }: Scene): Promise<string> {
  const tasks = Array.from({ length: TASKS }, (_, i) => ({
    name: `n${i}`,
    taskReferenceName: `step_${i}`,
    type: 'NOOP',
  }));
  await call('POST', '/api/metadata/workflow', { name: 'thousand', version: 1, tasks });
  return call('POST', '/api/workflow', { name: 'thousand', version: 1 });
}

test('an execution of 1,000 tasks', () =>
  play(async (scene) => {
    const id = await runThousand(scene);
    const { page } = scene;
    const longestWork = await watchWork(page);
    await page.goto(`/executions/${id}`);
    const cards = page.locator('.task-card');
    await cards.first().waitFor();
    assert.ok((await cards.count()) < 40, 'only cards in view');
    assert.ok((await countElements(page)) < MAX_ELEMENTS);

    // With the mouse: the card itself must be what it meets.
    await page.locator('[data-reference="step_2"]').click();
    await page.getByRole('region', { name: 'Task step_2' }).waitFor();
    await page.locator('[data-reference="step_1"]').click();
    await page.getByRole('region', { name: 'Task step_1' }).waitFor();

    await page.getByRole('tab', { name: 'Tasks' }).click();
    const rows = page.getByRole('region', { name: 'Tasks', exact: true }).locator('tbody tr');
    await rows.first().waitFor();
    assert.ok((await rows.count()) < 300);
    await rows.first().hover();
    for (let drawn = await rows.count(); drawn < TASKS; drawn = await rows.count()) {
      await page.mouse.wheel(0, 100_000);
      await rows.nth(drawn).waitFor();
    }
    await page.getByRole('link', { name: 'step_999' }).click();
    await page.getByRole('region', { name: 'Task step_999' }).waitFor();

    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.locator('.timeline-row').first().waitFor();
    assert.ok((await page.locator('.timeline-row').count()) < 100);
    assert.ok((await longestWork()) < FREEZE_MS);
  }));

test('an output of 5 MB', () =>
  play(async ({ page, call }) => {
    await call('POST', '/api/metadata/taskdefs', [{ name: 'export', ownerEmail: 'a@example.com' }]);
    const task = { name: 'export', taskReferenceName: 'export', type: 'SIMPLE' };
    await call('POST', '/api/metadata/workflow', { name: 'exports', version: 1, tasks: [task] });
    const id = await call('POST', '/api/workflow', { name: 'exports', version: 1 });
    let polled = '';
    while (polled === '') polled = await call('GET', '/api/tasks/poll/export?workerid=e2e');
    const { taskId } = JSON.parse(polled) as { taskId: string };
    const rows = Array.from({ length: ROWS }, (_, i) => ({ i, name: `row number ${i}`, text: 'x'.repeat(80) }));
    const sent = { workflowInstanceId: id, taskId, status: 'COMPLETED', outputData: { rows } };
    assert.ok(JSON.stringify(rows).length > 4_500_000);
    await call('POST', '/api/tasks', sent);

    const longestWork = await watchWork(page);
    await page.goto(`/executions/${id}?task=${taskId}`);
    const panel = page.getByRole('region', { name: 'Task export' });
    await panel.getByRole('tab', { name: 'Output' }).click();
    await panel.getByText('Shown: the first 64 KB').waitFor();
    await panel.getByRole('button', { name: 'Load all' }).click();
    await panel.locator('.cm-line').first().waitFor();
    assert.ok((await countElements(page)) < MAX_ELEMENTS);
    await page.getByRole('tab', { name: 'JSON' }).click();
    await page.getByRole('region', { name: 'Execution as JSON' }).waitFor();
    await page.getByRole('button', { name: 'Copy execution as json' }).click();
    const copied = (await page.evaluate('navigator.clipboard.readText()')) as string;
    assert.equal(JSON.parse(copied).tasks[0].outputData.rows.length, ROWS);
    assert.ok((await longestWork()) < FREEZE_MS);
  }));
