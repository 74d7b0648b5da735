// The one command before a commit and in CI: format and lint, types, house rules and tests with the coverage of the core.
// Stops at the first step that fails, and ends with a table of what ran and how long it took.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const ROOT = process.cwd();
const require = createRequire(join(ROOT, 'package.json'));

type Step = { readonly name: string; readonly script: string; readonly args: readonly string[] };

/** The script of a package's command, run by this Node: no shell, and no search in PATH for another version. */
function command(packageName: string, name: string): string {
  const manifest = require.resolve(`${packageName}/package.json`);
  const { bin } = require(manifest) as { bin: Readonly<Record<string, string>> };
  return join(dirname(manifest), bin[name] ?? '');
}

const tsc = command('typescript', 'tsc');
const steps: readonly Step[] = [
  { name: 'format and lint', script: command('@biomejs/biome', 'biome'), args: ['check', '--error-on-warnings', '.'] },
  { name: 'types', script: tsc, args: ['--noEmit', '--project', '.'] },
  ...(existsSync(join(ROOT, 'ui', 'tsconfig.json'))
    ? [{ name: 'types of the web app', script: tsc, args: ['--noEmit', '--project', 'ui'] }]
    : []),
  // Not in the pre-script: there a broken web app would hide what the steps above have to say.
  { name: 'web app', script: join(ROOT, 'scripts', 'setup.js'), args: ['--ui'] },
  { name: 'tests', script: join(ROOT, 'scripts', 'test.ts'), args: ['--coverage'] },
];

const table: string[] = [];
let failed = false;
for (const { name, script, args } of steps) {
  if (failed) {
    table.push(`not run            ${name}`);
    continue;
  }
  console.log(`\n== ${name}`);
  const begin = performance.now();
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: ROOT, stdio: 'inherit' });
  const took = `${((performance.now() - begin) / 1000).toFixed(1)} s`.padStart(9);
  failed = status !== 0;
  table.push(`${failed ? 'FAILED ' : 'ok     '}${took}   ${name}`);
}
console.log(`\n${table.join('\n')}`);
process.exitCode = failed ? 1 : 0;
