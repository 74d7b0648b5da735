// Secrets and environment variables: sealed in the database, opened only to be handed to workers (contract 5.5).
// A secret is never given back; a variable is.

import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import type { Task, WorkflowTask } from '../core/model.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { SecretKind } from '../store/registries.ts';
import type { Store } from '../store/store.ts';
import type { Report } from './executions.ts';
import { filled, masked, mentionedBy, type Values } from './hand-off.ts';
import { createSeal, type Seal } from './seal.ts';
import type { SecretKey } from './secret-key.ts';

export type Kind = Exclude<SecretKind, 'check'>;

export interface Secrets {
  names(kind: Kind): Promise<readonly string[]>;
  has(kind: Kind, name: string): Promise<boolean>;
  put(kind: Kind, name: string, value: string, by: string): Promise<Refusal | undefined>;
  remove(kind: Kind, name: string): Promise<Refusal | undefined>;
  /** Variables only: what is secret is not given back. */
  variables(): Promise<ReadonlyMap<string, string>>;
  /** The task as a worker gets it. `place`: what the definition says; what was made at run time names no secrets. */
  fillIn(task: Task, place: WorkflowTask | undefined): Promise<Task>;
  /** A result without the secrets that it echoes. */
  mask(report: Report): Promise<Report>;
  maskText(text: string): Promise<string>;
}

export interface SecretDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly key: SecretKey;
  readonly newSecret: () => string;
}

const MAX_VALUE_LENGTH = 64 * 1024;
const NAME = /^[\w-]{1,255}$/;
/** Results are masked with what another node may have changed so long ago. */
const STALE_MS = 1_000;
/** Sealed first of all, so that a wrong key is noticed before it seals anything. */
const CHECK = { kind: 'check', name: 'key', text: 'fermata' } as const;

export function createSecrets(deps: SecretDeps): Secrets {
  const { store, clock } = deps;
  const rows = store.secrets;
  const opened = createOpened(deps);

  return {
    names: async (kind) => (await rows.list(kind)).map(({ name }) => name),
    has: async (kind, name) => (await rows.get(kind, name)) !== undefined,
    async put(kind, name, value, by) {
      if (!NAME.test(name)) return refused('invalid', 'a name has 1 to 255 letters, digits, - and _');
      if (value.length > MAX_VALUE_LENGTH)
        return refused('tooLarge', `a value has ${MAX_VALUE_LENGTH} characters at most`);
      const seal = await opened.seal();
      if ('type' in seal) return seal;
      const before = await rows.get(kind, name);
      const now = clock.now();
      const sealed = seal.seal(value, `${kind}:${name}`);
      await rows.put({
        kind,
        name,
        sealed,
        createdBy: before?.createdBy ?? by,
        createdAt: before?.createdAt ?? now,
        updatedAt: now,
      });
      // So that from now on it is taken out of results here.
      await opened.values(0);
      return undefined;
    },
    async remove(kind, name) {
      const was = await rows.remove(kind, name);
      return was ? undefined : refused('notFound', `there is no ${kind} ${name}`);
    },
    variables: async () => (await opened.values(0)).environment,
    async fillIn(task, place) {
      const mentioned = mentionedBy(place);
      return mentioned.size === 0 ? task : filled(task, mentioned, await opened.values(0));
    },
    async mask(report) {
      const { secrets } = await opened.values(STALE_MS);
      if (secrets.size === 0) return report;
      const { output, reason } = report;
      return {
        ...report,
        ...(output && { output: masked(output, secrets.values()) }),
        ...(reason !== undefined && { reason: masked(reason, secrets.values()) }),
      };
    },
    async maskText(text) {
      return masked(text, (await opened.values(STALE_MS)).secrets.values());
    },
  };
}

interface Opened {
  /** Refused when there is no key, or another one than before. */
  seal(): Promise<Seal | Refusal>;
  /** All values, at most so old. Without a usable key there are none. */
  values(maxAgeMs: number): Promise<Values>;
}

const NOTHING: Values = { secrets: new Map(), environment: new Map() };

function createOpened({ store, clock, log, key, newSecret }: SecretDeps): Opened {
  const rows = store.secrets;
  let usable: Seal | undefined;
  let values = NOTHING;
  let epoch: number | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const seal = async (): Promise<Seal | Refusal> => {
    if (usable) return usable;
    if (!key.ok) return refused('invalid', key.reason);
    const made = createSeal(key.secret, newSecret);
    const { kind, name, text } = CHECK;
    const now = clock.now();
    const sealed = made.seal(text, `${kind}:${name}`);
    const row = await rows.putFirst({ kind, name, sealed, createdBy: '', createdAt: now, updatedAt: now });
    if (made.open(row.sealed, `${kind}:${name}`) !== text)
      return refused('invalid', 'the secrets of this database were sealed with another key than FERMATA_SECRET_KEY');
    usable = made;
    return made;
  };

  const read = async (kind: Kind, by: Seal): Promise<ReadonlyMap<string, string>> => {
    const found = new Map<string, string>();
    for (const { name, sealed } of await rows.list(kind)) {
      const text = by.open(sealed, `${kind}:${name}`);
      if (text !== undefined) found.set(name, text);
      else log.error({ kind, name }, 'a stored value cannot be opened: it was changed in the database');
    }
    return found;
  };

  return {
    seal,
    async values(maxAgeMs) {
      if (maxAgeMs > 0 && clock.elapsed() - lookedAt < maxAgeMs) return values;
      const startedAt = clock.elapsed();
      const now = await rows.epoch();
      if (now !== epoch) {
        const by = now === 0 ? undefined : await seal();
        if (by && 'type' in by) log.error({ reason: by.reason }, 'secrets cannot be opened');
        values =
          by && !('type' in by)
            ? { secrets: await read('secret', by), environment: await read('environment', by) }
            : NOTHING;
        epoch = now;
      }
      lookedAt = startedAt;
      return values;
    },
  };
}
