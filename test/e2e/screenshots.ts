// Pictures of every page, light and dark, wide and narrow, with data and without: `node test/e2e/screenshots.ts [part of a name] [look, such as dark-390]`
// writes them to screenshots/, which git ignores. They are for looking at, not for comparing.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { startApp } from './app.ts';
import { launchBrowser, openView } from './browser.ts';
import { makeMany } from './many.ts';
import { EMPTY_SCENES, expectedTrouble, manyScenes, OFFLINE_SCENES, type Scene, scenes, visit } from './pages.ts';
import { startReceiver } from './receiver.ts';
import { makeSample } from './sample.ts';

const FOLDER = fileURLToPath(new URL('../../screenshots', import.meta.url));
const LOOKS = [
  { scheme: 'light', width: 1440, height: 900 },
  { scheme: 'dark', width: 1440, height: 900 },
  { scheme: 'light', width: 390, height: 844 },
  { scheme: 'dark', width: 390, height: 844 },
] as const;

/** Fonts, and the first answers of the live stream: pictures are not asserted on, so a pause is enough. */
const SETTLE_MS = 350;
/** What is asked for on the command line. */
const [wanted = '', wantedLook = ''] = process.argv.slice(2);

async function takeAll(browser: Browser, url: string, list: readonly Scene[]): Promise<string[]> {
  const troubles: string[] = [];
  for (const look of LOOKS.filter(({ scheme, width }) => `${scheme}-${width}`.includes(wantedLook))) {
    const view = await openView(browser, url, look);
    for (const scene of list) {
      await visit(view.page, scene).catch((error: Error) =>
        troubles.push(`${scene.name}: ${error.message.split('\n')[0]}`),
      );
      await view.page.waitForTimeout(SETTLE_MS);
      const path = join(FOLDER, `${scene.name}-${look.scheme}-${look.width}.png`);
      await view.page.screenshot({ path, fullPage: look.width < 600 });
      troubles.push(
        ...view.troubles
          .splice(0)
          .filter((one) => !expectedTrouble(scene, one))
          .map((one) => `${scene.name} ${look.scheme} ${look.width}: ${one}`),
      );
    }
    await view.context.close();
  }
  return troubles;
}

mkdirSync(FOLDER, { recursive: true });
const browser = await launchBrowser();
const receiver = await startReceiver();
const troubles: string[] = [];
const servers: readonly ((url: string) => Promise<readonly Scene[]>)[] = [
  async () => [...EMPTY_SCENES, ...OFFLINE_SCENES],
  async (url) => scenes(await makeSample(url, receiver.url)),
  async (url) => manyScenes(await makeMany(url, receiver.url)),
];
for (const fill of servers) {
  const app = await startApp();
  const list = (await fill(app.url)).filter(({ name }) => name.includes(wanted));
  troubles.push(...(await takeAll(browser, app.url, list)));
  await app.close();
}
await browser.close();
await receiver.close();
console.log(`pictures are in ${FOLDER}`);
for (const trouble of troubles) console.log(trouble);
