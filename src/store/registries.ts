// What is registered beside workflows, tasks and webhooks, as the store keeps it: event handlers, schemas, secrets, tags.

import type { JsonObject } from '../core/json.ts';

export interface HandlerRow {
  readonly name: string;
  /** Name of the event it listens to. */
  readonly event: string;
  readonly active: boolean;
  /** What a client may set beside these, as given. */
  readonly config: JsonObject;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedBy: string;
  readonly updatedAt: number;
}

export interface Handlers {
  get(name: string): Promise<HandlerRow | undefined>;
  /** By name. */
  list(): Promise<readonly HandlerRow[]>;
  listeningTo(event: string): Promise<readonly HandlerRow[]>;
  /** False: one of this name is there. */
  create(row: HandlerRow): Promise<boolean>;
  put(row: HandlerRow): Promise<void>;
  remove(name: string): Promise<boolean>;
}

export interface SchemaRow {
  readonly name: string;
  readonly version: number;
  /** The definition as it is given back. */
  readonly body: JsonObject;
}

export interface Schemas {
  /** Without a version: the latest. */
  get(name: string, version?: number): Promise<SchemaRow | undefined>;
  /** By name and version. */
  list(): Promise<readonly SchemaRow[]>;
  put(rows: readonly SchemaRow[]): Promise<void>;
  /** Without a version: all of them. Answers how many there were. */
  remove(name: string, version?: number): Promise<number>;
  /** Changes with every change, on any node. */
  epoch(): Promise<number>;
}

/** `environment`: variables that may be shown. Both are kept encrypted; the store never sees what they say. */
export type SecretKind = 'secret' | 'environment' | 'check';

export interface SecretRow {
  readonly kind: SecretKind;
  readonly name: string;
  readonly sealed: Uint8Array;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Secrets {
  get(kind: SecretKind, name: string): Promise<SecretRow | undefined>;
  /** By name. */
  list(kind: SecretKind): Promise<readonly SecretRow[]>;
  put(row: SecretRow): Promise<void>;
  /** Answers the row that is there afterwards: this one, unless another was there first. */
  putFirst(row: SecretRow): Promise<SecretRow>;
  remove(kind: SecretKind, name: string): Promise<boolean>;
  /** Changes with every change, on any node. */
  epoch(): Promise<number>;
}

export interface TagValue {
  readonly key: string;
  readonly value: string;
  readonly type?: string;
}

export type TagKind = 'workflow' | 'task' | 'schedule' | 'handler' | 'secret' | 'environment';

export interface TagRow extends TagValue {
  readonly kind: TagKind;
  readonly name: string;
}

export interface Tags {
  /** In the order of key and value. */
  of(kind: TagKind, name: string): Promise<readonly TagValue[]>;
  /** Of all things of a kind, or of everything. */
  list(kind?: TagKind): Promise<readonly TagRow[]>;
  add(kind: TagKind, name: string, tags: readonly TagValue[]): Promise<void>;
  /** Those of `tags` and no others. */
  set(kind: TagKind, name: string, tags: readonly TagValue[]): Promise<void>;
  remove(kind: TagKind, name: string, tags: readonly Pick<TagValue, 'key' | 'value'>[]): Promise<void>;
}
