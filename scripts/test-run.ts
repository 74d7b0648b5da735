// Runs test files, each in a process of its own, and collects what came of them as plain data.
// Ends files that never end: node:test waits for ever on a process that left a timer or a server open.
import { join, relative } from 'node:path';
import { run } from 'node:test';

export type Failure = { readonly file: string; readonly name: string; readonly error: unknown };
export type Timing = { readonly file: string; readonly name: string; readonly durationMs: number };
export type FileResult = {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly durationMs: number;
  readonly failures: readonly Failure[];
  readonly timings: readonly Timing[];
  /** What the file wrote, and notes of the runner; shown only if it failed. */
  readonly output: string;
};
export type UncoveredPlace = { readonly file: string; readonly line: number; readonly what: 'line' | 'branch' };
export type Coverage = { readonly loaded: readonly string[]; readonly uncovered: readonly UncoveredPlace[] };

/** No file may take longer: the longest (simulation, kill tests, browser) take one or two minutes on two cores. */
const FILE_LIMIT_MS = 600_000;
/** With no test open for so long, what keeps the process alive is not a test. */
const LEAK_LIMIT_MS = 20_000;
const MAX_OUTPUT_LENGTH = 20_000;

type Event = {
  readonly name: string;
  readonly message?: string;
  readonly file?: string;
  /** The test file whose process sent the event; absent for what the runner itself says about a file. */
  readonly entryFile?: string;
  readonly testId?: number;
  readonly parentId?: number;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
  readonly details?: {
    readonly duration_ms: number;
    readonly type?: string;
    readonly error?: Error & { readonly failureType?: string };
  };
};

type Collected = {
  passed: number;
  skipped: number;
  durationMs: number;
  output: string;
  readonly failures: Failure[];
  readonly timings: Timing[];
  /** Tests by the number that their process gave them; a name is looked up through its parents. */
  readonly names: Map<number, { readonly name: string; readonly parentId: number }>;
  readonly open: Set<number>;
  lastEventAt: number;
};

/** Runs one file. Never throws for what happens in it. */
export async function runFile(root: string, file: string): Promise<FileResult> {
  const { results } = await runFiles(root, [file], { concurrency: 1 });
  return results[0]!;
}

/** Runs files together, which coverage needs: it can be added up only inside of one run. */
export async function runFiles(
  root: string,
  files: readonly string[],
  options: { readonly concurrency: number; readonly coverage?: readonly string[] },
): Promise<{ results: FileResult[]; coverage: Coverage | undefined }> {
  const collected = new Map(files.map((file) => [join(root, file), emptyCollection()]));
  const abort = new AbortController();
  const stream = run({
    files: files.map((file) => join(root, file)),
    cwd: root,
    concurrency: options.concurrency,
    isolation: 'process',
    signal: abort.signal,
    ...(options.coverage && {
      coverage: true,
      coverageIncludeGlobs: [...options.coverage],
      coverageExcludeGlobs: ['**/*.test.ts'],
    }),
  });
  const on = (type: string, take: (into: Collected, event: Event) => void) =>
    stream.on(type, (event: Event) => {
      const into = collected.get(event.entryFile ?? event.file ?? event.name);
      if (into === undefined) return;
      into.lastEventAt = Date.now();
      take(into, event);
    });
  on('test:enqueue', takeStart);
  on('test:complete', (into, event) => {
    if (event.entryFile === undefined) into.durationMs = event.details?.duration_ms ?? 0;
    else into.open.delete(event.testId ?? 0);
  });
  on('test:pass', (into, event) => takePass(root, into, event));
  on('test:fail', (into, event) => takeFailure(root, into, event));
  for (const type of ['test:stdout', 'test:stderr', 'test:diagnostic']) on(type, takeOutput);
  let coverage: Coverage | undefined;
  stream.on('test:coverage', ({ summary }) => {
    coverage = readCoverage(root, summary.files);
  });
  const watch = setInterval(() => endIfStuck(root, collected, abort), 1_000);
  for await (const _ of stream);
  clearInterval(watch);
  return { results: files.map((file) => toResult(file, collected.get(join(root, file))!)), coverage };
}

function emptyCollection(): Collected {
  const now = Date.now();
  return {
    passed: 0,
    skipped: 0,
    durationMs: 0,
    output: '',
    failures: [],
    timings: [],
    names: new Map(),
    open: new Set(),
    lastEventAt: now,
  };
}

function takeStart(into: Collected, event: Event): void {
  if (event.entryFile === undefined || event.testId === undefined) return;
  into.names.set(event.testId, { name: event.name, parentId: event.parentId ?? 0 });
  into.open.add(event.testId);
}

function takePass(root: string, into: Collected, event: Event): void {
  if (event.entryFile === undefined || event.details?.type === 'suite') return;
  if (event.skip !== undefined || event.todo !== undefined) into.skipped += 1;
  else into.passed += 1;
  into.timings.push({
    file: relative(root, event.entryFile),
    name: nameOf(into, event),
    durationMs: event.details?.duration_ms ?? 0,
  });
}

function takeFailure(root: string, into: Collected, event: Event): void {
  const error = event.details?.error;
  // The failures inside of it are counted; counting what contains them would tell of one mistake twice.
  if (error?.failureType === 'subtestsFailed') return;
  // What was ended for being stuck has its reason already.
  if (error?.failureType === 'testAborted' && into.failures.length > 0) return;
  if (event.todo !== undefined) {
    into.skipped += 1;
    return;
  }
  const file = relative(root, event.entryFile ?? event.file ?? event.name);
  const name = event.entryFile === undefined ? 'the file itself' : nameOf(into, event);
  into.failures.push({ file, name, error: error?.cause ?? error });
}

function takeOutput(into: Collected, event: Event): void {
  if (event.entryFile === undefined || into.output.length > MAX_OUTPUT_LENGTH) return;
  const message = event.message ?? '';
  into.output += message.endsWith('\n') ? message : `${message}\n`;
}

function nameOf(into: Collected, event: Event): string {
  const names = [event.name];
  for (let at = event.parentId ?? 0; at !== 0; ) {
    const parent = into.names.get(at);
    if (parent === undefined) break;
    names.unshift(parent.name);
    at = parent.parentId;
  }
  return names.join(' > ');
}

/** Aborting ends the processes of the whole run, which is one file but for coverage. */
function endIfStuck(root: string, collected: ReadonlyMap<string, Collected>, abort: AbortController): void {
  for (const [path, into] of collected) {
    if (abort.signal.aborted) return;
    if (into.durationMs > 0 || into.names.size === 0) continue;
    const silentMs = Date.now() - into.lastEventAt;
    const tell = (name: string, reason: string) => {
      into.failures.push({ file: relative(root, path), name, error: reason });
      abort.abort();
    };
    if (into.open.size === 0 && silentMs > LEAK_LIMIT_MS)
      tell(
        'the file itself',
        'its tests are done, but it does not end: close what it opened (timer, server, connection)',
      );
    else if (silentMs > FILE_LIMIT_MS)
      tell(
        [...into.open].map((id) => into.names.get(id)?.name).join(', '),
        `no sign of life for ${FILE_LIMIT_MS / 1000} s`,
      );
  }
}

function toResult(file: string, { passed, skipped, durationMs, output, failures, timings }: Collected): FileResult {
  const empty = passed + skipped + failures.length === 0;
  const all = empty ? [{ file, name: 'the file itself', error: 'it has no tests' }] : failures;
  return { file, passed, failed: all.length, skipped, durationMs, failures: all, timings, output };
}

type CoveredFile = {
  readonly path: string;
  readonly lines: readonly { readonly line: number; readonly count: number }[];
  readonly branches: readonly { readonly line: number; readonly count: number }[];
};

function readCoverage(root: string, files: readonly CoveredFile[]): Coverage {
  const places = (file: CoveredFile, what: UncoveredPlace['what']) =>
    (what === 'line' ? file.lines : file.branches)
      .filter(({ count }) => count === 0)
      .map(({ line }) => ({ file: relative(root, file.path), line, what }));
  return {
    loaded: files.map(({ path }) => relative(root, path)),
    uncovered: files.flatMap((file) => [...places(file, 'line'), ...places(file, 'branch')]),
  };
}
