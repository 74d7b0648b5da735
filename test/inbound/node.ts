// One node of an installation as far as events go: its store with the real rules, its way for events, its loop for held ones.

import assert from 'node:assert/strict';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { readPath } from '../../src/core/language/json-path.ts';
import { begin, transition } from '../../src/core/transition.ts';
import type { InboundDeps } from '../../src/inbound/call.ts';
import { createReceive } from '../../src/inbound/receive.ts';
import { createRelease } from '../../src/inbound/release.ts';
import { createWebhooks } from '../../src/inbound/webhooks.ts';
import { createIds } from '../../src/lib/ids.ts';
import { type Database, testEnv } from '../store/databases.ts';
import type { FakeClock } from '../support/fake-clock.ts';

/** The condition of the one loop that these tests have. */
const evaluate = (_script: string, bindings: Json) =>
  ({ ok: true, value: Number(readPath('$.again.iteration', bindings)) < 3 }) as const;

export async function openNode(db: Database, clock: FakeClock) {
  const store = await db.open({ core: { begin, transition }, env: { ...testEnv(), evaluate } });
  const ids = createIds(clock.now);
  const webhooks = createWebhooks(store, clock, ids);
  const deps: InboundDeps = {
    ...{ store, webhooks, clock, ids },
    runExpression: async () => ({ ok: false, reason: 'not here' }),
    documents: { get: async () => ({ type: 'unavailable' }) },
    visit: async () => false,
    onHeld: () => {},
    onFault: (error) => assert.fail(error as Error),
  };
  const receive = createReceive(deps);
  const release = createRelease(deps, clock, (error) => assert.fail(error as Error));
  return {
    store,
    webhooks,
    release,
    send: (id: string, payload: JsonObject, more: Readonly<Record<string, string[]>> = {}) => {
      const body = Buffer.from(JSON.stringify(payload));
      const headers = { 'content-type': ['application/json'], ...more };
      return receive(id, { method: 'POST', url: '/x', publicUrl: 'http://x', headers, query: '', body });
    },
    /** Rounds of the loop until it wants no other at once, with all that follows. */
    async turn() {
      for (let wish: number | undefined = 0; wish === 0; ) {
        wish = await release.runOnce();
        await store.idle();
      }
    },
  };
}
