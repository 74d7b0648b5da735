// Event handlers, schemas, secrets and tags in SQL.

import { SCHEMA_EPOCH } from '../cycle/definitions.ts';
import { removal, type Writers } from '../cycle/item.ts';
import type { Cell, Change, Driver, Row } from '../drivers/driver.ts';
import type {
  HandlerRow,
  Handlers,
  SchemaRow,
  Schemas,
  SecretKind,
  SecretRow,
  Secrets,
  TagRow,
  Tags,
} from '../registries.ts';
import { TABLES } from '../rows/tables.ts';
import { fromStored, fromStoredOrNothing, toStored, toStoredOrNull } from '../rows/text.ts';

type Write = Writers['write'];
/** A number in [0, 1). */
type Random = () => number;

const columnsOf = (table: 'event_handler' | 'secret' | 'tag'): string => Object.keys(TABLES[table].columns).join(', ');

/** A fact that changes with every change of a registry, so that other nodes notice. */
function epochOf(driver: Driver, name: string, random: Random): { read: () => Promise<number>; next: () => Change } {
  return {
    async read() {
      const [rows] = await driver.look('fact', [[name]]);
      return (rows?.[0]?.[0] as number | undefined) ?? 0;
    },
    next: () => ({ op: 'put', table: 'fact', row: [name, 1 + Math.floor(random() * (Number.MAX_SAFE_INTEGER - 1))] }),
  };
}

export function handlerVerbs(driver: Driver, write: Write): Handlers {
  const get: Handlers['get'] = async (name) => {
    const [rows] = await driver.look('eventHandler', [[toStored(name)]]);
    return rows?.[0] && handlerOf(rows[0]);
  };
  const select = async (rest: string, params: readonly Cell[]): Promise<HandlerRow[]> =>
    (await driver.query(`select ${columnsOf('event_handler')} from event_handler ${rest}`, params)).map(handlerOf);
  return {
    get,
    list: () => select('order by name', []),
    listeningTo: (event) => select('where event = ? order by name', [toStored(event)]),
    async create(row) {
      const cells = handlerCells(row);
      await write([{ op: 'ignore', table: 'event_handler', row: cells }]);
      // Of two that create the same at once, the one whose row is there has won.
      const [rows = []] = await driver.look('eventHandler', [[toStored(row.name)]]);
      return cells.every((cell, i) => cell === rows[0]?.[i]);
    },
    put: (row) => write([{ op: 'put', table: 'event_handler', row: handlerCells(row) }]),
    async remove(name) {
      if (!(await get(name))) return false;
      await write([removal('event_handler', [toStored(name)])]);
      return true;
    },
  };
}

function handlerCells({ name, event, active, ...rest }: HandlerRow): Cell[] {
  return [toStored(name), toStored(event), active ? 1 : 0, JSON.stringify(rest)];
}

const handlerOf = ([name, event, active, body]: Row): HandlerRow => ({
  ...(JSON.parse(body as string) as Omit<HandlerRow, 'name' | 'event' | 'active'>),
  name: fromStored(name as string),
  event: fromStored(event as string),
  active: active === 1,
});

export function schemaVerbs(driver: Driver, write: Write, random: Random): Schemas {
  const epoch = epochOf(driver, SCHEMA_EPOCH, random);
  return {
    async get(name, version) {
      const [rows] =
        version === undefined
          ? await driver.look('latestSchema', [[toStored(name)]])
          : await driver.look('schema', [[toStored(name), version]]);
      return rows?.[0] && schemaOf(rows[0]);
    },
    async list() {
      const rows = await driver.query('select name, version, body from schema_def order by name, version', []);
      return rows.map(schemaOf);
    },
    put: (rows) =>
      write([
        ...rows.map(({ name, version, body }): Change => {
          const row = [toStored(name), version, JSON.stringify(body)];
          return { op: 'put', table: 'schema_def', row };
        }),
        epoch.next(),
      ]),
    async remove(name, version) {
      const rows = await driver.query('select version from schema_def where name = ?', [toStored(name)]);
      const gone = rows.filter(([there]) => version === undefined || there === version);
      if (!gone.length) return 0;
      await write([...gone.map(([there]) => removal('schema_def', [toStored(name), there as number])), epoch.next()]);
      return gone.length;
    },
    epoch: epoch.read,
  };
}

const schemaOf = ([name, version, body]: Row): SchemaRow => ({
  name: fromStored(name as string),
  version: version as number,
  body: JSON.parse(body as string),
});

export function secretVerbs(driver: Driver, write: Write, random: Random): Secrets {
  const epoch = epochOf(driver, 'secrets', random);
  const get: Secrets['get'] = async (kind, name) => {
    const [rows] = await driver.look('secret', [[kind, toStored(name)]]);
    return rows?.[0] && secretOf(rows[0]);
  };
  return {
    get,
    async list(kind) {
      const rows = await driver.query(`select ${columnsOf('secret')} from secret where kind = ? order by name`, [kind]);
      return rows.map(secretOf);
    },
    put: (row) => write([{ op: 'put', table: 'secret', row: secretCells(row) }, epoch.next()]),
    async putFirst(row) {
      await write([{ op: 'ignore', table: 'secret', row: secretCells(row) }]);
      return (await get(row.kind, row.name)) ?? row;
    },
    async remove(kind, name) {
      if (!(await get(kind, name))) return false;
      await write([removal('secret', [kind, toStored(name)]), epoch.next()]);
      return true;
    },
    epoch: epoch.read,
  };
}

const secretCells = ({ kind, name, sealed, createdBy, createdAt, updatedAt }: SecretRow): Cell[] => [
  kind,
  toStored(name),
  sealed,
  toStored(createdBy),
  createdAt,
  updatedAt,
];

const secretOf = ([kind, name, sealed, createdBy, createdAt, updatedAt]: Row): SecretRow => ({
  kind: kind as SecretKind,
  name: fromStored(name as string),
  sealed: sealed as Uint8Array,
  createdBy: fromStored(createdBy as string),
  createdAt: createdAt as number,
  updatedAt: updatedAt as number,
});

export function tagVerbs(driver: Driver, write: Write): Tags {
  const keyOf = (kind: string, name: string, { key, value }: { key: string; value: string }): Row => [
    kind,
    toStored(name),
    toStored(key),
    toStored(value),
  ];
  const put = (kind: string, name: string, tag: Omit<TagRow, 'kind' | 'name'>): Change => ({
    op: 'put',
    table: 'tag',
    row: [...keyOf(kind, name, tag), toStoredOrNull(tag.type)],
  });
  const select = async (where: string, params: readonly Cell[]): Promise<TagRow[]> =>
    (await driver.query(`select ${columnsOf('tag')} from tag ${where} order by kind, name, key, value`, params)).map(
      tagOf,
    );
  const of = (kind: string, name: string) => select('where kind = ? and name = ?', [kind, toStored(name)]);
  return {
    of: async (kind, name) => (await of(kind, name)).map(({ kind: _, name: __, ...tag }) => tag),
    list: (kind) => (kind === undefined ? select('', []) : select('where kind = ?', [kind])),
    add: (kind, name, tags) => write(tags.map((tag) => put(kind, name, tag))),
    async set(kind, name, tags) {
      const wanted = new Set(tags.map(({ key, value }) => JSON.stringify([key, value])));
      const gone = (await of(kind, name)).filter(({ key, value }) => !wanted.has(JSON.stringify([key, value])));
      await write([
        ...gone.map((tag) => removal('tag', keyOf(kind, name, tag))),
        ...tags.map((tag) => put(kind, name, tag)),
      ]);
    },
    remove: (kind, name, tags) => write(tags.map((tag) => removal('tag', keyOf(kind, name, tag)))),
  };
}

function tagOf([kind, name, key, value, type]: Row): TagRow {
  const text = fromStoredOrNothing(type);
  return {
    kind: kind as TagRow['kind'],
    name: fromStored(name as string),
    key: fromStored(key as string),
    value: fromStored(value as string),
    ...(text !== undefined && { type: text }),
  };
}
