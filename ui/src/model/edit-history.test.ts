// Undo, redo and typed JSON: nothing typed is lost, typing is one step, and nothing unreadable reaches the diagram.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edit, readDefinition, shownText, startHistory, textOfDef } from './edit-history.ts';

const def = (name: string) => ({ name, version: 1, tasks: [] });

test('undo and redo walk the changes; a new change forgets the future', () => {
  let h = startHistory(def('a'));
  h = edit(h, { type: 'change', def: def('b') });
  h = edit(h, { type: 'change', def: def('c') });
  h = edit(h, { type: 'undo' });
  assert.equal(h.def.name, 'b');
  h = edit(edit(h, { type: 'undo' }), { type: 'undo' });
  assert.equal(h.def.name, 'a');
  h = edit(h, { type: 'redo' });
  assert.equal(h.def.name, 'b');
  h = edit(h, { type: 'change', def: def('d') });
  assert.equal(edit(h, { type: 'redo' }).def.name, 'd');
});

test('typing into one field is one step', () => {
  let h = startHistory(def(''));
  for (const name of ['n', 'na', 'nam']) h = edit(h, { type: 'change', def: def(name), kind: 'name' });
  h = edit(h, { type: 'change', def: def('other'), kind: 'version' });
  assert.equal(edit(h, { type: 'undo' }).def.name, 'nam');
  assert.equal(edit(edit(h, { type: 'undo' }), { type: 'undo' }).def.name, '');
});

test('broken JSON is kept as typed, with the place of the mistake; the definition stays the last good one', () => {
  const broken = '{"name": "x", "tasks": [}';
  const h = edit(startHistory(def('a')), { type: 'type', text: broken });
  assert.equal(shownText(h), broken);
  assert.equal(h.def.name, 'a');
  assert.equal(h.textError?.at, broken.indexOf('}'));
  const mended = edit(h, { type: 'type', text: '{"name":"x","version":1,"tasks":[]}' });
  assert.equal(mended.textError, undefined);
  assert.equal(mended.def.name, 'x');
  assert.equal(shownText(mended), '{"name":"x","version":1,"tasks":[]}');
  assert.equal(shownText(edit(mended, { type: 'change', def: def('y') })), textOfDef(def('y')));
});

test('shapes that cannot be drawn are refused, others pass on to the validator', () => {
  for (const text of [
    '[]',
    '3',
    'null',
    '{"tasks":{}}',
    '{"tasks":[null]}',
    '{"tasks":[{"type":"SWITCH","decisionCases":{"a":3}}]}',
    '{"tasks":[{"type":"FORK_JOIN","forkTasks":[3]}]}',
    '{"tasks":[{"type":"DO_WHILE","loopOver":[[]]}]}',
  ])
    assert.equal(readDefinition(text).ok, false, text);
  for (const text of ['{}', '{"tasks":[{"type":"SWITCH","decisionCases":null}]}', '[{"name":"only one"}]'])
    assert.equal(readDefinition(text).ok, true, text);
});
