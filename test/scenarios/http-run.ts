// Every scenario through HTTP on a whole server; each gets a server of its own on an empty database.

import { after, describe, it, type TestContext } from 'node:test';
import { createSandbox, type Options, type TestServer } from '../http/test-server.ts';
import { START } from './driver.ts';
import { answering, HttpWorld } from './http-world.ts';
import { play } from './interpreter.ts';
import { type Answer, loadScenarios } from './scenario.ts';

/** Opens a server whose database is empty. */
export type OpenEmpty = (t: TestContext, options: Options) => Promise<TestServer>;

/** Registers a test for each scenario that can be played through HTTP. */
export async function playAll(open: OpenEmpty): Promise<void> {
  const sandbox = await createSandbox();
  after(() => sandbox.close());
  const scenarios = loadScenarios().filter(({ only }) => only !== 'core');
  for (const group of new Set(scenarios.map((scenario) => scenario.group)))
    describe(group, () => {
      for (const scenario of scenarios.filter((one) => one.group === group))
        it(scenario.title, async (t) => {
          const answers = new Map<string, Answer>();
          const server = await open(t, { sandbox, startMs: START, callOut: answering(answers) });
          await play(scenario, new HttpWorld(server, answers));
        });
    });
}
