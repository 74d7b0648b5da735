// An OpenAPI document as a list of calls by tag, with an example body where its schema gives one.

export interface ApiCall {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly query: readonly { readonly name: string; readonly required: boolean }[];
  /** JSON text; undefined: no body. */
  readonly body: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;
const METHODS: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete']);
const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** Deeper examples are not read by anyone, and schemas can refer to themselves. */
const MAX_DEPTH = 3;

/** Calls in the order of the document. Whatever is not understood is left out. */
export function apiCalls(document: unknown): ApiCall[] {
  const { paths, components } = record(document);
  const schemas = record(record(components).schemas);
  return Object.entries(record(paths)).flatMap(([path, operations]) =>
    Object.entries(record(operations))
      .filter(([method]) => METHODS.has(method))
      .map(([method, operation]) => callOf(method, path, record(operation), schemas)),
  );
}

function callOf(method: string, path: string, operation: Json, schemas: Json): ApiCall {
  const parameters = list(operation.parameters).map(record);
  const content = record(record(operation.requestBody).content);
  const schema = record(record(content['application/json']).schema);
  const example = operation.requestBody === undefined ? undefined : exampleOf(schema, schemas, 0);
  return {
    id: `${method} ${path}`,
    method: method.toUpperCase(),
    path,
    tag: String(list(operation.tags)[0] ?? 'Other'),
    summary: typeof operation.summary === 'string' ? operation.summary : '',
    query: parameters
      .filter((one) => one.in === 'query')
      .map((one) => ({ name: String(one.name), required: one.required === true })),
    body: example === undefined ? undefined : JSON.stringify(example, null, 2),
  };
}

/** A value that fits: required fields only, so that the example can be sent after filling it in. */
function exampleOf(schema: Json, schemas: Json, depth: number): unknown {
  if (typeof schema.$ref === 'string')
    return exampleOf(record(schemas[schema.$ref.split('/').at(-1) ?? '']), schemas, depth);
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  const choices = [...list(schema.enum)];
  if (choices.length > 0) return choices[0];
  const variants = [...list(schema.oneOf), ...list(schema.anyOf), ...list(schema.allOf)];
  if (variants.length > 0) return exampleOf(record(variants[0]), schemas, depth);
  switch (schema.type) {
    case 'string':
      return '';
    case 'number':
    case 'integer':
      return typeof schema.minimum === 'number' ? schema.minimum : 0;
    case 'boolean':
      return false;
    case 'array':
      return depth >= MAX_DEPTH ? [] : [exampleOf(record(schema.items), schemas, depth + 1)];
    default: {
      if (depth >= MAX_DEPTH) return {};
      const required = new Set(list(schema.required));
      const fields = Object.entries(record(schema.properties)).filter(([name]) => required.has(name));
      return Object.fromEntries(fields.map(([name, field]) => [name, exampleOf(record(field), schemas, depth + 1)]));
    }
  }
}

export function findCalls(calls: readonly ApiCall[], find: string): ApiCall[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  return calls.filter(({ method, path, summary, tag }) => {
    const text = `${method} ${path} ${summary} ${tag}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
