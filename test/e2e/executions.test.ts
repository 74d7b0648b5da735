// Executions: the bars above the list, views that are kept, and one wish for all that a filter finds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Scene, stage } from './stage.ts';

const play = stage();

/** More than a page of 25. */
const WAITING = 30;

async function fill({ call }: Scene): Promise<void> {
  const wait = { name: 'hold', taskReferenceName: 'hold', type: 'HUMAN' };
  await call('POST', '/api/metadata/workflow', { name: 'waiting', version: 1, tasks: [wait] });
  const start = () => call('POST', '/api/workflow', { name: 'waiting', version: 1 });
  const [first = ''] = await Promise.all(Array.from({ length: WAITING }, start));
  await call('DELETE', `/api/workflow/${first}?reason=mistake`);
}

test('bars, views and bulk', () =>
  play(async (scene) => {
    await fill(scene);
    const { page, call } = scene;
    await page.goto('/');
    const day = page.getByRole('region', { name: 'The last 24 hours' }).getByRole('figure');
    await day.getByRole('button').first().waitFor();
    const empty = await day.locator('.histogram-gap').count();
    assert.ok(empty >= 22 && empty <= 24, `a bar for each hour, whatever ran in it; ${empty} are empty`);
    await page.goto('/executions?size=25');
    const bars = page.getByRole('figure', { name: 'Executions over time' }).getByRole('button');
    await bars.first().waitFor();
    const label = (await bars.last().getAttribute('aria-label')) ?? '';
    const counted = [...label.matchAll(/(\d+) (?:running|terminated)/g)].reduce((sum, [, n]) => sum + Number(n), 0);
    await bars.last().click();
    await page.getByText(`of ${counted}`, { exact: false }).waitFor();
    assert.match(page.url(), /range=custom/);

    await page.goto('/executions?size=25&workflow=waiting&status=RUNNING');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: /Save this filter/ }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Held ones');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Held ones' }).waitFor();
    await page.goto('/executions');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Held ones' }).click();
    await page.waitForURL(/workflow=waiting/);

    await page.goto('/executions?size=25&workflow=waiting');
    await page.getByRole('checkbox', { name: 'Select all rows' }).click();
    await page.getByText('25 selected').waitFor();
    await page.getByRole('button', { name: `Take all ${WAITING} of this filter` }).click();
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page
      .getByRole('dialog', { name: `Pause ${WAITING} executions?` })
      .getByRole('button', { name: 'Pause' })
      .click();
    await page.getByRole('dialog', { name: '1 execution left as they were' }).waitFor();
    const paused = JSON.parse(await call('GET', '/api/workflow/search?query=status%3DPAUSED&size=1'));
    assert.equal(paused.totalHits, WAITING - 1);
  }));

/** Three portions of a bulk action. */
const MANY = 120;

test('a bulk action is stopped midway: what was done is said, the rest is left alone', () =>
  play(async ({ page, call }) => {
    const wait = { name: 'hold', taskReferenceName: 'hold', type: 'HUMAN' };
    await call('POST', '/api/metadata/workflow', { name: 'held', version: 1, tasks: [wait] });
    await Promise.all(Array.from({ length: MANY }, () => call('POST', '/api/workflow', { name: 'held', version: 1 })));
    await page.goto('/executions?size=25&workflow=held');
    await page.getByRole('checkbox', { name: 'Select all rows' }).click();
    await page.getByRole('button', { name: `Take all ${MANY} of this filter` }).click();
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    let release = () => {};
    let calls = 0;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    // The second portion is on its way until one has pressed Stop.
    await page.route('**/api/workflow/bulk/pause*', async (route) => {
      calls += 1;
      if (calls === 2) await held;
      await route.continue();
    });
    const dialog = page.getByRole('dialog', { name: `Pause ${MANY} executions?` });
    await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
    await dialog.getByRole('progressbar', { name: `50 of ${MANY}` }).waitFor();
    await dialog.getByRole('button', { name: `Stop at 50 of ${MANY}` }).click();
    release();
    await page.getByText('100 executions paused, 20 not tried').waitFor();
    await dialog.waitFor({ state: 'hidden' });
    assert.equal(calls, 2);
    const query = encodeURIComponent('status=PAUSED AND workflowType=held');
    assert.equal(JSON.parse(await call('GET', `/api/workflow/search?query=${query}&size=1`)).totalHits, 100);
  }));
