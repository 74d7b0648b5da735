// Registered JSON Schemas: what may be saved, and under which version (contract 5.1, 5.2).

import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import type { JsonObject } from '../core/json.ts';
import { readSchema } from '../core/schema/document.ts';
import type { Problem } from '../core/validate.ts';
import type { Clock } from '../lib/clock.ts';
import type { SchemaRow } from '../store/registries.ts';
import type { Store } from '../store/store.ts';

/** As a client gives it; fields that nobody here knows are kept. */
export interface GivenSchema {
  readonly name: string;
  /** Absent: the latest one, or 1. */
  readonly version?: number;
  readonly type?: string;
  readonly data?: unknown;
  readonly externalRef?: string;
  readonly [other: string]: unknown;
}

export interface InvalidSchema extends Refusal {
  readonly problems: readonly Problem[];
}

export interface Schemas {
  /** All or none. `newVersion`: each becomes the next version of its name; else the version that it says is written over. */
  save(
    given: readonly GivenSchema[],
    options: { readonly newVersion: boolean; readonly by: string },
  ): Promise<InvalidSchema | undefined>;
  get(name: string, version?: number): Promise<SchemaRow | Refusal>;
  list(): Promise<readonly SchemaRow[]>;
  /** Without a version: all of them. */
  remove(name: string, version?: number): Promise<Refusal | undefined>;
}

const JSON_ONLY = 'must be JSON; AVRO and PROTOBUF schemas cannot be checked here';

export function createSchemas(store: Store, clock: Clock): Schemas {
  const unknown = (name: string, version: number | undefined): Refusal =>
    refused('notFound', `there is no schema ${name}${version === undefined ? '' : ` version ${version}`}`);

  return {
    async save(given, { newVersion, by }) {
      const problems = given.flatMap((one, i) =>
        problemsWith(one).map((problem) => ({ ...problem, path: `[${i}].${problem.path}` })),
      );
      const [first] = problems;
      if (first) return { ...refused('invalid', `${first.path} ${first.message}`), problems };
      const rows = new Map<string, SchemaRow>();
      const latest = new Map<string, number>();
      const now = clock.now();
      for (const one of given) {
        const { name } = one;
        const last = latest.get(name) ?? (await store.schemas.get(name))?.version ?? 0;
        const version = newVersion ? last + 1 : (one.version ?? Math.max(1, last));
        latest.set(name, Math.max(last, version));
        const before = (await store.schemas.get(name, version))?.body;
        const body = {
          ...(one as JsonObject),
          version,
          type: 'JSON',
          createTime: before?.createTime ?? now,
          createdBy: before?.createdBy ?? by,
          updateTime: now,
          updatedBy: by,
        };
        rows.set(JSON.stringify([name, version]), { name, version, body });
      }
      await store.schemas.put([...rows.values()]);
      return undefined;
    },
    get: async (name, version) => (await store.schemas.get(name, version)) ?? unknown(name, version),
    list: () => store.schemas.list(),
    async remove(name, version) {
      return (await store.schemas.remove(name, version)) > 0 ? undefined : unknown(name, version);
    },
  };
}

function problemsWith({ type = 'JSON', data, externalRef }: GivenSchema): readonly Problem[] {
  if (type !== 'JSON') return [{ path: 'type', message: JSON_ONLY, invalidValue: type }];
  if (data === undefined && externalRef !== undefined)
    return [
      { path: 'externalRef', message: 'is not fetched; give the schema itself in data', invalidValue: externalRef },
    ];
  const read = readSchema(data);
  if (read.ok) return [];
  return read.problems.map((one) => ({ ...one, path: one.path === '' ? 'data' : `data.${one.path}` }));
}
