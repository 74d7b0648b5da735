// New Webhook for every platform of the documentation: it asks for what that platform needs and for nothing else, saves, and shows
// no secret again; saved once more with an empty field, the secret is kept: the server still takes what is signed with it.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { noopWorkflow, stage } from './stage.ts';

const play = stage();

/** Field of the form -> what is typed. Those in SHOWN are no secrets. */
type Typed = Readonly<Record<string, string>>;

const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ format: 'der', type: 'spki' })
  .toString('base64');

const ASKED: readonly { readonly platform: string; readonly asks: Typed; readonly signs?: boolean }[] = [
  { platform: 'GitHub', asks: { Secret: 'typed-at-github' } },
  { platform: 'Slack', asks: { 'Signing secret': 'typed-at-slack' } },
  { platform: 'Stripe', asks: { 'Endpoint secret': 'whsec_dHlwZWQtYXQtc3RyaXBl' } },
  { platform: 'Microsoft Teams', asks: { 'Security token': 'dHlwZWQtYXQtdGVhbXMtdHlwZWQ=' } },
  { platform: 'SendGrid', asks: { 'Verification key': publicKey }, signs: false },
  { platform: 'Custom', asks: { 'Header name': 'x-typed', 'Header value': 'typed-header' } },
  { platform: 'Twilio', asks: { 'Auth token': 'typed-at-twilio' } },
  { platform: 'PagerDuty', asks: { Secret: 'typed-at-pagerduty' } },
  { platform: 'Zendesk', asks: { 'Signing secret': 'typed-at-zendesk' } },
  { platform: 'X (Twitter)', asks: { 'Consumer secret': 'typed-at-x' } },
  { platform: 'Facebook', asks: { 'App secret': 'typed-at-facebook', 'Verify token': 'typed-word' } },
];

/** Not hidden: a public key, a word that both sides know, and what a header is compared with. */
const SHOWN = ['Verification key', 'Verify token', 'Header name', 'Header value'];

/** By its label, with the mark of required ones or without; none of these labels has a character with a meaning in patterns. */
const field = (page: Page, label: string) => page.getByLabel(new RegExp(`^${label}( \\*)?$`));

/** Labels of all fields where one types or chooses, in order. */
const fields = async (page: Page): Promise<string[]> => {
  const labels: string[] = [];
  for (const input of await page.locator('form input:not([type="hidden"]), form textarea').all()) {
    const id = await input.getAttribute('id');
    const label = page.locator(`label[for="${id}"]`);
    const text = (await input.getAttribute('aria-label')) ?? (await label.first().textContent()) ?? '';
    labels.push(text.replace(/\s*\*$/, ''));
  }
  return labels;
};

async function choosePlatform(page: Page, platform: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Source platform' }).click();
  await page.getByRole('option', { name: platform, exact: true }).click();
}

test('each platform asks for its own fields', () =>
  play(async ({ page, call }) => {
    await call('POST', '/api/metadata/workflow', noopWorkflow('from_platforms'));
    await page.goto('/definitions/new-webhook');
    await page.getByRole('combobox', { name: 'Source platform' }).waitFor();
    const common = await fields(page);
    for (const { platform, asks, signs = true } of ASKED) {
      await page.goto('/definitions/new-webhook');
      await choosePlatform(page, platform);
      const asked = (await fields(page)).filter((label) => !common.includes(label));
      assert.deepEqual(asked, Object.keys(asks), platform);
      await page.getByRole('textbox', { name: 'Webhook name' }).fill(`from ${platform}`);
      await page.getByRole('combobox', { name: 'Workflow to receive webhook event', exact: true }).click();
      await page.getByRole('option', { name: 'from_platforms', exact: true }).click();
      for (const [label, value] of Object.entries(asks)) await field(page, label).fill(value);
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Waiting for the first request…').waitFor();
      const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';

      await page.getByRole('tab', { name: 'Settings' }).click();
      const name = page.getByRole('textbox', { name: 'Webhook name' });
      await name.waitFor();
      for (const [label, value] of Object.entries(asks))
        assert.equal(await field(page, label).inputValue(), SHOWN.includes(label) ? value : '');
      await name.fill(`changed ${platform}`);
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByRole('heading', { level: 1, name: `changed ${platform}` }).waitFor();
      const told = await call('GET', `/api/metadata/webhook/${id}`);
      for (const [label, value] of Object.entries(asks))
        if (!SHOWN.includes(label)) assert.ok(!told.includes(value), `${platform} tells its ${label}`);
      const sample = JSON.parse(await call('POST', `/api/webhooks/${id}/sample`, {})) as { outcome: string };
      assert.equal(sample.outcome, 'stored', platform);
      const dryRun = JSON.parse(await call('POST', `/api/webhooks/${id}/sample/dry-run`, {})) as { verdict: string };
      assert.equal(dryRun.verdict, signs ? 'verified' : 'observed', platform);
    }
  }));
