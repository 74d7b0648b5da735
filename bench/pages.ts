// What a person waits for in the browser: filters over many executions, and an execution of a thousand tasks, from the key or click
// to the picture. A real server on SQLite in a process of its own, a real Chromium, all on the same two cores.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { buildWebApp } from '../test/e2e/app.ts';
import { launchBrowser, openView } from '../test/e2e/browser.ts';
import { freePort, startServer } from './server-process.ts';
import { median, type Row } from './table.ts';
import { open } from './waiting.ts';

export interface PagesPlan {
  readonly executions: number;
  readonly tasks: number;
  readonly rounds: number;
}

const STARTS_AT_ONCE = 1_000;
const DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1_000;
const CITIES = 50;
/** A filter of which every fiftieth execution has the word. */
const WORD = 'city7';

/** Three workflows: one is over at once, one fails, one goes on. */
const TASKS = {
  shipped: { name: 'end', taskReferenceName: 'end', type: 'NOOP' },
  broken: {
    ...{ name: 'end', taskReferenceName: 'end', type: 'TERMINATE' },
    inputParameters: { terminationStatus: 'FAILED', terminationReason: 'no stock' },
  },
  held: { name: 'end', taskReferenceName: 'end', type: 'HUMAN' },
} as const;
const NAMES = Object.keys(TASKS) as (keyof typeof TASKS)[];

async function fill(url: string, { executions, tasks }: PagesPlan): Promise<void> {
  const store = await open(url);
  const now = Date.now();
  const define = (name: string, defs: readonly object[]) =>
    store.definitions.putWorkflow({ name, version: 1, tasks: defs as never }, { overwrite: true, now });
  for (const name of NAMES) await define(name, [TASKS[name]]);
  await define(
    'thousand',
    Array.from({ length: tasks }, (_, i) => ({ name: 'step', taskReferenceName: `step_${i}`, type: 'NOOP' })),
  );
  const start = (i: number) =>
    store.workflows.start({
      id: randomUUID(),
      name: NAMES[i % NAMES.length] as string,
      correlationId: `customer-${i % 1_000}`,
      input: { orderId: `A-${i}`, city: `city${i % CITIES}`, note: 'as it was agreed upon' },
      // The oldest first, spread over a month.
      now: now - DAYS * DAY_MS + Math.floor((i / executions) * DAYS * DAY_MS),
    });
  for (let from = 0; from < executions; from += STARTS_AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(STARTS_AT_ONCE, executions - from) }, (_, k) => start(from + k)));
  await store.workflows.start({ id: randomUUID(), name: 'thousand', input: {}, now });
  await store.idle();
  await store.close();
}

/** In the page: the moment of the last key or click, and the way from it to a picture in which `seen` holds. */
const WATCH = `
globalThis.work = [];
new PerformanceObserver((list) => work.push(...list.getEntries())).observe({ type: 'longtask', buffered: true });
let touched = 0;
for (const kind of ['pointerdown', 'keydown', 'input'])
  addEventListener(kind, (event) => { if (kind !== 'input' || event.target.type === 'text') touched = event.timeStamp; }, true);
const longest = (from) => Math.max(0, ...work.filter((one) => one.startTime + one.duration > from).map((one) => one.duration));
globalThis.painted = (seen, from = () => touched) => new Promise((resolve) => {
  const look = () => seen()
    ? requestAnimationFrame(() => setTimeout(() => resolve({ ms: performance.now() - from(), longest: longest(from()) })))
    : requestAnimationFrame(look);
  look();
});
globalThis.pager = () => document.querySelector('main')?.textContent.match(/[\\d,]+–[\\d,]+ of [\\d,]+/)?.[0];
globalThis.request = () => performance.getEntriesByType('resource')
  .filter(({ name, startTime }) => /workflow.search/.test(name) && startTime >= touched).at(-1)?.duration ?? 0;
`;

interface Painted {
  readonly ms: number;
  readonly longest: number;
}

/** Live, and nothing left to do: code of other pages is fetched when the browser is idle. */
async function atRest(page: Page): Promise<void> {
  await page.locator('.live-pill[data-state="live"]').waitFor();
  await page.evaluate('new Promise((resolve) => requestIdleCallback(() => resolve(undefined)))');
}

const choose = (select: string, option: string) => ({
  before: (page: Page) => page.getByRole('combobox', { name: select, exact: true }).click(),
  act: (page: Page) => page.getByRole('option', { name: option, exact: true }).click(),
});
const type = (text: string) => ({
  before: async () => undefined,
  act: (page: Page) => page.getByRole('textbox', { name: 'Find in ids, input and output' }).fill(text),
});

const filtersOf = (executions: number) => ({
  'a status': {
    before: async () => undefined,
    act: (page: Page) => page.getByText('FAILED', { exact: true }).first().click(),
  },
  'a workflow': choose('Workflow', 'held'),
  'the last 7 days': choose('Time', 'Last 7 days'),
  [`a word that ${100 / CITIES} % have`]: type(WORD),
  'a value that one has': type(`A-${executions - 1}`),
});

async function filterTimes(page: Page, { executions, rounds }: PagesPlan): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [filter, { before, act }] of Object.entries(filtersOf(executions))) {
    const times: (Painted & { readonly request: number })[] = [];
    // The first round fills caches and is not counted.
    for (let round = 0; round <= rounds; round += 1) {
      await page.goto('/executions');
      await page.locator('tbody tr').first().waitFor();
      await atRest(page);
      await before(page);
      const whole = await page.evaluate<string>('pager()');
      const changed = `painted(() => pager() !== ${JSON.stringify(whole)} && !document.querySelector('.table-box[data-stale]'))`;
      const painted = page.evaluate<Painted>(changed);
      await act(page);
      const time = await painted;
      if (round > 0) times.push({ ...time, request: await page.evaluate<number>('request()') });
    }
    rows.push({
      what: `filter: ${filter}`,
      'request ms': median(times.map(({ request }) => request)),
      'to the picture ms': median(times.map(({ ms }) => ms)),
      'slowest ms': Math.max(...times.map(({ ms }) => ms)),
      'longest work ms': Math.max(...times.map(({ longest }) => longest)),
      load: loadavg()[0] ?? 0,
    });
  }
  return rows;
}

const CARD = "() => document.querySelector('.task-card')";

async function executionTimes(page: Page, rounds: number): Promise<Row[]> {
  const [clicked, opened]: [Painted[], Painted[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    await page.goto('/executions?workflow=thousand');
    const link = page.getByRole('link', { name: 'thousand' });
    await link.waitFor();
    await atRest(page);
    const painted = page.evaluate<Painted>(`painted(${CARD})`);
    await link.click();
    const click = await painted;
    await page.reload({ waitUntil: 'commit' });
    const open = await page.evaluate<Painted>(`painted(${CARD}, () => 0)`);
    if (round === 0) continue;
    clicked.push(click);
    opened.push(open);
  }
  const row = (what: string, times: readonly Painted[]): Row => ({
    what,
    'request ms': '',
    'to the picture ms': median(times.map(({ ms }) => ms)),
    'slowest ms': Math.max(...times.map(({ ms }) => ms)),
    'longest work ms': Math.max(...times.map(({ longest }) => longest)),
    load: loadavg()[0] ?? 0,
  });
  return [row('1,000 tasks, from the click', clicked), row('1,000 tasks, loaded by its address', opened)];
}

export async function benchPages(plan: PagesPlan, say: (line: string) => void): Promise<Row[]> {
  buildWebApp();
  const folder = mkdtempSync(join(tmpdir(), 'fermata-pages-'));
  const databaseUrl = `sqlite:${join(folder, 'bench.db')}`;
  say(`filling with ${plan.executions.toLocaleString('en')} executions`);
  await fill(databaseUrl, plan);
  const server = await startServer({ databaseUrl, port: await freePort() });
  const browser = await launchBrowser();
  try {
    const { page, context } = await openView(browser, server.url);
    page.setDefaultTimeout(60_000);
    // Free text looks at what nobody has asked for yet: once, and not while one measures.
    await fetch(`${server.url}/api/workflow/search?freeText=${WORD}&size=1`);
    await context.addInitScript({ content: WATCH });
    return [...(await filterTimes(page, plan)), ...(await executionTimes(page, plan.rounds))];
  } finally {
    await browser.close();
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
