// Received events whatever their body: XML, forms, bytes; one that comes twice is one; a replay with another body is a new one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { noopWorkflow, type Scene, stage } from './stage.ts';

const play = stage();

/** The beginning of every PNG, and a byte that is no text. */
const PICTURE = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0xff]);

interface Sent {
  readonly type: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

async function makeWebhook({ call }: Scene, name: string, more: object = {}): Promise<string> {
  await call('POST', '/api/metadata/workflow', noopWorkflow(name));
  const config = {
    ...{ name, sourcePlatform: 'Custom', verifier: 'HEADER_BASED', headers: { 'x-key': 'k' } },
    receiverWorkflowNamesToVersions: {},
    workflowsToStart: { [name]: 1 },
    ...more,
  };
  return (JSON.parse(await call('POST', '/api/metadata/webhook', config)) as { id: string }).id;
}

async function send({ url }: Scene, webhook: string, { type, body }: Sent): Promise<void> {
  const sent = { 'Content-Type': type, 'x-key': 'k' };
  const { status } = await fetch(`${url}/webhook/${webhook}`, { method: 'POST', headers: sent, body });
  assert.equal(status, 200);
}

const rows = (page: Page) => page.getByRole('region', { name: 'Received events' }).locator('tbody tr');
const parsed = (page: Page) => page.getByRole('region', { name: 'Parsed body' }).locator('pre');
const raw = (page: Page) => page.getByRole('region', { name: 'Raw body' }).locator('pre');

/** Opens the only event of a webhook. */
async function openOnly(page: Page, webhook: string): Promise<void> {
  await page.goto(`/definitions/webhooks/${webhook}`);
  await rows(page).first().waitFor();
  assert.equal(await rows(page).count(), 1);
  await rows(page).first().getByRole('link').first().click();
  await page.getByRole('list', { name: 'What became of the event' }).waitFor();
}

test('XML, a form, and bytes: what workflows see of them, and what came', () =>
  play(async (scene) => {
    const { page } = scene;
    const xml = await makeWebhook(scene, 'by_xml');
    await send(scene, xml, { type: 'application/xml', body: '<order n="7"><item>violin</item></order>' });
    await openOnly(page, xml);
    assert.deepEqual(JSON.parse((await parsed(page).textContent()) ?? ''), { order: { '@n': '7', item: 'violin' } });
    assert.equal(await raw(page).textContent(), '<order n="7"><item>violin</item></order>');

    const form = await makeWebhook(scene, 'by_form');
    await send(scene, form, { type: 'application/x-www-form-urlencoded', body: 'to=Clara+S&tag=a&tag=%3Cb%3E' });
    await openOnly(page, form);
    assert.deepEqual(JSON.parse((await parsed(page).textContent()) ?? ''), { to: 'Clara S', tag: ['a', '<b>'] });
    assert.equal(await raw(page).textContent(), 'to=Clara+S&tag=a&tag=%3Cb%3E');

    const bytes = await makeWebhook(scene, 'by_bytes');
    await send(scene, bytes, { type: 'image/png', body: PICTURE });
    await openOnly(page, bytes);
    const file = JSON.parse((await parsed(page).textContent()) ?? '') as { type: string; size: number };
    assert.deepEqual([file.type, file.size], ['image/png', PICTURE.length]);
    await page.getByRole('heading', { name: 'Raw, as base64' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Replay edited…' }).count(), 0, 'bytes are not edited as text');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the bytes' }).click();
    assert.deepEqual(new Uint8Array(readFileSync(await (await saved).path())), PICTURE);
  }));

test('what comes twice is one event that started one execution', () =>
  play(async (scene) => {
    const { page } = scene;
    const webhook = await makeWebhook(scene, 'once', { dedup: { by: 'content' } });
    const sent: Sent = { type: 'application/json', body: '{"n":1}' };
    await send(scene, webhook, sent);
    await send(scene, webhook, sent);
    await openOnly(page, webhook);
    const effects = page.getByRole('region', { name: 'What it did' });
    await effects.getByText('Started', { exact: true }).waitFor();
    assert.equal(await effects.getByRole('link', { name: 'once' }).count(), 1);
    await page.locator('dt', { hasText: 'Came again' }).waitFor();
    await page.locator('dd', { hasText: 'once more, last' }).waitFor();
    await send(scene, webhook, sent);
    await page.goto(`/definitions/webhooks/${webhook}`);
    await rows(page).first().getByText('2 more times').waitFor();
    await page.goto('/executions?workflow=once');
    await page.getByText('1–1 of 1').waitFor();
  }));

test('replayed with another body, one is on the page of the new event, and it names the old one', () =>
  play(async (scene) => {
    const { page } = scene;
    const webhook = await makeWebhook(scene, 'again');
    await send(scene, webhook, { type: 'application/json', body: '{"n":1}' });
    await openOnly(page, webhook);
    const first = new URL(page.url()).pathname;
    await page.getByRole('button', { name: 'Replay edited…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Replay with another body' });
    await dialog.getByRole('textbox', { name: 'Body' }).fill('{"n": 2222}');
    await dialog.getByRole('button', { name: 'Replay' }).click();
    await page.waitForURL((url) => url.pathname !== first);
    await parsed(page).filter({ hasText: '2222' }).waitFor();
    await page.getByRole('region', { name: 'What it did' }).getByRole('link', { name: 'again' }).waitFor();
    await page.locator('dt', { hasText: 'Edited replay of' }).waitFor();
    await page.getByRole('link', { name: first.split('/').at(-1) ?? '' }).click();
    await parsed(page).filter({ hasText: '"n": 1' }).waitFor();
    assert.equal(new URL(page.url()).pathname, first);
    const replays = page.getByRole('region', { name: 'Replays of this event' });
    await replays.getByText('With another body').waitFor();
    assert.equal(await replays.getByRole('link').count(), 1);
    await page.goBack();
    await parsed(page).filter({ hasText: '2222' }).waitFor();
  }));
