// Pictures of every page, light and dark, wide and narrow, with data and without: `node test/e2e/screenshots.ts [part of a name]`
// writes them to screenshots/, which git ignores. They are for looking at, not for comparing.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { startApp } from './app.ts';
import { launchBrowser, openView } from './browser.ts';
import { EMPTY_SCENES, type Scene, scenes, visit } from './pages.ts';
import { makeSample } from './sample.ts';

const FOLDER = fileURLToPath(new URL('../../screenshots', import.meta.url));
const LOOKS = [
  { scheme: 'light', width: 1440, height: 900 },
  { scheme: 'dark', width: 1440, height: 900 },
  { scheme: 'light', width: 390, height: 844 },
  { scheme: 'dark', width: 390, height: 844 },
] as const;

async function takeAll(browser: Browser, url: string, list: readonly Scene[]): Promise<string[]> {
  const troubles: string[] = [];
  for (const look of LOOKS) {
    const view = await openView(browser, url, look);
    for (const scene of list) {
      await visit(view.page, scene).catch((error: Error) =>
        troubles.push(`${scene.name}: ${error.message.split('\n')[0]}`),
      );
      const path = join(FOLDER, `${scene.name}-${look.scheme}-${look.width}.png`);
      await view.page.screenshot({ path, fullPage: look.width < 600 });
      troubles.push(...view.troubles.splice(0).map((one) => `${scene.name} ${look.scheme} ${look.width}: ${one}`));
    }
    await view.context.close();
  }
  return troubles;
}

const wanted = process.argv[2] ?? '';
mkdirSync(FOLDER, { recursive: true });
const browser = await launchBrowser();
const troubles: string[] = [];
for (const isEmpty of [true, false]) {
  const app = await startApp();
  const list = isEmpty ? EMPTY_SCENES : scenes(await makeSample(app.url));
  troubles.push(
    ...(await takeAll(
      browser,
      app.url,
      list.filter(({ name }) => name.includes(wanted)),
    )),
  );
  await app.close();
}
await browser.close();
console.log(`pictures are in ${FOLDER}`);
for (const trouble of troubles) console.log(trouble);
