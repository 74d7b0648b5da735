// Tests of `${…}`: Conductor's rules, what stays for later, hostile templates and values.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Json, JsonObject } from '../json.ts';
import type { Keep, Scope } from './expression.ts';
import { keeps, references, resolve } from './expression.ts';
import { MAX_EXPRESSION_NESTING, MAX_RESOLVED_TEXT_LENGTH, MAX_TEMPLATE_DEPTH } from './text-limits.ts';

const holdsExpressions = (template: Parameters<typeof keeps>[0]): boolean => keeps(template, () => true);

const values: JsonObject = {
  workflow: {
    input: {
      a: 1,
      name: 'Ada',
      list: [{ id: 'x' }, { id: 'y' }],
      flag: true,
      nothing: null,
      key: 'name',
      nested: { 'b c': 2 },
    },
    status: 'RUNNING',
  },
  'ref-1': { output: { text: 'out', object: { k: [1, null] } }, status: 'COMPLETED' },
  CPEWF_TASK_ID: 'task-9',
};
const scopeOf = (roots: JsonObject): Scope => ({
  lookup: (root) => (Object.hasOwn(roots, root) ? roots[root] : undefined),
});
const scope = scopeOf(values);
const secret: Keep = (root, path) => root === 'workflow' && /^\.secrets\b/.test(path);

describe('expression', () => {
  const cases: readonly (readonly [string, Json])[] = [
    ['plain', 'plain'],
    ['', ''],
    ['${workflow.input.a}', 1],
    ['${ workflow.input.a }', 1],
    ['${workflow.input.flag}', true],
    ['${workflow.input.nothing}', null],
    ['${workflow.input.nested}', { 'b c': 2 }],
    ["${workflow.input.nested['b c']}", 2],
    ["${workflow['input'].list[1].id}", 'y'],
    ['${workflow.input.list[-1].id}', 'y'],
    ['${workflow.input.list[*].id}', ['x', 'y']],
    ["${workflow.input.list[?(@.id == 'y')].id}", ['y']],
    ['${workflow.input.list.length()}', 2],
    ['${$.workflow.input.a}', 1],
    ['${workflow.status}', 'RUNNING'],
    ['${ref-1.output.object}', { k: [1, null] }],
    ['${CPEWF_TASK_ID}', 'task-9'],
    ['id ${CPEWF_TASK_ID}!', 'id task-9!'],
    ['${workflow.input.gone}', null],
    ['${gone.output.x}', null],
    ['${workflow.input.a.b.c}', null],
    ['a=${workflow.input.a} n=${workflow.input.name}', 'a=1 n=Ada'],
    ['${workflow.input.a}${workflow.input.a}', '11'],
    ['x${workflow.input.gone}y', 'xnully'],
    ['x${workflow.input.nothing}', 'xnull'],
    ['x${ref-1.output.object}', 'x{"k":[1,null]}'],
    ['x${workflow.input.flag}', 'xtrue'],
    ['${}', ''],
    ['${  }', ''],
    ['a${}b', 'ab'],
    ['${not a path}', null],
    ['${*}', null],
    ['${..a}', null],
    ['${[0]}', null],
    ['$${workflow.input.a}', '${workflow.input.a}'],
    ['$$${workflow.input.a}', '$${workflow.input.a}'],
    ['a $${x} ${workflow.input.a}', 'a ${x} 1'],
    ['$${a ${workflow.input.a}}', '${a 1}'],
    ['${workflow.input.a', '${workflow.input.a'],
    ['${ a ${workflow.input.a}', '${ a 1'],
    ['{"a": ${workflow.input.a}}', '{"a": 1}'],
    ['{${workflow.input.a}', '{1'],
    ['} ${workflow.input.a} {', '} 1 {'],
    ['$ {a} $', '$ {a} $'],
    ['${workflow.input.${workflow.input.key}}', 'Ada'],
    ['<${workflow.input.${workflow.input.key}}>', '<Ada>'],
    ['${workflow.${gone}.x}', null],
    ['${workflow input ${workflow.input.key}}', null],
    ['${${workflow.input.gone}}', null],
  ];
  for (const [template, expected] of cases) {
    it(`${template || 'the empty text'} becomes ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(resolve(template, scope), expected);
      assert.deepEqual(resolve({ a: [template, 1, null, false] }, scope), { a: [expected, 1, null, false] });
    });
  }

  it('leaves keys alone and keeps __proto__ a key like any other', () => {
    const template: Json = JSON.parse('{"__proto__":{"a":"${workflow.input.a}"},"${workflow.input.a}":"k"}');
    const resolved = resolve(template, scope);
    assert.equal(JSON.stringify(resolved), '{"__proto__":{"a":1},"${workflow.input.a}":"k"}');
    assert.equal(Object.getPrototypeOf(resolved), Object.prototype);
    assert.equal(({} as JsonObject).a, undefined);
    assert.equal(resolve('${__proto__.x}', scope), null);
    assert.equal(resolve('${workflow.constructor.name}', scope), null);
    assert.equal(resolve('${__proto__.x}', { lookup: () => ({ x: 1 }) }), 1);
  });

  it('never reads a value as a template', () => {
    const hostile = scopeOf({ t: { v: '${t.secret}', list: ['${t.secret}'], secret: 's' } });
    assert.equal(resolve('${t.v}', hostile), '${t.secret}');
    assert.deepEqual(resolve('${t.list}', hostile), ['${t.secret}']);
    assert.equal(resolve('<${t.v}>', hostile), '<${t.secret}>');
  });

  it('nests a few expressions and stops', () => {
    const nest = (levels: number): string => (levels === 0 ? 'b' : `\${a.${nest(levels - 1)}}`);
    const chain = scopeOf({ a: { b: 'b' } });
    assert.equal(resolve(nest(MAX_EXPRESSION_NESTING + 1), chain), 'b');
    assert.equal(
      resolve(nest(MAX_EXPRESSION_NESTING + 2), scopeOf({ a: { null: 'stopped', stopped: 'stopped' } })),
      'stopped',
    );
  });

  it('leaves what lies too deep', () => {
    const wrap = (levels: number): Json => (levels === 0 ? '${workflow.input.a}' : [wrap(levels - 1)]);
    const inner = (value: Json): Json => (Array.isArray(value) ? inner(value[0] ?? null) : value);
    assert.equal(inner(resolve(wrap(MAX_TEMPLATE_DEPTH), scope)), 1);
    assert.equal(inner(resolve(wrap(MAX_TEMPLATE_DEPTH + 1), scope)), '${workflow.input.a}');
    assert.equal(holdsExpressions(wrap(MAX_TEMPLATE_DEPTH)), true);
    assert.equal(holdsExpressions(wrap(MAX_TEMPLATE_DEPTH + 1)), false);
  });

  it('stops a text that multiplies a large value', () => {
    const large = scopeOf({ v: { x: 'x'.repeat(6_000_000) } });
    const text = resolve('${v.x}${v.x}'.repeat(50), large) as string;
    assert.ok(text.length > MAX_RESOLVED_TEXT_LENGTH && text.length <= MAX_RESOLVED_TEXT_LENGTH + 6_000_000);
  });

  it('reads a long row of open braces in one pass', () => {
    const open = '${'.repeat(100_000);
    assert.equal(resolve(open, scope), open);
  });

  it('lists the roots and tells whether there are expressions', () => {
    const template: Json = {
      a: '${workflow.input.x} ${t1.output}',
      b: ['${t2.output[0]}', '${workflow.y}', 3],
      c: '$${t3.x}',
    };
    assert.deepEqual(references(template), ['workflow', 't1', 't2']);
    assert.deepEqual(references('${t1.${t2.output.k}}'), ['t2']);
    assert.deepEqual(references(['${..x}', '${not a path}', '${}', null]), []);
    assert.equal(holdsExpressions(template), true);
    assert.equal(holdsExpressions({ a: ['$${t3.x}', '${', 7, null] }), false);
  });

  describe('with expressions kept for later', () => {
    it('leaves their text, however the path is spelled', () => {
      assert.equal(resolve('${workflow.secrets.K}', scope, { keep: secret }), '${workflow.secrets.K}');
      assert.equal(resolve("${workflow['secrets'].K}", scope, { keep: secret }), "${workflow['secrets'].K}");
      assert.equal(
        resolve('a ${workflow.input.a} ${workflow.secrets.K}', scope, { keep: secret }),
        'a 1 ${workflow.secrets.K}',
      );
    });

    it('hands over the root and the spelled path', () => {
      const seen: string[] = [];
      const note: Keep = (root, path) => seen.push(`${root} ${path}`) < 0;
      resolve("${t['a'][0].b[*].c} ${t} ${..x}", scope, { keep: note });
      assert.deepEqual([...new Set(seen)], ['t .a[0].b', 't ']);
    });

    it('is plain data when nothing was kept', () => {
      const hostile = scopeOf({ t: { v: '${workflow.secrets.K}' } });
      assert.equal(keeps('${t.v}', secret), false);
      assert.equal(resolve('${t.v}', hostile, { keep: secret }), '${workflow.secrets.K}');
      assert.equal(resolve('$${x}', hostile, { keep: secret }), '${x}');
    });

    it('escapes what came with values when something was kept', () => {
      const hostile = scopeOf({ t: { v: { deep: ['${workflow.secrets.K}', 1] }, s: 'x${workflow.secrets.K}' } });
      const template: Json = { v: '${t.v}', s: '<${t.s}>', k: '${workflow.secrets.K}', e: '$${x}' };
      assert.equal(keeps(template, secret), true);
      const first = resolve(template, hostile, { keep: secret });
      const second = resolve(first, scopeOf({ workflow: { secrets: { K: 'hush' } } }));
      assert.deepEqual(second, {
        v: { deep: ['${workflow.secrets.K}', 1] },
        s: '<x${workflow.secrets.K}>',
        k: 'hush',
        e: '${x}',
      });
    });

    it('keeps a secret out where a value puts a $ before it', () => {
      const first = resolve('${t.v}${workflow.secrets.K}', scopeOf({ t: { v: '$' } }), { keep: secret });
      assert.equal(resolve(first, scopeOf({ workflow: { secrets: { K: 'hush' } } })), '${workflow.secrets.K}');
    });

    it('escapes values only as deep as templates are read', () => {
      let deep: Json = '${workflow.secrets.K}';
      for (let n = 0; n <= MAX_TEMPLATE_DEPTH; n += 1) deep = [deep];
      const template: Json = { a: '${t.v}', k: '${workflow.secrets.K}' };
      const first = resolve(template, scopeOf({ t: { v: deep } }), { keep: secret });
      const second = resolve(first, scopeOf({ workflow: { secrets: { K: 'hush' } } })) as JsonObject;
      assert.equal(JSON.stringify(second.a), JSON.stringify(deep));
      assert.equal(second.k, 'hush');
    });

    it('resolves in two steps to what one step yields', () => {
      const secrets: JsonObject = { K: 'hush', L: '${workflow.secrets.K}' };
      const piece = fc.constantFrom(
        '${t.v}',
        '${workflow.secrets.K}',
        '${workflow.secrets.L}',
        '$${t.v}',
        'a',
        '${',
        '{',
        '}',
        ' ',
        '${workflow.input.x}',
      );
      const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
      const template = fc.dictionary(
        fc.constantFrom('a', 'b', '__proto__'),
        fc.oneof(text, fc.array(text, { maxLength: 2 })),
      );
      const data = fc
        .array(fc.constantFrom('${workflow.secrets.K}', '$${', '{', '}', 'x', '${'), { maxLength: 4 })
        .map((parts) => parts.join(''));
      fc.assert(
        fc.property(template, data, fc.oneof(data, fc.array(data, { maxLength: 2 })), (drawn, v, x) => {
          const before: JsonObject = { t: { v }, workflow: { input: { x } } };
          const all: JsonObject = { t: { v }, workflow: { input: { x }, secrets } };
          const inOne = resolve(drawn, scopeOf(all));
          const first = resolve(drawn, scopeOf(before), { keep: secret });
          const inTwo = keeps(drawn, secret) ? resolve(first, scopeOf({ workflow: { secrets } })) : first;
          assert.deepEqual(inTwo, inOne);
        }),
        { numRuns: 2_000 },
      );
    });
  });
});
