// `${…}` in the templates of a definition: each must be well formed and begin with a name that can exist.

import { partReference } from '../iteration.ts';
import type { Json } from '../json.ts';
import { isList, isRecord } from '../json.ts';
import { references } from '../language/expression.ts';
import { compilePath } from '../language/json-path.ts';
import { type Problems, under } from './problems.ts';

/** Deeper templates are not resolved. */
const MAX_TEMPLATE_DEPTH = 256;

/** Names that are no task: the execution, and the id of the task being made. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(['workflow', 'CPEWF_TASK_ID']);

/** `${task.callbackUrl}` is of the task itself, unless a place has that name. */
const ITSELF = 'task';

/** `${…}` without another one in it, and not `$${…}`, which is text. */
const EXPRESSION = /(?<!\$)\$\{([^${}]*)\}/g;

/** Tells which names exist; undefined: any may, since a dynamic fork makes names at run time. */
export type Known = ReadonlySet<string> | undefined;

export function checkTemplate(template: Json, path: string, known: Known, problems: Problems, depth = 0): void {
  if (typeof template === 'string') checkText(template, path, known, problems);
  else if (depth > MAX_TEMPLATE_DEPTH) problems.add(path, `is nested deeper than ${MAX_TEMPLATE_DEPTH}`);
  else if (isList(template))
    template.forEach((item, i) => {
      checkTemplate(item, `${path}[${i}]`, known, problems, depth + 1);
    });
  else if (isRecord(template))
    for (const [key, value] of Object.entries(template))
      checkTemplate(value, under(path, key), known, problems, depth + 1);
}

function checkText(text: string, path: string, known: Known, problems: Problems): void {
  if (!text.includes('${')) return;
  for (const [source, body = ''] of text.matchAll(EXPRESSION)) {
    const compiled = body.trim() === '' ? undefined : compilePath(body);
    if (compiled && !compiled.ok) problems.add(path, `${source} is not an expression: ${compiled.reason}`, text);
  }
  for (const root of references(text))
    if (!exists(root, known))
      problems.add(path, `a reference to nothing: no task is called ${root} (write $\${…} for the text itself)`, text);
}

function exists(root: string, known: Known): boolean {
  if (known === undefined || RESERVED_NAMES.has(root) || root === ITSELF || known.has(root)) return true;
  const parts = partReference(root);
  return parts !== undefined && known.has(parts.place);
}
