// Problems are tied to the innermost task they are about, whatever cases are called.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionProblems } from './definition-problems.ts';

const task = (reference: string, more = {}) => ({ name: 'n', taskReferenceName: reference, type: 'SIMPLE', ...more });

test('a good definition has no problem, an empty one has those of the workflow', () => {
  assert.deepEqual(definitionProblems({ name: 'w', version: 1, tasks: [task('a')] }), []);
  assert.deepEqual(
    definitionProblems({ name: '', version: 1, tasks: [] }).map(({ path }) => path),
    [[], []],
  );
});

test('problems deep inside are found, with odd names of cases', () => {
  const def = {
    name: 'w',
    version: 1,
    tasks: [
      task('a'),
      task('s', {
        type: 'SWITCH',
        evaluatorType: 'value-param',
        expression: 'x',
        inputParameters: { x: 1 },
        decisionCases: { 'odd.name[0]': [task('h', { name: '' })] },
        defaultCase: [task('a')],
      }),
    ],
  };
  const problems = definitionProblems(def);
  assert.ok(
    problems.some(
      ({ path, message }) => path.join('/') === 'tasks/1/decisionCases/odd.name[0]/0' && message.startsWith('h: '),
    ),
  );
  assert.ok(
    problems.some(({ path }) => path.join('/') === 'tasks/1/defaultCase/0'),
    JSON.stringify(problems),
  );
});
