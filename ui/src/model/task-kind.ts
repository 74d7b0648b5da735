// What is known of a task type, as data: its words, the task that a + makes, the fields of its form.
import type { WorkflowTask } from '../../../src/core/model.ts';
import type { DefPath } from './def-edit.ts';

export type FieldKind =
  | 'text'
  | 'longText'
  | 'number'
  | 'switch'
  | 'select'
  | 'json'
  | 'code'
  | 'pairs'
  | 'names'
  | 'references'
  | 'matches'
  | 'workflow'
  | 'cases'
  | 'branches';

export interface Field {
  /** Address below the task. */
  readonly at: DefPath;
  readonly label: string;
  readonly kind: FieldKind;
  readonly help?: string;
  readonly placeholder?: string;
  readonly options?: readonly string[];
  readonly required?: boolean;
}

type TaskGroup = 'Wait' | 'Do' | 'Flow' | 'Data' | 'Workflows';
export const TASK_GROUPS: readonly TaskGroup[] = ['Wait', 'Do', 'Flow', 'Data', 'Workflows'];

export interface TaskKind {
  readonly type: string;
  readonly label: string;
  readonly group: TaskGroup;
  readonly about: string;
  /** What a + puts in, without its reference names: a fork brings its join along. */
  readonly make: readonly (Omit<WorkflowTask, 'name' | 'taskReferenceName'> & { readonly base: string })[];
  readonly fields: readonly Field[];
}

/** The input as JSON: of every type whose input is free. */
export const INPUTS: Field = {
  at: ['inputParameters'],
  label: 'Input parameters',
  kind: 'json',
  help: 'JSON. ${workflow.input.x} and ${task_ref.output.y} are replaced when the task is scheduled.',
};

export const inputField = (key: string): DefPath => ['inputParameters', key];
