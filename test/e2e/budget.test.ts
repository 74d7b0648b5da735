// What the first visit costs: everything that the overview loads, as the server sends it compressed.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';

const DIST = join(import.meta.dirname, '../../ui/dist');
/** The goal of the design: it loads in a second on a slow line. */
const FIRST_LOAD_BYTES = 300 * 1024;
/** No page may bring in a library of its own weight; the JSON editor is one, and is fetched when it is needed. */
const CHUNK_BYTES = 130 * 1024;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

/** As the server compresses it for every browser of the last years (src/http/web-app.ts). */
const BROTLI_QUALITY = 5;
const compressed = (file: string): number =>
  brotliCompressSync(readFileSync(join(DIST, file)), { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
    .byteLength;

/** A chunk with all that it imports before it can run. */
function filesOf(manifest: Readonly<Record<string, Chunk>>, key: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return seen;
  for (const file of [chunk.file, ...(chunk.css ?? [])]) seen.add(file);
  for (const next of chunk.imports ?? []) filesOf(manifest, next, seen);
  return seen;
}

test('the first load is at most 300 KB, whichever of the main pages is first', () => {
  const manifest = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;
  const common = ['index.html', ...readdirSync(DIST).filter((name) => /^(color-scheme\.js|favicon\.svg)$/.test(name))];
  for (const page of ['overview', 'executions', 'execution', 'webhook-list', 'run-workflow']) {
    const files = filesOf(manifest, 'index.html');
    assert.ok(manifest[`src/pages/${page}.tsx`], `${page} has a chunk of its own`);
    filesOf(manifest, `src/pages/${page}.tsx`, files);
    const bytes = [...common, ...files].reduce((sum, file) => sum + compressed(file), 0);
    assert.ok(bytes <= FIRST_LOAD_BYTES, `${page}: ${Math.round(bytes / 1024)} KB`);
  }
});

test('no chunk is heavy', () => {
  for (const file of readdirSync(join(DIST, 'assets')).map((name) => `assets/${name}`)) {
    if (statSync(join(DIST, file)).size < CHUNK_BYTES) continue;
    assert.ok(compressed(file) <= CHUNK_BYTES, `${file}: ${Math.round(compressed(file) / 1024)} KB`);
  }
});
