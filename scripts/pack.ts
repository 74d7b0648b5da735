// Writes dist/, the server as plain JavaScript, for the published package: Node strips no types below node_modules.
// Types are blanked out in place, so line numbers of stack traces stay right; addresses of our own files end in .js.
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = join(ROOT, 'src');
const TARGET = join(ROOT, 'dist');
/** A quoted relative path to one of our files, in an import or in `new URL(…)`. */
const OWN_FILE = /(['"])(\.{1,2}\/[\w./-]+)\.ts\1/g;

rmSync(TARGET, { recursive: true, force: true });
const files = readdirSync(SOURCES, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
  .map((entry) => join(entry.parentPath, entry.name));
for (const file of files) {
  const target = join(TARGET, relative(SOURCES, file)).replace(/\.ts$/, '.js');
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, stripTypeScriptTypes(readFileSync(file, 'utf8')).replaceAll(OWN_FILE, '$1$2.js$1'));
}
chmodSync(join(TARGET, 'main.js'), 0o755);
process.stdout.write(`${files.length} files in dist/\n`);
