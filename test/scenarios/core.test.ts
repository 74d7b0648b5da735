// Every scenario on the bare core, twice: in one go, and with all state written down and read again after each decision.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createScriptEngine } from '../../src/engine/sandbox/script-engine.ts';
import { CoreWorld } from './core-world.ts';
import { play } from './interpreter.ts';
import { loadScenarios } from './scenario.ts';

const engine = await createScriptEngine(() => 0);

const evaluate = (script: string, bindings: unknown, deadlineMs: number) => {
  const reply = engine.run(script, JSON.stringify(bindings), deadlineMs);
  return reply.ok ? { ok: true as const, value: JSON.parse(reply.json) } : reply;
};

const all = loadScenarios();
const scenarios = all.filter(({ only }) => only !== 'server');

for (const group of new Set(scenarios.map((scenario) => scenario.group)))
  describe(group, () => {
    for (const scenario of scenarios.filter((one) => one.group === group))
      it(scenario.title, async () => {
        await play(scenario, new CoreWorld({ evaluate }));
        await play(scenario, new CoreWorld({ evaluate, forgets: true }));
      });
  });

it('a scenario that is played in one world only says why', () => {
  for (const { title, only, because } of all) assert.equal(only === undefined, because === undefined, title);
});

it('no two scenarios of a group have the same title', () => {
  const titles = all.map(({ group, title }) => `${group}: ${title}`);
  assert.equal(new Set(titles).size, titles.length);
});
