// The same page for everybody: other time zones, a page at 200 %, a narrow one, motion switched off, and served below a path.
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { noopWorkflow, type Scene, stage } from './stage.ts';

const play = stage();

const PAGES = [
  ...['/', '/executions', '/run', '/definitions/workflows', '/definitions/workflows/held', '/definitions/webhooks'],
  ...[
    '/definitions/new-webhook',
    '/definitions/tasks',
    '/definitions/new-task',
    '/definitions/new-schedule',
    '/events',
  ],
  ...['/queues', '/secrets', '/settings', '/api-reference'],
];

async function startHeld({ call }: Scene): Promise<string> {
  const task = { name: 'hold', taskReferenceName: 'hold', type: 'HUMAN' };
  await call('PUT', '/api/metadata/workflow', [{ name: 'held', version: 1, tasks: [task] }]);
  return call('POST', '/api/workflow', { name: 'held', version: 1 });
}

for (const [timezoneId, offset] of [
  ['Asia/Kathmandu', '+05:45'],
  ['America/New_York', /-0[45]:00/],
  ['UTC', '+00:00'],
] as const)
  test(`moments in ${timezoneId}, and in UTC when one wants`, () =>
    play(
      async (scene) => {
        const { page, call } = scene;
        const id = await startHeld(scene);
        const execution = JSON.parse(await call('GET', `/api/workflow/${id}`)) as {
          tasks: { scheduledTime: number }[];
        };
        const at = execution.tasks[0]?.scheduledTime;
        await page.goto(`/executions/${id}?task=${id}.1`);
        const shown = page.getByRole('region', { name: 'Task hold' }).locator('time').first();
        await shown.filter({ hasText: offset }).waitFor();
        const read = async () => {
          const text = (await shown.textContent()) ?? '';
          return Date.parse(text.replace(' ', 'T').replace(' UTC', 'Z').replace(' ', ''));
        };
        assert.equal(await read(), at);
        await page.getByRole('button', { name: 'Times in local time. Click for UTC.' }).click();
        await shown.filter({ hasText: ' UTC' }).waitFor();
        assert.equal(await read(), at);
        await page.reload();
        await shown.filter({ hasText: ' UTC' }).waitFor();
      },
      { timezoneId },
    ));

const overflow = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');

// At 200 % a window of 1280 by 720 has room for 640 by 360 of its units.
for (const [width, height] of [
  [640, 360],
  [390, 844],
] as const)
  test(`nothing is cut off at ${width} by ${height}`, () =>
    play(
      async (scene) => {
        const { page } = scene;
        const id = await startHeld(scene);
        for (const path of [...PAGES, `/executions/${id}`, `/executions/${id}/trace`]) {
          await page.goto(path);
          await page.locator('h1').first().waitFor();
          await page.locator('.waiting').first().waitFor({ state: 'detached' });
          assert.equal(await overflow(page), 0, `${path} is wider than its window`);
        }
        await page.getByRole('button', { name: 'Open the menu' }).click();
        await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Settings' }).click();
        await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
      },
      { width, height },
    ));

test('whoever wants no motion sees none', () =>
  play(async (scene) => {
    const id = await startHeld(scene);
    await scene.page.goto(`/executions/${id}`);
    await scene.page.locator('.task-card[data-tone="run"]').waitFor();
    const motion = `(({ animationIterationCount, animationDuration }) => [animationIterationCount, animationDuration])(getComputedStyle(document.querySelector('.task-card[data-tone="run"] .task-state i')))`;
    assert.deepEqual(await scene.page.evaluate(motion), ['1', '1e-05s']);
  }));

test('below a path of a proxy', () =>
  play(async ({ page, url, call, troubles }) => {
    await call('POST', '/api/metadata/workflow', noopWorkflow('proxied'));
    const target = new URL(url);
    const proxy = createServer((incoming, outgoing) => {
      const path = (incoming.url ?? '').replace(/^\/tools\/fermata/, '') || '/';
      const headers = { ...incoming.headers, 'x-forwarded-prefix': '/tools/fermata' };
      const onward = request(
        { host: target.hostname, port: target.port, path, method: incoming.method, headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    try {
      const root = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/tools/fermata`;
      await page.goto(`${root}/definitions/workflows`);
      await page.getByRole('link', { name: 'proxied', exact: true }).click();
      await page.getByRole('heading', { level: 1, name: 'proxied v1' }).waitFor();
      assert.equal(page.url(), `${root}/definitions/workflows/proxied`);
      await page.locator('.live-pill[data-state="live"]').waitFor();
      assert.deepEqual(troubles, []);
    } finally {
      // The live stream ends with its page, not with the proxy below it.
      await page.goto('about:blank');
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    }
  }));
