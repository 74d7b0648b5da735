// What free text finds of an execution: its names, ids and reasons, and every value of what went in and came out, one to a
// line behind its name. Masked values are not among them, so nobody can guess them by searching.

import type { Json } from './json.ts';
import { isList, isRecord } from './json.ts';
import { MAX_WORDS_LENGTH } from './limits.ts';
import { shownTask, shownWorkflow } from './mask.ts';
import type { Task, Workflow } from './model.ts';
import { referenceName } from './model.ts';

/** Without regard to case; the same for what is looked for. */
const folded = (text: string): string => text.toLowerCase();

const namesOfTask = (task: Task): readonly (string | undefined)[] => [
  referenceName(task),
  task.name,
  task.reason,
  task.subWorkflowId,
];

/** Lines of an execution, each once, cut at a length. */
export function wordsOf(given: Workflow): string {
  const workflow = shownWorkflow(given);
  const { id, name, correlationId, idempotencyKey, reason, event, createdBy, tasks } = workflow;
  const own = [id, name, correlationId, idempotencyKey, reason, event, createdBy];
  return linesOf(
    [...own, ...tasks.flatMap(namesOfTask)],
    [workflow.input, workflow.output, workflow.variables, ...tasks.flatMap(({ input, output }) => [input, output])],
  );
}

/** The part of them that is about one task. */
export function wordsOfTask(workflow: Workflow, given: Task): string {
  const task = shownTask(workflow, given);
  return linesOf(namesOfTask(task), [task.input, task.output]);
}

function linesOf(texts: readonly (string | undefined)[], values: readonly Json[]): string {
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
  for (const text of texts) add(text);
  values.every((value) => walk(value, ''));
  return folded([...lines].join('\n').slice(0, MAX_WORDS_LENGTH));
}

/** Words that must all be found, each anywhere; what stands in quotes is one. */
export function wantedWords(text: string): readonly string[] {
  const words = folded(text).matchAll(/"([^"]+)"|[^\s"]+/g);
  return [...new Set([...words].map(([whole, quoted]) => quoted ?? whole))].slice(0, MAX_WANTED_WORDS);
}

/** More words than this hardly narrow a search. */
const MAX_WANTED_WORDS = 16;
