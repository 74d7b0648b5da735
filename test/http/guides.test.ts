// The guides for events that come in: what they say is what the server does, command by command.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { GUIDE, platformGuide } from '../../scripts/platform-guide.ts';
import { PLATFORMS } from '../../src/inbound/platforms/index.ts';
import { blocksOf, noCurl, runShell } from '../support/shell.ts';
import { at, openServer, type TestServer } from './test-server.ts';

const skip = noCurl();

/** A server that listens, and the shell's way to it. */
async function listening(t: TestContext) {
  const server = await openServer(t);
  const url = await server.app.listen({ host: '127.0.0.1', port: 0 });
  const run = async (text: string): Promise<string> => {
    const here = text.replaceAll('http://localhost:8080', url);
    const { code, output } = await runShell(here, { FERMATA: url });
    assert.equal(code, 0, `${text}\n${output}`);
    return output;
  };
  return { server, run };
}

async function newest(server: TestServer, webhookId: string): Promise<unknown> {
  const list = await server.call('GET', `/api/webhook-events?webhookId=${webhookId}&limit=1`);
  const whole = await server.call('GET', `/api/webhook-events/${String(at(list.json, '0.eventId'))}`);
  return whole.json;
}

test('the guide to platforms is what the facts say (node scripts/platform-guide.ts writes it)', () => {
  assert.equal(readFileSync(GUIDE, 'utf8'), platformGuide());
});

test('every command of the guide to platforms works', { skip }, async (t) => {
  const { server, run } = await listening(t);
  const commands = blocksOf(GUIDE).filter(({ language }) => language === 'sh');
  assert.equal(commands.length, PLATFORMS.length + 1);
  for (const { text } of commands) {
    const printed = await run(text);
    const sent = /\{"status":(\d+)/.exec(printed);
    if (text.includes('/sample')) assert.ok(Number(sent?.[1]) < 300, `${text}\n${printed}`);
  }
  const { json } = await server.call('GET', '/api/webhook-events?limit=200');
  const webhooks = new Set((json as { webhookId: string }[]).map(({ webhookId }) => webhookId));
  assert.equal(webhooks.size, PLATFORMS.length);
});

test('every command of the guide to formats makes the payload that stands below it', { skip }, async (t) => {
  const { server, run } = await listening(t);
  const page = new URL('../../docs/guides/webhook-formats.md', import.meta.url);
  const blocks = blocksOf(page);
  let compared = 0;
  for (const [i, { language, text }] of blocks.entries()) {
    if (language !== 'sh') continue;
    await run(text);
    const next = blocks[i + 1];
    if (next?.language !== 'json') continue;
    const payload = String(at(await newest(server, 'formats'), 'payload'));
    assert.deepEqual(
      JSON.parse(payload.replaceAll(/webhook-events\/[^/]+/g, 'webhook-events/…')),
      JSON.parse(next.text),
      text,
    );
    compared += 1;
  }
  assert.ok(compared >= 10, `${compared} formats`);
});
