// Runs the attack list against the guard, and once more through the whole client with a dial that must never be called.
// A new trick is a new line in attacks.json.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createGuard } from '../../src/outbound/guard.ts';
import { asFault, openClient, post } from './local-receiver.ts';

type Attacks = {
  readonly urls: readonly { readonly name: string; readonly url: string }[];
  readonly names: readonly { readonly name: string; readonly answers: readonly string[] }[];
  readonly addresses: readonly string[];
  readonly fine: readonly string[];
};

const attacks: Attacks = JSON.parse(readFileSync(new URL('attacks.json', import.meta.url), 'utf8'));
const guard = createGuard({ allow: [], deny: [] });
const neverDial = (): never => assert.fail('a refused address was dialled');

describe('refused by the text of the URL', () => {
  for (const { name, url } of attacks.urls) {
    test(name, async (t) => {
      const verdict = guard.checkUrl(url);
      assert.equal(verdict.ok, false, `${url} passed`);
      const client = openClient(t, {
        guard,
        dial: neverDial,
        resolve: () => assert.fail('a refused name was resolved'),
      });
      assert.equal(asFault(await client.send(post(url))).fault, 'guard');
    });
  }
});

describe('refused by what the name resolves to', () => {
  for (const { name, answers } of attacks.names) {
    test(name, async (t) => {
      const client = openClient(t, { guard, dial: neverDial, resolve: () => Promise.resolve(answers) });
      const result = asFault(await client.send(post('http://public.example/hook')));
      assert.equal(result.fault, 'guard');
      assert.equal(result.retryable, false);
    });
  }
});

describe('refused wherever it comes from', () => {
  for (const address of attacks.addresses) {
    test(address, () => assert.equal(guard.checkAddress(address).ok, false));
  }
});

describe('passes', () => {
  for (const url of attacks.fine) {
    test(url, () => {
      const verdict = guard.checkUrl(url);
      assert.equal(verdict.ok, true, JSON.stringify(verdict));
    });
  }
});
