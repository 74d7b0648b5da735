// Where the key that seals secrets comes from: the settings, or a file beside an embedded database.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export type SecretKey =
  | { readonly ok: true; readonly secret: string }
  | { readonly ok: false; readonly reason: string };

/** Readable by the user who runs the server, and nobody else. */
const PRIVATE = 0o600;

/**
 * `given` is the key of the settings. Without one an embedded database gets a file beside it; nodes that share a database
 * cannot agree on a file, so they need the setting.
 */
export function findSecretKey(
  given: string | undefined,
  database: { readonly type: 'sqlite'; readonly path: string } | { readonly type: 'postgres' },
  newSecret: () => string,
): SecretKey {
  if (given !== undefined) return { ok: true, secret: given };
  if (database.type === 'postgres')
    return {
      ok: false,
      reason:
        'secrets need a key: set FERMATA_SECRET_KEY to the same value on all nodes (for example the output of "openssl rand -hex 32")',
    };
  if (database.path === ':memory:') return { ok: true, secret: fresh(newSecret) };
  return { ok: true, secret: fromFile(`${database.path}.key`, newSecret) };
}

/** Three ids of 122 random bits each are more than the 256 bits of the key. */
const fresh = (newSecret: () => string): string => [newSecret(), newSecret(), newSecret()].join('');

function fromFile(path: string, newSecret: () => string): string {
  mkdirSync(dirname(path), { recursive: true });
  try {
    // Fails when it is there, so that two that start at once never replace each other's key.
    writeFileSync(path, fresh(newSecret), { mode: PRIVATE, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(path, 'utf8').trim();
}
