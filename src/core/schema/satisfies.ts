// Whether a value satisfies a JSON Schema, and where it does not. Interpreted: no code is made from schemas. The work is bounded,
// whatever schema and value: references that circle and alternatives that multiply end with a problem that says so.

import type { Json } from '../json.ts';
import { type Problem, Problems } from '../validate/problems.ts';
import { readSchema, type Schema, type SchemaDocument } from './document.ts';
import { KEYWORDS } from './keywords.ts';
import { holds, type Run } from './look.ts';

const documents = new WeakMap<object, SchemaDocument | undefined>();

/** Read once for each schema object. A schema that cannot be used was refused when it was saved. */
function documentOf(schema: Schema): SchemaDocument | undefined {
  if (typeof schema === 'boolean') return { root: schema, isOld: false, tracks: false, named: new Map() };
  if (!documents.has(schema)) {
    const read = readSchema(schema);
    documents.set(schema, read.ok ? read.document : undefined);
  }
  return documents.get(schema);
}

/** What is wrong with a value; nothing when it satisfies the schema. `passes`: values that are not known yet. */
export function problemsOf(
  schema: Schema,
  value: Json,
  passes: (value: Json) => boolean = () => false,
): readonly Problem[] {
  const problems = new Problems();
  const document = documentOf(schema);
  if (!document) return [{ path: '', message: 'cannot be checked: its schema is not valid', invalidValue: null }];
  const run: Run = { document, keywords: KEYWORDS, passes, problems, steps: 0, depth: 0, exhausted: false };
  holds(run, document.root, value, '');
  if (run.exhausted)
    return [{ path: '', message: 'cannot be checked: its schema asks for too much work', invalidValue: null }];
  return problems.list;
}
