// Schemas: written with their mistakes marked, kept in versions, enforced by the server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './stage.ts';

const play = stage();

test('a schema, its second version, and both again', () =>
  play(async ({ page, call }) => {
    await page.goto('/definitions/schemas');
    await page.getByRole('link', { name: 'New Schema' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('order');
    const editor = page.getByRole('textbox', { name: 'JSON Schema' });
    await editor.fill('{"type": ');
    await page.getByText(/This is not JSON/).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Create' }).isDisabled());
    await editor.fill('{"type": "object", "required": ["id"]}');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: 'order v1' }).waitFor();

    await editor.fill('{"type": "object", "required": ["id", "amount"]}');
    await page.getByRole('button', { name: 'Save as a new version' }).click();
    await page.getByRole('heading', { level: 1, name: 'order v2' }).waitFor();
    const stored = JSON.parse(await call('GET', '/api/schema')) as { version: number; data: { required: string[] } }[];
    assert.deepEqual(stored.map(({ version, data }) => [version, data.required.length]).sort(), [
      [1, 1],
      [2, 2],
    ]);
    await page.getByRole('combobox', { name: 'Version' }).click();
    await page.getByRole('option', { name: 'Version 1' }).click();
    await page.getByRole('heading', { level: 1, name: 'order v1' }).waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { level: 1, name: 'order v2' }).waitFor();
  }));
