// The test runner itself, run as a whole over small folders: what it counts, what it shows, what it answers.
// A runner that cannot fail would hide every other failure.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const RUNNER = fileURLToPath(new URL('../scripts/test.ts', import.meta.url));
const TEST = "import { test, describe } from 'node:test';\nimport assert from 'node:assert/strict';\n";

/** Lays out a folder, runs the runner there, and gives what it said. */
function runOver(files: Record<string, string>, args: readonly string[] = []) {
  const root = mkdtempSync(join(tmpdir(), 'fermata-test-run-'));
  try {
    for (const [path, text] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    // Inside of a test, node:test takes a further run for one of its own and skips it.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [RUNNER, ...args], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr, lastLine: stdout.trimEnd().split('\n').at(-1) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('all green: counted, and the answer is 0', () => {
  const { status, lastLine } = runOver({
    'src/core/a.test.ts': `${TEST}test('a', () => {}); describe('b', () => { test('c', () => {}); });`,
    'test/d.test.ts': `${TEST}test('d', async (t) => { await t.test('e', () => {}); });`,
    'src/node_modules/f.test.ts': `${TEST}test('f', () => assert.fail());`,
  });
  assert.equal(lastLine, '4 passed, 0 failed');
  assert.equal(status, 0);
});

test('a failure is shown with file, name, message and what the file wrote, and counted once', () => {
  const { status, output, lastLine } = runOver({
    'src/a.test.ts': `${TEST}console.log('noise of a');\ndescribe('outer', () => { test('inner', () => assert.equal(1, 2, 'not so')); });\ntest.skip('later', () => {});`,
    'src/b.test.ts': `${TEST}console.log('noise of b');\ntest('fine', () => {});`,
  });
  assert.equal(lastLine, '1 passed, 1 failed, 1 skipped');
  assert.equal(status, 1);
  assert.match(output, /FAIL .* src\/a\.test\.ts\n +outer > inner\n +AssertionError.*not so\n/);
  assert.match(output, /at .*src\/a\.test\.ts:4:/);
  assert.match(output, /noise of a/);
  assert.doesNotMatch(output, /noise of b/);
});

test('a browser file that fails is run once more, and what fails twice has failed', () => {
  const once = `${TEST}import { existsSync, writeFileSync } from 'node:fs';
test('second time lucky', () => { const seen = existsSync('seen'); writeFileSync('seen', ''); assert.ok(seen); });`;
  const lucky = runOver({ 'test/e2e/a.test.ts': once });
  assert.deepEqual([lucky.status, lucky.lastLine], [0, '1 passed, 0 failed']);
  assert.match(lucky.output, /FAIL .* test\/e2e\/a\.test\.ts[\s\S]*once more, alone: test\/e2e\/a\.test\.ts/);
  const never = runOver({ 'test/e2e/a.test.ts': `${TEST}test('never', () => assert.fail());`, 'src/b.test.ts': once });
  assert.deepEqual([never.status, never.lastLine], [1, '0 passed, 2 failed'], 'others are not run again');
});

test('a file that cannot be read, ends early, or holds no test has failed', () => {
  const { status, output, lastLine } = runOver({
    'src/syntax.test.ts': 'const x: = 3;',
    'src/ends.test.ts': `${TEST}test('a', () => { process.exit(0); });\ntest('b', () => {});`,
    'src/empty.test.ts': '',
    'src/late.test.ts': `${TEST}import { after } from 'node:test';\nafter(() => { throw new Error('in after'); });\ntest('a', () => {});`,
  });
  assert.equal(status, 1);
  for (const file of ['syntax', 'ends', 'empty', 'late'])
    assert.match(output, new RegExp(`FAIL .* src/${file}\\.test\\.ts`));
  assert.match(output, /ERR_INVALID_TYPESCRIPT_SYNTAX/);
  assert.match(lastLine ?? '', /^1 passed, 4 failed$/);
});

test('filters choose files, and choosing none is a failure', () => {
  const files = {
    'src/a.test.ts': `${TEST}test('a', () => {});`,
    'src/b.test.ts': `${TEST}test('b', () => assert.fail());`,
  };
  assert.deepEqual([runOver(files, ['src/a']).status, runOver(files, ['src/b']).status], [0, 1]);
  const none = runOver(files, ['src/c']);
  assert.deepEqual([none.status, none.lastLine], [1, '0 passed, 0 failed']);
});

test('coverage names lines and branches of the core that nothing reaches, and files that nothing loads', () => {
  const files = {
    'src/core/a.ts': 'export function a(x: boolean) {\n  if (x) {\n    return 1;\n  }\n  return 2;\n}\n',
    'src/core/a.test.ts': `${TEST}import { a } from './a.ts';\ntest('a', () => { a(false); });`,
    'src/core/words.ts': 'export type Word = string;\n',
  };
  const part = runOver(files, ['--coverage']);
  assert.equal(part.status, 1);
  assert.equal(part.lastLine, '1 passed, 0 failed');
  assert.match(part.output, /src\/core\/a\.ts:3: no test of the core reaches this line/);
  const whole = {
    ...files,
    'src/core/a.test.ts': `${TEST}import { a } from './a.ts';\ntest('a', () => { a(false); a(true); });`,
  };
  assert.equal(runOver(whole, ['--coverage']).status, 0);
  const lost = runOver({ ...whole, 'src/core/b.ts': 'export const b = 1;\n' }, ['--coverage']);
  assert.equal(lost.status, 1);
  assert.match(lost.output, /src\/core\/b\.ts: no test loads it/);
});
