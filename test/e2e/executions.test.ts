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
