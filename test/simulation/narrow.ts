// Narrow limits: caches that hold one thing, looks that find two, commits of three. What only happens when a limit is crossed happens
// in each run then, with a handful of webhooks and executions instead of thousands. Import it before anything of the server.

import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

type Constants = Readonly<Record<string, string>>;

/** By file below `src/`, what its constants are instead. */
const NARROW: Readonly<Record<string, Constants>> = {
  'store/limits.ts': {
    SQLITE_BATCH: '3',
    POSTGRES_BATCH: '3',
    CACHED_TASKS: '6',
    PACKED_TASKS: '2',
    PACKED_CHARACTERS: '300',
    REMEMBERED_ENDS: '1',
    CACHED_SNAPSHOTS: '1',
    WAITS_PER_LOOK: '2',
    EVENTS_PER_LOOK: '2',
    DELIVERIES_PER_LOOK: '2',
    LANES_PER_LOOK: '2',
    NOTED_TEXTS: '1',
    TEXTS_PER_ROUND: '{ least: 1, most: 2, per: 1 } as const',
    TURNS_PER_LOOK: '1',
    LIVE_DOMAINS: '1',
  },
  'store/verbs/texts.ts': { COMPARED: '2' },
  'store/verbs/task-search.ts': { PART: '2' },
  'engine/runner.ts': { DUE_PER_ROUND: '2' },
  'engine/scheduler.ts': { DUE_PER_ROUND: '1' },
  'engine/event-loop.ts': { MESSAGES_PER_ROUND: '1' },
  'engine/janitor.ts': { ROWS_PER_STEP: '2' },
  'engine/schedule-times.ts': { MAX_REMEMBERED: '1' },
  'inbound/release.ts': { LINES_PER_ROUND: '1' },
  'inbound/webhooks.ts': { MAX_REMEMBERED: '1' },
  'outbound/sender.ts': {
    PLACES_PER_WEBHOOK: '2',
    CANCELLED_PER_ROUND: '1',
    SENDER_SETTINGS: '{ timeoutMs: 30_000, slots: 4, perHost: 2, webhooksKept: 1 }',
  },
};

const SOURCE = new URL('../../src/', import.meta.url).href;

function narrowed(source: string, constants: Constants, file: string): string {
  let text = source;
  for (const [name, value] of Object.entries(constants)) {
    const was = new RegExp(`(const ${name}(?:: \\w+)? = )[^;]+;`);
    assert.match(text, was, `${file} has no constant ${name}`);
    text = text.replace(was, `$1${value};`);
  }
  return text;
}

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const constants = url.startsWith(SOURCE) ? NARROW[url.slice(SOURCE.length)] : undefined;
    if (!constants) return loaded;
    const { source = '' } = loaded;
    const text = typeof source === 'string' ? source : new TextDecoder().decode(source ?? undefined);
    return { ...loaded, source: narrowed(text, constants, fileURLToPath(url)) };
  },
});
