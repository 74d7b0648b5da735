// One server and one browser for the tests of a file; each test gets a fresh profile, and no error of the page passes unseen.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import { type App, startApp } from './app.ts';
import { launchBrowser, openView, type View, type ViewOptions } from './browser.ts';

export interface Scene extends View {
  readonly url: string;
  /** Calls the server beside the page: answers the body as text. Throws when it is refused. */
  readonly call: (method: string, path: string, body?: unknown) => Promise<string>;
}

/** Call it once at the top of a test file; the function that it answers plays one test. `settings`: of the server. */
export function stage(
  settings: Readonly<Record<string, string>> = {},
): (play: (scene: Scene) => Promise<void>, options?: ViewOptions) => Promise<void> {
  let app: App;
  let browser: Browser;
  before(async () => {
    [app, browser] = await Promise.all([startApp(settings), launchBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await app?.close();
  });
  return async (play, options) => {
    const view = await openView(browser, app.url, options);
    const call = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(app.url + path, {
        method,
        headers: { 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return text;
    };
    try {
      await play({ ...view, url: app.url, call });
      assert.deepEqual(view.troubles, [], 'no error of a script, of the console or of the policy');
    } finally {
      await view.context.close();
    }
  };
}

/** A workflow of one task that does nothing. */
export const noopWorkflow = (name: string) => ({
  name,
  version: 1,
  inputParameters: ['day'],
  tasks: [{ name: 'nothing', taskReferenceName: 'nothing', type: 'NOOP' }],
});
