// What free text finds of an execution: its names, ids and reasons, and every value of what went in and came out, one to a
// line behind its name. Masked values are not among them, so nobody can guess them by searching.

import type { Json } from './json.ts';
import { isList, isRecord } from './json.ts';
import { MAX_WORDS_LENGTH } from './limits.ts';
import { shownWorkflow } from './mask.ts';
import type { Workflow } from './model.ts';
import { referenceName } from './model.ts';

/** Without regard to case; the same for what is looked for. */
const folded = (text: string): string => text.toLowerCase();

/** Lines of an execution, each once, cut at a length. */
export function wordsOf(given: Workflow): string {
  const workflow = shownWorkflow(given);
  const lines = new Set<string>();
  let length = 0;
  const add = (line: string | undefined): boolean => {
    if (line !== undefined && line !== '' && !lines.has(line)) {
      lines.add(line);
      length += line.length + 1;
    }
    return length < MAX_WORDS_LENGTH;
  };
  const walk = (value: Json, name: string): boolean => {
    if (isList(value)) return value.every((item) => walk(item, name));
    if (isRecord(value)) return Object.entries(value).every(([key, inner]) => walk(inner, key));
    return add(name === '' ? String(value) : `${name}: ${value}`);
  };
  const { id, name, correlationId, idempotencyKey, reason, event, createdBy } = workflow;
  for (const text of [id, name, correlationId, idempotencyKey, reason, event, createdBy]) add(text);
  for (const task of workflow.tasks)
    for (const text of [referenceName(task), task.name, task.reason, task.subWorkflowId]) add(text);
  const values = [workflow.input, workflow.output, workflow.variables];
  const all = [...values, ...workflow.tasks.flatMap(({ input, output }) => [input, output])];
  all.every((value) => walk(value, ''));
  return folded([...lines].join('\n').slice(0, MAX_WORDS_LENGTH));
}

/** Words that must all be found, each anywhere; what stands in quotes is one. */
export function wantedWords(text: string): readonly string[] {
  const words = folded(text).matchAll(/"([^"]+)"|[^\s"]+/g);
  return [...new Set([...words].map(([whole, quoted]) => quoted ?? whole))].slice(0, MAX_WANTED_WORDS);
}

/** More words than this hardly narrow a search. */
const MAX_WANTED_WORDS = 16;
