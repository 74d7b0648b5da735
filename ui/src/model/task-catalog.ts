// The task types that the editor offers. Fields are data, so one form draws every type, and a type that we do not know still
// gets the general fields.
import type { WorkflowTask } from '../../../src/core/model.ts';
import { type Field, INPUTS, type TaskKind } from './task-kind.ts';
import { DOING_KINDS } from './task-kinds-doing.ts';
import { FLOW_KINDS } from './task-kinds-flow.ts';

export const TASK_CATALOG: readonly TaskKind[] = [...DOING_KINDS, ...FLOW_KINDS];

const BY_TYPE = new Map(TASK_CATALOG.map((kind) => [kind.type, kind]));

/** What is known of a type; undefined for one that is not in the catalogue. */
export const taskKind = (type: string): TaskKind | undefined => BY_TYPE.get(type);
export const taskLabel = (type: string): string => taskKind(type)?.label ?? type;

/** Fields of any type: those of the catalogue, or its input as JSON. */
export const fieldsOf = (type: string): readonly Field[] => taskKind(type)?.fields ?? [INPUTS];

/** Fields that every task has, below its own. */
export const COMMON_FIELDS: readonly Field[] = [
  { at: ['description'], label: 'Description', kind: 'longText' },
  { at: ['optional'], label: 'Optional: the workflow goes on when it fails', kind: 'switch' },
  { at: ['startDelay'], label: 'Start delay (seconds)', kind: 'number' },
  { at: ['retryCount'], label: 'Retries', kind: 'number', help: 'Empty: what the task definition says.' },
];

/** Tasks for a + of this type, with names that are free according to `fresh`. */
export function makeTasks(kind: TaskKind, fresh: (base: string) => string): WorkflowTask[] {
  return kind.make.map(({ base, ...task }) => {
    const reference = fresh(base);
    return { name: reference, taskReferenceName: reference, ...structuredClone(task) } as WorkflowTask;
  });
}

/** Types whose label, name or sentence contains the words typed. */
export function searchCatalog(words: string): readonly TaskKind[] {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  return TASK_CATALOG.filter((kind) => {
    const text = `${kind.type} ${kind.label} ${kind.about} ${kind.group}`.toLowerCase().replaceAll('_', ' ');
    return parts.every((part) => text.includes(part.replaceAll('_', ' ')));
  });
}
