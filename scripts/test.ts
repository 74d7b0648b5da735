// Runs the tests: `npm test`, `npm test -- src/core test/store` for a part, `--coverage` to demand all of src/core.
// One PostgreSQL for the whole run; the last line is always `N passed, N failed`.
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { reachableFrom } from '../test/support/house-rules.ts';
import { POSTGRES_URL_VARIABLE, type PostgresServer, startPostgres } from '../test/support/postgres.ts';
import { readSource } from '../test/support/source-file.ts';
import { type Coverage, type FileResult, runFile, runFiles } from './test-run.ts';

const ROOT = process.cwd();
const TEST_FILES = ['test/**/*.test.ts', 'src/**/*.test.ts', 'ui/**/*.test.ts', 'ui/**/*.test.tsx'];
const SKIPPED_FOLDERS = ['node_modules', 'dist'];
const POSTGRES_SUPPORT = 'test/support/postgres.ts';
/** Where every line and every branch must be covered: by the tests beside the code, and by the scenarios, which run on it bare. */
const COVERED = 'src/core/';
/** Makes the random tests among them draw the same values each time. */
const SEEDED = new URL('../test/support/seeded.ts', import.meta.url).href;
const COVERING = [COVERED, 'test/scenarios/'];
const SLOWEST_SHOWN = 10;
/** What Node makes of a source is kept for the next process: a file of tests that starts a server takes 2.9 s of processor time, not 4.1. */
const COMPILED = join(ROOT, 'node_modules', '.cache', 'compiled-tests');
/**
 * A browser draws on the same cores as everything else: what failed there is run once more when nothing runs beside it.
 * Both are told, and what fails twice has failed.
 */
const RUN_AGAIN = 'test/e2e/';
/** Two even on one core: tests that wait for a disk or a process leave room for others. */
const CONCURRENCY = Math.max(2, availableParallelism());

function findTests(filters: readonly string[]): string[] {
  const isWanted = (file: string) => filters.length === 0 || filters.some((filter) => file.includes(filter));
  // Those in test/ first: they are the long ones, and a long one begun last leaves the other cores idle.
  return TEST_FILES.flatMap((glob) =>
    globSync(glob, { cwd: ROOT, exclude: (name) => SKIPPED_FOLDERS.includes(name) }).sort(),
  )
    .map((file) => file.replaceAll('\\', '/'))
    .filter(isWanted);
}

/** Only some tests need the server, and it takes a second to start: whoever runs one small file should not wait for it. */
function needsPostgres(tests: readonly string[]): boolean {
  const globs = ['src', 'test', 'ui', 'bench', 'examples'].map((folder) => `${folder}/**/*.ts`);
  const paths = globs.flatMap((glob) =>
    globSync(glob, { cwd: ROOT, exclude: (name) => SKIPPED_FOLDERS.includes(name) }),
  );
  const graph = new Map(paths.map((path) => [path, readSource(path, readFileSync(path, 'utf8'))]));
  return reachableFrom(graph, tests).has(POSTGRES_SUPPORT);
}

async function runAll(tests: readonly string[], withCoverage: boolean) {
  const results: FileResult[] = [];
  let coverage: Coverage | undefined;
  let waiting = [...tests];
  if (withCoverage) {
    const isCovering = (file: string) => COVERING.some((folder) => file.startsWith(folder));
    const together = waiting.filter(isCovering);
    waiting = waiting.filter((file) => !isCovering(file));
    const options = { concurrency: CONCURRENCY, coverage: [`${COVERED}**/*.ts`] };
    process.env.NODE_OPTIONS = `--import ${SEEDED}`;
    const run = await runFiles(ROOT, together, options);
    delete process.env.NODE_OPTIONS;
    coverage = run.coverage;
    results.push(...run.results);
    run.results.forEach(tellFile);
  }
  // Not while lines are counted: code that was kept is counted less exactly.
  process.env.NODE_COMPILE_CACHE ??= COMPILED;
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const result = await runFile(ROOT, file);
      results.push(result);
      tellFile(result);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return { results: await runFailedAgain(results), coverage };
}

async function runFailedAgain(results: readonly FileResult[]): Promise<FileResult[]> {
  const latest = [...results];
  for (const [at, { file, failed }] of results.entries()) {
    if (failed === 0 || !file.startsWith(RUN_AGAIN)) continue;
    console.log(`\nonce more, alone: ${file}`);
    latest[at] = await runFile(ROOT, file);
    tellFile(latest[at]);
  }
  return latest;
}

const seconds = (durationMs: number) => `${(durationMs / 1000).toFixed(1)} s`;

/** Reasons come with the file and not at the end: a run that is cut off has told them, too. */
function tellFile({ file, passed, failed, skipped, durationMs, failures, output }: FileResult): void {
  const tests = `${passed + failed + skipped}`.padStart(4);
  console.log(`${failed === 0 ? 'ok  ' : 'FAIL'} ${tests} tests ${seconds(durationMs).padStart(8)}  ${file}`);
  if (failed === 0) return;
  for (const { name, error } of failures) console.log(`     ${name}\n${indent(textOf(error))}`);
  if (output.trim() !== '') console.log(`\n     ${file} wrote:\n${indent(output.trimEnd())}`);
  console.log('');
}

function tellFailures(results: readonly FileResult[]): void {
  const failures = results.flatMap((result) => result.failures);
  if (failures.length > 0) console.log(`\nfailed:`);
  for (const { file, name } of failures) console.log(`     ${file}: ${name}`);
}

/** Stacks without the frames of Node itself and with paths from the root, so that the first line is one of ours. */
function textOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (!(error instanceof Error)) return inspect(error);
  const stack = (error.stack ?? String(error)).split('\n').filter((line) => !/^ +at .*\bnode:/.test(line));
  const text = stack.join('\n').replaceAll(`file://${ROOT}/`, '').replaceAll(`${ROOT}/`, '');
  return error.cause === undefined ? text : `${text}\ncaused by ${textOf(error.cause)}`;
}

const indent = (text: string) => text.replaceAll(/^/gm, '     ');

function tellSlowest(results: readonly FileResult[]): void {
  const timings = results.flatMap((result) => result.timings).sort((a, b) => b.durationMs - a.durationMs);
  console.log(`\nslowest ${Math.min(SLOWEST_SHOWN, timings.length)}:`);
  for (const { file, name, durationMs } of timings.slice(0, SLOWEST_SHOWN))
    console.log(`${seconds(durationMs).padStart(9)}  ${file}: ${name}`);
}

/** Files with nothing but types are never loaded and have nothing to cover. */
function coverageProblems({ loaded, uncovered }: Coverage): string[] {
  const files = globSync(`${COVERED}**/*.ts`, { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
  const hasCode = (file: string) => readSource(file, readFileSync(file, 'utf8')).exports.some(({ isType }) => !isType);
  return [
    ...files.filter((file) => !loaded.includes(file) && hasCode(file)).map((file) => `${file}: no test loads it`),
    // Two branches on one line are one place to look at.
    ...new Set(uncovered.map(({ file, line, what }) => `${file}:${line}: no test of the core reaches this ${what}`)),
  ];
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    options: { coverage: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const tests = findTests(positionals);
  let server: PostgresServer | undefined;
  if (process.env[POSTGRES_URL_VARIABLE] === undefined && needsPostgres(tests)) {
    server = await startPostgres();
    process.env[POSTGRES_URL_VARIABLE] = server.url;
  }
  const { results, coverage } = await runAll(tests, values.coverage).finally(() => server?.stop());
  tellFailures(results);
  tellSlowest(results);
  const uncovered = coverage === undefined ? [] : coverageProblems(coverage);
  if (uncovered.length > 0) console.log(`\nnot covered:\n${indent(uncovered.join('\n'))}`);
  if (tests.length === 0) console.log(`\nno test file matches ${positionals.join(' ') || TEST_FILES.join(' ')}`);
  const sum = (key: 'passed' | 'failed' | 'skipped') => results.reduce((total, result) => total + result[key], 0);
  console.log(
    `\n${sum('passed')} passed, ${sum('failed')} failed${sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''}`,
  );
  return tests.length > 0 && sum('passed') > 0 && sum('failed') === 0 && uncovered.length === 0;
}

// Leftover handles must not keep the run alive, so the answer is given by exit and not by waiting for silence.
process.exit((await main()) ? 0 : 1);
