// Try it before you wire it: a dry run says what a request would do, stores nothing, and shows what a waiting task would miss.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './stage.ts';

const play = stage();

test('what a request would complete, and what it would miss', () =>
  play(async ({ page, call }) => {
    const paid = {
      ...{ name: 'paid', taskReferenceName: 'paid', type: 'WAIT_FOR_WEBHOOK' },
      inputParameters: { matches: { "$['event']": 'paid' } },
    };
    await call('POST', '/api/metadata/workflow', { name: 'order', version: 1, tasks: [paid] });
    const { id } = JSON.parse(
      await call('POST', '/api/metadata/webhook', {
        ...{ name: 'shop', sourcePlatform: 'Custom', verifier: 'HEADER_BASED', headers: { 'x-key': 'k' } },
        receiverWorkflowNamesToVersions: { order: 1 },
      }),
    ) as { id: string };
    const execution = await call('POST', '/api/workflow', { name: 'order', version: 1 });
    await page.goto(`/definitions/webhooks/${id}?tab=code`);
    const result = page.getByRole('region', { name: 'What it would do' });
    await page.getByRole('textbox', { name: 'Body' }).fill('{"event":"refunded"}');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await result.getByText('It would be verified').waitFor();
    await result.getByText('Tasks that would go on waiting').waitFor();
    await result.getByRole('row').filter({ hasText: "$['event']" }).filter({ hasText: 'refunded' }).waitFor();

    await page.getByRole('textbox', { name: 'Body' }).fill('{"event":"paid"}');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await result.getByText('paid of order would be completed').waitFor();
    assert.equal(await result.getByRole('link', { name: execution }).count(), 1);
    assert.equal(await call('GET', `/api/webhook-events?webhookId=${id}&limit=10`), '[]');

    await page.getByRole('button', { name: 'Sign and send by the server' }).click();
    await result.getByRole('link', { name: execution }).click();
    await page.locator('h1 [data-status="COMPLETED"]').waitFor();
  }));
