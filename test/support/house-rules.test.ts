// Each house rule on small trees of its own: what it lets through and what it names.
// Without these the tidy test could go blind and still be green.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  badNames,
  bannedComments,
  bannedPackages,
  bannedWords,
  brokenImports,
  coreImports,
  deadExports,
  dependencyProblems,
  importRings,
  innerImports,
  longFiles,
  missingHeaders,
  readTree,
  treeProblems,
  uiImports,
  unreachableFiles,
  unusedDependencies,
  upwardImports,
} from './house-rules.ts';
import { readSource } from './source-file.ts';

const tree = (files: Record<string, string>) => Object.entries(files).map(([path, text]) => readSource(path, text));
const FLOORS = { core: 0, lib: 0, store: 1, engine: 2, inbound: 2, main: 5 };

test('imports go down or stay in the room', () => {
  const good = tree({
    'src/engine/runner.ts': "import a from './timer.ts';\nimport b from '../store/store.ts';\nimport c from 'pg';",
    'src/main.ts': "import a from './engine/runner.ts';",
    'src/core/join.test.ts': "import a from '../store/store.ts';",
  });
  assert.deepEqual(upwardImports(good, FLOORS), []);
  const bad = tree({
    'src/engine/runner.ts': "import type a from '../inbound/receive.ts';",
    'src/core/decide.ts': "\nimport a from '../store/store.ts';",
    'src/lib/loop.ts': "import a from '../../test/support/clock.ts';",
    'src/attic/old.ts': '',
  });
  assert.deepEqual(
    upwardImports(bad, FLOORS).map((problem) => problem.split(';')[0]),
    [
      'src/engine/runner.ts:1: engine imports src/inbound/receive.ts, which is beside it',
      'src/core/decide.ts:2: core imports src/store/store.ts, which is above it',
      'src/lib/loop.ts:1: lib imports test/support/clock.ts, which is not part of the server',
      'src/attic/old.ts: attic is no room of the design',
    ],
  );
});

test('the web app sees core and the types of the contract, nothing else', () => {
  const good = tree({
    'ui/src/pages/run.tsx':
      "import { plan } from '../../../src/core/plan.ts';\nimport type { Run } from '../../../src/http/contract.ts';\nimport type { A } from '../../../src/http/contract/a.ts';\nimport x from 'react';\nimport y from '../model/run.ts';",
  });
  assert.deepEqual(uiImports(good), []);
  const bad = tree({
    'ui/src/pages/run.tsx':
      "import { Run } from '../../../src/http/contract.ts';\nimport type { S } from '../../../src/store/store.ts';\nimport 'node:fs';",
  });
  assert.equal(uiImports(bad).length, 3);
});

test('core stands alone, but for the packages that it is granted', () => {
  const files = tree({
    'src/core/a.ts': "import b from './b.ts';\nimport c from 'node:crypto';\nimport d from 'jsonpath';",
    'src/core/a.test.ts': "import e from 'node:test';",
  });
  assert.deepEqual(
    coreImports(files, new Set(['jsonpath'])).map((problem) => problem.split(';')[0]),
    ['src/core/a.ts:2: core imports node:crypto'],
  );
});

test('what lies deeper in a room is for that room alone', () => {
  const files = tree({
    'src/store/store.ts': "import a from './rows/a.ts';",
    'src/store/rows/a.ts': '',
    'src/http/b.ts': "import s from '../store/store.ts';\nimport a from '../store/rows/a.ts';",
    'src/http/b.test.ts': "import a from '../store/rows/a.ts';",
    'test/c.ts': "import a from '../src/store/rows/a.ts';",
  });
  assert.deepEqual(
    innerImports(files, 'src/store/').map((problem) => problem.split(';')[0]),
    ['src/http/b.ts:2: reaches into src/store/rows/a.ts'],
  );
});

test('a ring is named once, from file to file, type imports included', () => {
  const files = tree({
    'src/core/a.ts': "import b from './b.ts';",
    'src/core/b.ts': "import type c from './c.ts';\nimport d from './d.ts';",
    'src/core/c.ts': "import a from './a.ts';",
    'src/core/d.ts': '',
    'src/core/e.ts': "import a from './a.ts';",
  });
  const problems = importRings(files);
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? '', /^src\/core\/a\.ts -> src\/core\/b\.ts -> src\/core\/c\.ts -> src\/core\/a\.ts:/);
  assert.deepEqual(importRings(files.slice(1)), []);
});

test('an import of a file that is not there is named', () => {
  const files = tree({ 'src/core/a.ts': "import b from './b.ts';\nimport c from './c.ts';" });
  assert.deepEqual(
    brokenImports(files, (path) => path === 'src/core/b.ts'),
    ['src/core/a.ts:2: ./c.ts does not exist'],
  );
});

test('length counts lines, and tests may be longer', () => {
  const files = tree({
    'src/core/a.ts': 'x\n'.repeat(4),
    'src/core/b.ts': 'x\n'.repeat(5),
    'src/core/b.test.ts': 'x\n'.repeat(6),
  });
  assert.deepEqual(
    longFiles(files, 4, 5).map((problem) => problem.split(',')[0]),
    ['src/core/b.ts: 5 lines', 'src/core/b.test.ts: 6 lines'],
  );
});

test('a banned word is found in code, and only outside of its home', () => {
  const ban = {
    what: 'reads the clock',
    pattern: /\bDate\.now\b/g,
    within: ['src/'],
    homes: ['src/lib/clock.ts'],
    instead: 'ask',
  };
  const files = tree({
    'src/lib/clock.ts': 'Date.now()',
    'src/lib/clock.test.ts': 'Date.now()',
    'bench/main.ts': 'Date.now()',
    'src/engine/a.ts': "// Date.now()\n'Date.now()';\n`${Date.now()}`",
  });
  assert.deepEqual(bannedWords(files, [ban]), ['src/engine/a.ts:3: reads the clock; ask']);
  assert.equal(bannedWords(files, [{ ...ban, testsToo: true }]).length, 2);
});

test('a banned package is found outside of its home', () => {
  const ban = { packages: /^undici(\/|$)/, homes: ['src/outbound/'], instead: 'send through outbound' };
  const files = tree({
    'src/outbound/a.ts': "import { Client } from 'undici';",
    'src/engine/a.ts': "import { Client } from 'undici';\nimport b from 'undici-like';",
    'src/engine/a.test.ts': "import { Client } from 'undici';",
  });
  assert.deepEqual(bannedPackages(files, [ban]), ['src/engine/a.ts:1: imports undici; send through outbound']);
});

test('notes to oneself and orders to look away are found in comments only', () => {
  const note = ['TO', 'DO'].join('');
  const files = tree({
    'src/core/a.ts': `const a = '${note}'; // fine\n// ${note}: later\n/* @ts-${'ignore'} */\n// biome-${'ignore'} lint: no`,
  });
  assert.deepEqual(
    bannedComments(files).map((problem) => problem.split(' ')[0]),
    ['src/core/a.ts:2:', 'src/core/a.ts:3:', 'src/core/a.ts:4:'],
  );
});

test('a file begins with a comment', () => {
  const files = tree({
    'src/a.ts': '// For.\n',
    'src/b.ts': '#!/usr/bin/env node\n// For.',
    'src/c.ts': 'x',
    'src/c.test.ts': 'x',
  });
  assert.deepEqual(
    missingHeaders(files).map((problem) => problem.split(':')[0]),
    ['src/c.ts'],
  );
});

test('names say something, in kebab-case', () => {
  const good = [
    'src/core/task-types.ts',
    'src/core/a.test.ts',
    'ui/vite.config.ts',
    'ui/src/env.d.ts',
    '.ci/run',
    'README.md',
  ];
  assert.deepEqual(badNames(good), []);
  const bad = [
    'src/lib/utils.ts',
    'src/helpers/a.ts',
    'src/core/types.ts',
    'src/core/json-helpers.test.ts',
    'src/core/runTask.ts',
  ];
  assert.equal(badNames(bad).length, bad.length);
});

test('an export that nobody uses, or that only a test does, is dead', () => {
  const files = tree({
    'src/core/a.ts':
      'export const used = 1;\nexport const tested = 2;\nexport type Dead = 3;\nexport const granted = 4;\nexport type Offered = 5;\nfunction f(): Offered {}\nexport const limit = 6;\nexport const own = limit;\nown;',
    'src/core/b.ts': "import { used } from './a.ts';\nimport * as c from './c.ts';",
    'src/core/c.ts': 'export const any = 1;',
    'src/core/a.test.ts': "import { tested, limit } from './a.ts';",
    'test/d.ts': "import { tested } from '../src/core/a.ts';",
    'src/main.ts': 'export const main = 1;',
  });
  assert.deepEqual(
    deadExports(files, new Set(['src/main.ts', 'src/core/a.ts#granted'])).map((problem) => problem.split(';')[0]),
    [
      'src/core/a.ts:2: nobody imports tested',
      'src/core/a.ts:3: nobody imports Dead',
      'src/core/a.ts:8: nobody imports own',
    ],
  );
});

test('a file that no entry point leads to is named', () => {
  const files = tree({
    'src/main.ts': "import './server.ts';",
    'src/server.ts': "new Worker(new URL('./worker.ts', import.meta.url));",
    'src/worker.ts': '',
    'src/lost.ts': '',
  });
  assert.deepEqual(
    unreachableFiles(files, ['src/main.ts']).map((problem) => problem.split(':')[0]),
    ['src/lost.ts'],
  );
});

const TREE = [
  '# Words',
  '<!-- tree -->',
  '```',
  'src/',
  '  core/        pure rules',
  '    tasks/     one file per task type',
  '  main.ts      the command',
  'ui/src/        the web app',
  '  pages/       one per screen',
  '```',
  '<!-- /tree -->',
].join('\n');
const REAL = ['src/core/a.ts', 'src/core/tasks/join.ts', 'src/main.ts', 'ui/src/pages/run.tsx', 'test/a.ts'];

test('the tree of a document is read with its levels', () => {
  assert.deepEqual(
    readTree(TREE)?.map(({ path, about }) => [path, about]),
    [
      ['src/', ''],
      ['src/core/', 'pure rules'],
      ['src/core/tasks/', 'one file per task type'],
      ['src/main.ts', 'the command'],
      ['ui/src/', 'the web app'],
      ['ui/src/pages/', 'one per screen'],
    ],
  );
  assert.equal(readTree('# no tree'), undefined);
});

test('the tree is the real one: nothing missing, nothing gone, everything with a word', () => {
  assert.deepEqual(treeProblems('a.md', TREE, REAL), []);
  assert.deepEqual(treeProblems('a.md', TREE, [...REAL, 'src/store/drivers/deep/pg.ts']), [
    'a.md: the tree lacks src/store/',
    'a.md: the tree lacks src/store/drivers/',
  ]);
  assert.deepEqual(treeProblems('a.md', TREE, REAL.slice(1)), []);
  assert.deepEqual(treeProblems('a.md', TREE, ['src/main.ts', 'ui/src/pages/run.tsx']), [
    'a.md:5: src/core/ does not exist; remove it from the tree',
    'a.md:6: src/core/tasks/ does not exist; remove it from the tree',
  ]);
  assert.deepEqual(treeProblems('a.md', TREE.replace('pure rules', ''), REAL), [
    'a.md:5: say in one line what src/core/ is for',
  ]);
  assert.equal(treeProblems('a.md', '', REAL).length, 1);
});

test('each dependency is pinned and has a reason, and no reason is left behind', () => {
  const document = '| package | why |\n| --- | --- |\n| `a` | x |\n| `@b/c`, `d` | y |\n\n`e` in prose';
  assert.deepEqual(
    dependencyProblems(
      { dependencies: { a: '1.0.0', '@b/c': '2.1.0-beta.1' }, devDependencies: { d: '3.0.0' } },
      'd.md',
      document,
    ),
    [],
  );
  assert.deepEqual(
    dependencyProblems({ dependencies: { a: '^1.0.0', e: '1.0.0' } }, 'd.md', document).map(
      (problem) => problem.split(';')[0],
    ),
    [
      'package.json: pin a to one exact version, not ^1.0.0',
      'd.md: give e a row with the reason for it',
      'd.md: @b/c is not in package.json',
      'd.md: d is not in package.json',
    ],
  );
});

test('a dependency that nobody imports is named, and one that only tests import is none of the product', () => {
  const files = tree({
    'src/store/a.ts': "import pg from 'pg';\nimport b from '@b/c/part';",
    'src/store/a.test.ts': "import d from 'd';",
  });
  const dependencies = { pg: '1.0.0', '@b/c': '1.0.0', d: '1.0.0' };
  const devDependencies = { d: '1.0.0', tool: '1.0.0', '@types/pg': '1.0.0', e: '1.0.0' };
  assert.deepEqual(
    unusedDependencies({ dependencies, devDependencies }, files, new Set(['tool'])).map(
      (problem) => problem.split(';')[0],
    ),
    ['package.json: the server does not import d', 'package.json: nothing imports e'],
  );
});
