// How much a first visit loads: read from the manifest of the build, compressed as a server would.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildWebApp } from './app.ts';

const DIST = new URL('../../ui/dist/', import.meta.url);
/** What a first visit may load, page included. */
const FIRST_LOAD_BYTES = 300 * 1024;
/** Nothing that is loaded later may be larger; the editor, the largest, is below it too. */
const CHUNK_BYTES = 130 * 1024;

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

before(buildWebApp);

const manifest = (): Record<string, Chunk> =>
  JSON.parse(readFileSync(new URL('.vite/manifest.json', DIST), 'utf8')) as Record<string, Chunk>;
const compressed = (file: string): number => gzipSync(readFileSync(fileURLToPath(new URL(file, DIST)))).length;

/** Files that a chunk needs, its own included. */
function filesOf(chunks: Record<string, Chunk>, name: string, found = new Set<string>()): Set<string> {
  const chunk = chunks[name];
  if (!chunk || found.has(chunk.file)) return found;
  for (const file of [chunk.file, ...(chunk.css ?? [])]) found.add(file);
  for (const other of chunk.imports ?? []) filesOf(chunks, other, found);
  return found;
}

test('a first visit to the overview or the webhooks loads at most 300 KB', () => {
  const chunks = manifest();
  const entry = Object.keys(chunks).find((name) => chunks[name]?.isEntry) ?? '';
  for (const page of ['src/pages/overview.tsx', 'src/pages/webhook-list.tsx']) {
    const files = new Set([...filesOf(chunks, entry), ...filesOf(chunks, page), 'index.html']);
    assert.ok(files.size > 3, `the manifest knows ${page}`);
    const bytes = [...files].reduce((sum, file) => sum + compressed(file), 0);
    assert.ok(bytes <= FIRST_LOAD_BYTES, `${page}: ${Math.round(bytes / 1024)} KB`);
  }
});

test('no chunk is larger than 130 KB', () => {
  const large = Object.values(manifest()).filter(({ file }) => compressed(file) > CHUNK_BYTES);
  assert.deepEqual(
    large.map(({ file }) => file),
    [],
  );
});
