// Events that did nothing: found, matched again with a count first; a secret in rotation; a webhook that holds and releases.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { stage } from './stage.ts';

const play = stage();

const signed = (body: string, secret: string) => ({
  'Content-Type': 'application/json',
  'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});

test('from refused to matched, then held and released', () =>
  play(async ({ page, call, url }) => {
    const wait = {
      name: 'paid',
      taskReferenceName: 'paid',
      type: 'WAIT_FOR_WEBHOOK',
      inputParameters: { matches: { "$['event']": 'paid' } },
    };
    await call('POST', '/api/metadata/workflow', { name: 'order', version: 1, tasks: [wait] });
    const webhook = JSON.parse(
      await call('POST', '/api/metadata/webhook', {
        ...{ name: 'payments', sourcePlatform: 'Github', verifier: 'SIGNATURE_BASED', secretValue: 'old-secret' },
        headerKey: 'X-Hub-Signature-256',
        receiverWorkflowNamesToVersions: { order: 1 },
        matching: { lookBack: 'none' },
      }),
    ).id as string;
    const body = '{"event":"paid","n":1}';
    const send = async (text: string, secret: string) =>
      (await fetch(`${url}/webhook/${webhook}`, { method: 'POST', headers: signed(text, secret), body: text })).status;

    assert.equal(await send(body, 'new-secret'), 401, 'nobody knows this secret yet');
    await page.goto(`/definitions/webhooks/${webhook}?tab=secrets`);
    await page.getByRole('listitem').filter({ hasText: 'Secret' }).getByText('never used').waitFor();
    await page.getByRole('button', { name: 'Add a secret' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('2026-11');
    await page.getByRole('textbox', { name: 'Secret', exact: true }).fill('new-secret');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('listitem').filter({ hasText: '2026-11' }).waitFor();
    assert.equal(await send('{"event":"refunded"}', 'old-secret'), 200, 'the old one is accepted as well');

    await page.goto('/events?show=refused');
    await page.getByRole('checkbox', { name: 'Select all rows' }).click();
    await page.getByRole('button', { name: 'Verify again' }).click();
    await page.getByText('1 verified now, 0 still refused').waitFor();

    const execution = await call('POST', '/api/workflow', { name: 'order', version: 1 });
    await page.goto('/events');
    await page.getByRole('checkbox', { name: 'Select all rows' }).click();
    await page.getByText('2 selected').waitFor();
    await page.getByRole('button', { name: 'Match again…' }).click();
    await page.getByText('1 of 2 events matches now: 1 waiting task.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Match again' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.goto(`/executions/${execution}`);
    await page.getByRole('heading', { level: 1, name: /COMPLETED/ }).waitFor();

    await page.goto(`/definitions/webhooks/${webhook}`);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('0 events held').waitFor();
    assert.equal(await send('{"event":"paid","n":2}', 'new-secret'), 200);
    await page.getByRole('link', { name: '1 event held' }).click();
    await page.getByRole('table', { name: '' }).getByRole('link', { name: 'payments' }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Release…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByRole('link', { name: /held$/ }).waitFor({ state: 'hidden' });
  }));
