// A real Chromium without a window: the one that the npm package @sparticuz/chromium ships, started as any user, with fonts.
import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromiumFiles from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Facts, ui.md chapter 8: no sandbox (the machine of a test is one), no services of its own. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
];

/** The package's Open Sans beside the fonts of the machine, whichever there are: pictures look alike everywhere. */
function fontEnvironment(): Record<string, string> {
  const folders = [join(tmpdir(), 'fonts', 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts'].filter(existsSync);
  const file = join(tmpdir(), 'fermata-fonts.conf');
  const aliases = `<alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
<alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
<alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>`;
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders.map((dir) => `<dir>${dir}</dir>`).join('')}
<cachedir>${join(tmpdir(), 'fermata-fonts-cache')}</cachedir>${aliases}</fontconfig>`,
  );
  return { FONTCONFIG_FILE: file };
}

export async function launchBrowser(): Promise<Browser> {
  const executablePath = await chromiumFiles.executablePath();
  const env = { ...(process.env as Record<string, string>), ...fontEnvironment() };
  return chromium.launch({ executablePath, headless: true, args: FLAGS, env });
}

/** Far longer than any step takes on a busy machine. */
const STEP_TIMEOUT_MS = 15_000;

export interface View {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts, of the console and of the content security policy so far. */
  readonly troubles: string[];
}

export interface ViewOptions {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  readonly timezoneId?: string;
}

/** A fresh profile and one page. Whoever opens it checks `troubles` at the end. */
export async function openView(browser: Browser, baseURL: string, options: ViewOptions = {}): Promise<View> {
  const { scheme = 'light', width = 1440, height = 900, timezoneId = 'UTC' } = options;
  const context = await browser.newContext({
    baseURL,
    colorScheme: scheme,
    viewport: { width, height },
    timezoneId,
    permissions: ['clipboard-read', 'clipboard-write'],
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()} (${message.location().url})`);
  });
  return { page, context, troubles };
}
