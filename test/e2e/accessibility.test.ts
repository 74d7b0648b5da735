// Every page and dialog, light and dark: no violation of WCAG 2 A and AA, no error of script, console or policy.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { type App, startApp } from './app.ts';
import { colourViolations, violations } from './axe.ts';
import { launchBrowser, openView } from './browser.ts';
import { EMPTY_SCENES, expectedTrouble, OFFLINE_SCENES, type Scene, scenes, visit } from './pages.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { makeSample } from './sample.ts';

let browser: Browser;
let receiver: Receiver;

before(async () => {
  browser = await launchBrowser();
  receiver = await startReceiver();
});

after(async () => {
  await browser?.close();
  await receiver?.close();
});

/** Opens each scene once, and looks at it light, then dark. */
async function lookAt(app: App, list: readonly Scene[]): Promise<void> {
  const view = await openView(browser, app.url);
  const problems: string[] = [];
  try {
    for (const scene of list) {
      await view.page.emulateMedia({ colorScheme: 'light' });
      await visit(view.page, scene);
      const light = await violations(view.page);
      await view.page.emulateMedia({ colorScheme: 'dark' });
      await view.page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
      const dark = await colourViolations(view.page);
      const troubles = view.troubles.splice(0).filter((trouble) => !expectedTrouble(scene, trouble));
      problems.push(
        ...[...light, ...dark.map((one) => `dark: ${one}`), ...troubles].map((one) => `${scene.name}: ${one}`),
      );
    }
  } finally {
    await view.context.close();
  }
  assert.ok(problems.length === 0, `${problems.length} problems:\n${problems.join('\n')}`);
}

test('pages of a server that has nothing yet, and of one that does not answer', async () => {
  const app = await startApp();
  try {
    await lookAt(app, [...EMPTY_SCENES, ...OFFLINE_SCENES]);
  } finally {
    await app.close();
  }
});

test('pages and dialogs of a server in use', async () => {
  const app = await startApp();
  try {
    await lookAt(app, scenes(await makeSample(app.url, receiver.url)));
  } finally {
    await app.close();
  }
});
