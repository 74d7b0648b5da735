// The migrations in order, each run once by whoever inserts its version row first. Never edit one that was released.

import type { Driver } from '../drivers/driver.ts';
import { sql as start } from './0001-start.ts';
import { sql as schedules } from './0002-schedules.ts';
import { sql as inbound } from './0003-inbound.ts';
import { sql as flows } from './0004-flows.ts';
import { sql as registries } from './0005-registries.ts';
import { sql as lines } from './0006-lines.ts';
import { sql as texts } from './0007-texts.ts';
import { sql as limits } from './0008-limits.ts';
import { sql as masked } from './0009-masked.ts';
import { sql as claims } from './0010-claims.ts';
import { sql as repeats } from './0011-repeats.ts';
import { sql as turns } from './0012-turns.ts';

const MIGRATIONS: readonly string[] = [
  start,
  schedules,
  inbound,
  flows,
  registries,
  lines,
  texts,
  limits,
  masked,
  claims,
  repeats,
  turns,
];

const WORDS: Readonly<Record<Driver['dialect'], Readonly<Record<string, string>>>> = {
  sqlite: {
    key: 'integer primary key',
    int: 'integer',
    text: 'text',
    bytes: 'blob',
    clustered: ' without rowid',
    clustered70: ' without rowid',
    storage70: '',
    reserve: ', reserve blob',
    keys: '',
    replay_of: "json_extract(about, '$.replayOf')",
  },
  postgres: {
    key: 'int8 primary key',
    int: 'int8',
    // Compared by bytes, as SQLite does, and faster than by the rules of a language.
    text: 'text collate "C"',
    bytes: 'bytea',
    clustered: '',
    // Room for a new version of a row on its own page (a HOT update touches no index).
    clustered70: ' with (fillfactor = 70)',
    storage70: ' with (fillfactor = 70)',
    reserve: '',
    keys: 'create sequence key_block;',
    replay_of: "about::json ->> 'replayOf'",
  },
};

/** A migration in the words of a database. */
const spell = (sql: string, dialect: Driver['dialect']): string =>
  sql.replace(/\{(\w+)\}/g, (whole, word: string) => WORDS[dialect][word] ?? whole);

/** Brings the database to the newest version. Safe to run by many at once. */
export async function migrate(driver: Driver): Promise<void> {
  for (const [i, sql] of MIGRATIONS.entries()) await driver.migrate(i + 1, spell(sql, driver.dialect));
}
