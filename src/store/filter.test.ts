// Filters as they are read in memory; as SQL they are tested on both databases (test/http/search.test.ts).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Filter, fits } from './filter.ts';
import { filterSql } from './rows/filter-sql.ts';

const VALUES: Readonly<Record<string, readonly (string | number)[]>> = { name: ['order-in'], n: [5], both: ['a', 'b'] };
const holds = (filter: Filter) => fits(filter, (field) => VALUES[field] ?? []);

test('each kind of condition', () => {
  assert.ok(holds({ field: 'both', oneOf: ['b', 'c'] }));
  assert.ok(!holds({ field: 'gone', oneOf: ['b'] }));
  assert.ok(holds({ field: 'gone', absent: true }));
  assert.ok(!holds({ field: 'n', absent: true }));
  assert.ok(holds({ field: 'n', from: 5, to: 5, within: true }));
  assert.ok(!holds({ field: 'n', from: 6, within: true }));
  assert.ok(!holds({ field: 'n', to: 4, within: true }));
  assert.ok(!holds({ field: 'gone', within: true }));
  assert.ok(holds({ not: { field: 'gone', oneOf: ['b'] } }), 'what is not there is not equal');
  assert.ok(holds({ all: [] }) && !holds({ any: [] }));
  assert.ok(
    holds({
      any: [
        { field: 'n', oneOf: [1] },
        { field: 'n', oneOf: [5] },
      ],
    }),
  );
  assert.ok(
    !holds({
      all: [
        { field: 'n', oneOf: [1] },
        { field: 'n', oneOf: [5] },
      ],
    }),
  );
});

test('wildcards find what an expression would', () => {
  const small = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 6 }).map((list) => list.join(''));
  fc.assert(
    fc.property(small, fc.array(small, { minLength: 1, maxLength: 4 }), (text, parts) => {
      const pattern = new RegExp(`^${parts.map((part) => part.replaceAll('.', '\\.')).join('.*')}$`);
      const found = fits({ field: 'x', like: parts }, () => [text]);
      assert.equal(found, pattern.test(text), `${text} ${parts.join('*')}`);
    }),
  );
});

test('signs of a database in a text stand for themselves', () => {
  const sql = (dialect: 'sqlite' | 'postgres') => {
    const params: unknown[] = [];
    const filter: Filter = {
      all: [
        { field: 'x', like: ['a%_\\', '[?'] },
        { field: 'x', within: true },
      ],
    };
    return [filterSql(filter, (field) => field, dialect, params as never), params];
  };
  assert.deepEqual(sql('sqlite'), ['(x glob ? and x is not null)', ['a%_\\*[[][?]']]);
  assert.deepEqual(sql('postgres'), [`(x like ? escape '\\' and x is not null)`, ['a\\%\\_\\\\%[?']]);
});
