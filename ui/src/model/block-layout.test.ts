// The block layout for random definitions: nothing overlaps, everything is inside, every place of every list can be inserted at.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { WorkflowTask } from '../../../src/core/model.ts';
import { eachTask } from '../../../src/core/plan.ts';
import { type DiagramLayout, layoutDefinition } from './block-layout.ts';
import { listsIn, pathKey, ROOT_LIST } from './def-edit.ts';

interface Box {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

let counter = 0;
const reference = () => `t${++counter}`;
const simple = (): WorkflowTask => ({ name: 'x', taskReferenceName: reference(), type: 'SIMPLE' });

const { list } = fc.letrec<{ list: WorkflowTask[]; block: WorkflowTask[] }>((tie) => ({
  list: fc.array(tie('block'), { maxLength: 4, depthIdentifier: 'nest' }).map((blocks) => blocks.flat()),
  block: fc.oneof(
    { depthIdentifier: 'nest', maxDepth: 5 },
    fc.constantFrom('SIMPLE', 'HTTP', 'WAIT', 'TERMINATE').map((type) => [{ ...simple(), type }]),
    fc
      .dictionary(fc.constantFrom('a', 'b', 'c'), tie('list'), { maxKeys: 3 })
      .chain((decisionCases) =>
        tie('list').map((defaultCase) => [{ ...simple(), type: 'SWITCH', decisionCases, defaultCase }]),
      ),
    fc
      .array(tie('list'), { maxLength: 4 })
      .chain((forkTasks) =>
        fc
          .boolean()
          .map((joined) => [
            { ...simple(), type: 'FORK_JOIN', forkTasks },
            ...(joined ? [{ ...simple(), type: 'JOIN' }] : []),
          ]),
      ),
    tie('list').map((loopOver) => [{ ...simple(), type: 'DO_WHILE', loopOver }]),
  ),
}));

/** Every place where a task can be put: each index of each list, but for the one between a fork and its join. */
function insertions(tasks: readonly WorkflowTask[], at: readonly (string | number)[] = ROOT_LIST): string[] {
  const places = [...tasks.keys(), tasks.length].filter(
    (i) => !(tasks[i]?.type === 'JOIN' && tasks[i - 1]?.type === 'FORK_JOIN'),
  );
  return [
    ...places.map((i) => `${pathKey(at)}:${i}`),
    ...tasks.flatMap((task, i) => listsIn(task).flatMap((inner) => insertions(inner.tasks, [...at, i, ...inner.at]))),
  ];
}

function checkShape(layout: DiagramLayout) {
  for (const [i, a] of layout.nodes.entries())
    for (const b of layout.nodes.slice(i + 1)) assert.ok(!overlap(a, b), `${a.id} overlaps ${b.id}`);
  for (const box of [...layout.nodes, ...layout.frames]) {
    assert.ok(box.x >= -0.001 && box.x + box.width <= layout.width + 0.001, `${box.id} sticks out at a side`);
    assert.ok(box.y >= 0 && box.y + box.height <= layout.height, `${box.id} sticks out at top or bottom`);
  }
  const ids = new Set(layout.nodes.map(({ id }) => id));
  for (const edge of layout.edges) assert.ok(ids.has(edge.from) && ids.has(edge.to), `${edge.id} hangs in the air`);
  assert.equal(new Set(layout.edges.map(({ id }) => id)).size, layout.edges.length, 'edge ids are unique');
}

test('no two nodes overlap, all lie inside, every insertion point has exactly one +', () => {
  fc.assert(
    fc.property(list, (tasks) => {
      const layout = layoutDefinition({ tasks });
      checkShape(layout);
      let count = 0;
      eachTask(tasks, () => count++);
      assert.equal(layout.nodes.filter(({ kind }) => kind === 'task').length, count, 'each task is drawn once');
      const plus = layout.edges.flatMap(({ insert }) => (insert ? `${pathKey(insert.list)}:${insert.index}` : []));
      assert.deepEqual(plus.sort(), insertions(tasks).sort());
    }),
    { numRuns: 300 },
  );
});

test('the + buttons and labels of one picture keep clear of nodes', () => {
  fc.assert(
    fc.property(list, (tasks) => {
      const layout = layoutDefinition({ tasks });
      const nodes = layout.nodes.filter(({ kind }) => kind === 'task' || kind === 'loopEnd');
      for (const { insert } of layout.edges) {
        if (!insert) continue;
        const plus = { id: '+', x: insert.at.x - 9, y: insert.at.y - 9, width: 18, height: 18 };
        for (const node of nodes) assert.ok(!overlap(plus, node), `a + lies on ${node.id}`);
      }
    }),
    { numRuns: 200 },
  );
});

test('frames hold the tasks of their loop and nothing else', () => {
  fc.assert(
    fc.property(list, (tasks) => {
      const layout = layoutDefinition({ tasks });
      for (const frame of layout.frames) {
        for (const node of layout.nodes) {
          const inside = node.path !== undefined && frame.path.every((part, i) => node.path?.[i] === part);
          assert.equal(overlap(node, frame), inside, `${node.id} and the frame of ${frame.id}`);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('children of a dynamic fork are drawn up to a dozen, then counted', () => {
  const fork = { name: 'f', taskReferenceName: 'f', type: 'FORK_JOIN_DYNAMIC' };
  const join = { name: 'j', taskReferenceName: 'j', type: 'JOIN' };
  const made = Array.from({ length: 200 }, (_, i) => ({ name: 'c', taskReferenceName: `c${i}`, type: 'SIMPLE' }));
  const few = layoutDefinition({ tasks: [fork, join] }, { dynamic: new Map([['f', made.slice(0, 3)]]) });
  assert.equal(few.nodes.filter(({ kind }) => kind === 'task').length, 5);
  const many = layoutDefinition({ tasks: [fork, join] }, { dynamic: new Map([['f', made]]) });
  checkShape(many);
  assert.equal(many.nodes.find(({ kind }) => kind === 'more')?.count, 189);
});

test('an empty definition is a start, an end and one +', () => {
  const layout = layoutDefinition({ tasks: [] });
  assert.deepEqual(
    layout.nodes.map(({ kind }) => kind),
    ['start', 'end'],
  );
  assert.deepEqual(
    layout.edges.map(({ insert }) => insert && [insert.list, insert.index]),
    [[['tasks'], 0]],
  );
});
