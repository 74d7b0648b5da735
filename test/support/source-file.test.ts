// The scanner below the house rules: what it takes for code, for comment, for an import, for an export.
// If it read a file wrongly, a rule could never fail again and nobody would see it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mask, readSource } from './source-file.ts';

const codeOf = (text: string) => mask(text).code.replaceAll(/ +/g, ' ').trim();

test('comments and the insides of strings are not code, and nothing moves', () => {
  const text = "a(/* b( */ \"c(\", 'd\\'('); // e(\nf();";
  const { code, comments } = mask(text);
  assert.equal(code, `a(         "  ", '    ');      \nf();`);
  assert.equal(comments.trim().replaceAll(/ +/g, ' '), '/* b( */ // e(');
  assert.equal(code.length, text.length);
  assert.equal(comments.length, text.length);
});

test('the expressions in a template are code, its text is not, at any depth', () => {
  assert.equal(codeOf('x = `a ${b(`c ${d} e`, { f: 1 })} g`; h'), 'x = ` {b(` {d} `, { f: 1 })} `; h');
  assert.equal(codeOf('`\\${a} \\` b`; c'), '` `; c');
});

test('a quote in a regular expression opens no string, and a division is no regular expression', () => {
  assert.equal(codeOf("x.match(/['\"/]/); y('z')"), "x.match(/ /); y(' ')");
  assert.equal(codeOf("a = b / c; d = 'e' / f; g()"), "a = b / c; d = ' ' / f; g()");
  assert.equal(codeOf("const [x] = /[/'\\]]/.exec(y); z"), 'const [x] = / /.exec(y); z');
  assert.equal(codeOf("return /'/.test(a) / 2; b"), 'return / /.test(a) / 2; b');
});

test('JSX does not derail it: closing elements, and an apostrophe costs one line only', () => {
  assert.equal(codeOf("<p>Don't</p>;\nfetch('x')"), "<p>Don' ;\nfetch(' ')");
  assert.equal(codeOf('<A b="c" /> ; d()'), '<A b=" " /> ; d()');
});

test('characters outside the basic plane keep their place', () => {
  const text = "'𝄐𝄐'; a('b');";
  assert.equal(mask(text).code.length, text.length);
  assert.equal(mask(text).code, "'    '; a(' ');");
});

const importsOf = (text: string) =>
  readSource('src/engine/runner.ts', text).imports.map(({ specifier, names, typeOnly }) => [
    specifier,
    names,
    typeOnly,
  ]);

test('every kind of import is seen with its names', () => {
  const text = [
    "import a, { b, type C as D } from './a.ts';",
    "import type { E } from '../e.ts';",
    "import * as f from 'f';",
    "import './g.ts';",
    "export { h as i } from './h.ts';",
    "export * from './j.ts';",
    "const k = await import('./k.ts');",
    "new Worker(new URL('./l.ts', import.meta.url)); new URL('../x', y); new URL('./readme.md', z);",
    "import {\n  m,\n  n as o,\n} from './m.ts';",
    "type P = import('./p.ts').P;",
  ].join('\n');
  assert.deepEqual(importsOf(text).sort(), [
    ['../e.ts', ['E'], true],
    ['./a.ts', ['default', 'b', 'C'], false],
    ['./g.ts', [], false],
    ['./h.ts', ['h'], false],
    ['./j.ts', 'all', false],
    ['./k.ts', 'all', false],
    ['./l.ts', 'all', false],
    ['./m.ts', ['m', 'n'], false],
    ['./p.ts', 'all', false],
    ['f', 'all', false],
  ]);
});

test('an import in a comment or a string is none, and a declaration does not run on into the next import', () => {
  assert.deepEqual(importsOf("// import a from './a.ts'\nconst b = \"import c from './c.ts'\";"), []);
  assert.deepEqual(importsOf("export const a = 1;\nimport b from './b.ts';"), [['./b.ts', ['default'], false]]);
  assert.deepEqual(importsOf("export class A {\n  b = 1;\n}\nfoo.import('./b.ts');"), []);
});

test('relative specifiers become paths from the root, and lines are counted from one', () => {
  const { imports } = readSource(
    'src/engine/runner.ts',
    "\nimport a from '../store/store.ts';\nimport b from 'pg';\nimport './a.svg?url';",
  );
  assert.deepEqual(
    imports.map(({ file, line }) => [file, line]),
    [
      ['src/store/store.ts', 2],
      [undefined, 3],
      ['src/engine/a.svg', 4],
    ],
  );
});

test('every kind of export is seen', () => {
  const text = [
    'export const a = 1;',
    'export async function b() {}',
    'export function* c() {}',
    'export abstract class D {}',
    'export type E = { f: 1 };',
    'export interface G {}',
    'const h = 1, i = 2;',
    'export { h, i as j };',
    "export type { K } from './k.ts';",
    'export default a;',
    '// export const no = 1',
  ].join('\n');
  const { exports } = readSource('a.ts', text);
  const names = (isType: boolean) => exports.flatMap((found) => (found.isType === isType ? [found.name] : []));
  assert.deepEqual(names(false).sort(), ['D', 'a', 'b', 'c', 'default', 'h', 'j']);
  assert.deepEqual(names(true).sort(), ['E', 'G', 'K']);
});
