// A flow's webhook and receivers that misbehave: what its test says of each, and one that is switched off by 410 and on again.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { receive } from '../outbound/local-receiver.ts';
import { noopWorkflow, stage } from './stage.ts';

/** A receiver that hangs is given up after a second. */
const play = stage({ DELIVERY_TIMEOUT_SECONDS: '1' });

/** An address of this machine at which nobody listens any more. */
async function nobody(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

/** Presses Test for this address; answers the result once it says these words. */
async function tryOut(page: Page, url: string, words: string) {
  await page.getByRole('textbox', { name: 'URL' }).fill(url);
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  const result = page.getByRole('region', { name: 'Result of the test' });
  await result.getByText(words).waitFor();
  await result.getByText('The test did not get through').waitFor();
  await result.locator('.exchange-url').getByText(url).waitFor();
  return result;
}

test('Test says what is wrong with a receiver that redirects, hangs, has a bad certificate, refuses or is not there', (t) =>
  play(async ({ page, call }) => {
    const target = await receive(t);
    const redirecting = await receive(t, (_received, _incoming, outgoing) =>
      outgoing.writeHead(302, { Location: `${target.url}/elsewhere` }).end(),
    );
    const hanging = await receive(t, () => {});
    const selfSigned = await receive(t, undefined, { name: 'self-signed' });
    const broken = await receive(t, (_received, _incoming, outgoing) => outgoing.writeHead(500).end('out of order'));
    await call('POST', '/api/metadata/workflow', noopWorkflow('tried'));
    await page.goto('/definitions/workflows/tried/new-webhook');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('trial');

    const redirected = await tryOut(page, `${redirecting.url}/in`, 'redirects are not followed');
    await redirected.getByRole('region', { name: 'Response headers' }).getByText(`${target.url}/elsewhere`).waitFor();
    assert.equal(target.requests.length, 0, 'nobody was sent elsewhere');
    await tryOut(page, `${hanging.url}/in`, 'no answer in time: no complete answer within 1000 ms');
    await tryOut(page, `${selfSigned.url}/in`, 'the certificate does not hold');
    assert.equal(selfSigned.requests.length, 0, 'nothing was told to somebody who proves nothing');
    const refused = await tryOut(page, `${broken.url}/in`, 'the receiver has a problem');
    await refused.getByText('out of order').waitFor();
    await tryOut(page, `${await nobody()}/in`, 'nobody answered');

    // Who switches the check of certificates off gets through.
    await page.getByRole('switch', { name: 'Validate SSL certificate' }).click();
    await page.getByRole('textbox', { name: 'URL' }).fill(`${selfSigned.url}/in`);
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('The receiver accepted the test').waitFor();
    assert.equal(selfSigned.requests.length, 1);
  }));

test('an address that must not be called is refused at its field, in words, and nothing is sent', () =>
  play(async ({ page, call, troubles }) => {
    await call('POST', '/api/metadata/workflow', noopWorkflow('kept_in'));
    await page.goto('/definitions/workflows/kept_in/new-webhook');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('trial');
    const url = page.getByRole('textbox', { name: 'URL' });
    await url.fill('http://169.254.169.254/latest/meta-data');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page
      .getByRole('alert')
      .getByText('The URL is not accepted: the field above says why.', { exact: true })
      .waitFor();
    await page.getByText(/^169\.254\.169\.254 is /).waitFor();
    // One is led to the field.
    await url.and(page.locator(':focus')).waitFor();
    assert.equal(await page.getByRole('region', { name: 'Result of the test' }).count(), 0);
    // The browser's own word for the refusal.
    assert.equal(troubles.splice(0).filter((trouble) => !/status of 400/.test(trouble)).length, 0);
  }));

test('a receiver that is gone for good switches its webhook off, says so, and is switched on again', (t) =>
  play(async ({ page, call }) => {
    let status = 410;
    const receiver = await receive(t, (_received, _incoming, outgoing) => outgoing.writeHead(status).end());
    await call('POST', '/api/metadata/workflow', noopWorkflow('told'));
    const webhook = { name: 'tell', url: `${receiver.url}/in`, triggerEvent: 'success' };
    await call('POST', '/api/flows/told/webhooks', webhook);
    const run = async () => {
      const id = await call('POST', '/api/workflow', { name: 'told', version: 1 });
      await page.goto(`/executions/${id}?tab=webhooks`);
      return page.getByRole('region', { name: 'Deliveries' }).getByRole('row').filter({ hasText: 'tell' });
    };
    await (await run()).filter({ hasText: 'Failed' }).filter({ hasText: '410' }).waitFor();

    await page.goto('/definitions/workflows/told/webhooks');
    const row = page.getByRole('region', { name: 'Webhooks of the flow' }).getByRole('row').filter({ hasText: 'tell' });
    await row.getByText('Off', { exact: true }).waitFor();
    await row.getByText('the receiver answered 410 Gone').waitFor();
    await row.getByRole('link', { name: 'tell' }).click();
    await page.getByText('Fermata switched it off: the receiver answered 410 Gone').waitFor();
    await page.getByRole('switch', { name: 'Enabled' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await row.getByText('On', { exact: true }).waitFor();

    status = 200;
    await (await run()).filter({ hasText: 'Delivered' }).waitFor();
    assert.equal(receiver.requests.length, 2);
  }));
