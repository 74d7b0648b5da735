import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGate } from './gate.ts';
import { NEEDS } from './need.ts';

const apiKey = 'a-key-of-the-installation';

test('without a key everybody may do everything', () => {
  const gate = createGate({ now: () => 0 });
  assert.equal(gate.open, true);
  assert.deepEqual([...(gate.recognise(undefined)?.may ?? [])], [...NEEDS]);
});

test('with a key only its holder is recognised', () => {
  const gate = createGate({ apiKey, now: () => 0 });
  assert.ok(gate.recognise(apiKey));
  for (const wrong of [undefined, '', `${apiKey} `, apiKey.slice(1), 'fermata..', 'open'])
    assert.equal(gate.recognise(wrong), undefined);
});

test('tokens are given for the key only, hold for a day, and cannot be made or changed by others', () => {
  let now = 1_000_000;
  const gate = createGate({ apiKey, now: () => now });
  assert.equal(gate.issueToken('wrong'), undefined);
  const token = gate.issueToken(apiKey) ?? '';
  assert.ok(gate.recognise(token));
  const [, expiresAt = '', signature] = token.split('.');
  assert.equal(gate.recognise(`fermata.${Number(expiresAt) + 1}.${signature}`), undefined);
  assert.equal(createGate({ apiKey: `${apiKey}2`, now: () => now }).recognise(token), undefined);
  assert.ok(createGate({ apiKey, now: () => now }).recognise(token), 'another node with the same key takes it');
  now += 24 * 60 * 60 * 1000;
  assert.equal(gate.recognise(token), undefined);
});
