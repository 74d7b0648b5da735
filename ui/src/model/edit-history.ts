// What the editor holds: a definition, its text while someone types JSON, and the way back and forth.
import type { WorkflowDef } from '../../../src/core/model.ts';
import { placeOf, scanJson } from './json-text.ts';

/** Steps that undo keeps: more than one makes in an hour, and definitions share what did not change. */
const MAX_STEPS = 200;

export interface EditHistory {
  readonly def: WorkflowDef;
  /** Kept exactly as typed, while it stands for `def` or cannot be read. Absent: the text is made from `def`. */
  readonly text?: string;
  /** Why the typed text is no definition; then `def` is the last that was. */
  readonly textError?: { readonly message: string; readonly at: number };
  readonly past: readonly WorkflowDef[];
  readonly future: readonly WorkflowDef[];
  /** Changes of one kind in a row (typing into one field) are one step. */
  readonly lastKind?: string;
}

export type EditAction =
  | { readonly type: 'change'; readonly def: WorkflowDef; readonly kind?: string }
  /** `kind`: as for a change; typing of one kind is one step. */
  | { readonly type: 'type'; readonly text: string; readonly kind?: string }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' }
  | { readonly type: 'load'; readonly def: WorkflowDef };

export const startHistory = (def: WorkflowDef): EditHistory => ({ def, past: [], future: [] });

export const textOfDef = (def: WorkflowDef): string => JSON.stringify(def, null, 2);
/** What the JSON side shows. */
export const shownText = (history: EditHistory): string => history.text ?? textOfDef(history.def);

export function edit(history: EditHistory, action: EditAction): EditHistory {
  switch (action.type) {
    case 'load':
      return startHistory(action.def);
    case 'change':
      return step(history, action.def, action.kind);
    case 'type':
      return typed(history, action.text, action.kind ?? 'json');
    case 'undo': {
      const def = history.past.at(-1);
      if (!def) return history;
      return { def, past: history.past.slice(0, -1), future: [history.def, ...history.future] };
    }
    case 'redo': {
      const [def, ...future] = history.future;
      return def ? { def, past: [...history.past, history.def], future } : history;
    }
  }
}

function step(history: EditHistory, def: WorkflowDef, kind: string | undefined): EditHistory {
  if (def === history.def) return history;
  const joins = kind !== undefined && kind === history.lastKind && history.past.length > 0;
  const past = joins ? history.past : [...history.past, history.def].slice(-MAX_STEPS);
  return { def, past, future: [], ...(kind === undefined ? {} : { lastKind: kind }) };
}

function typed(history: EditHistory, text: string, kind: string): EditHistory {
  const read = readDefinition(text);
  if (!read.ok) return { ...history, text, textError: read.error };
  if (textOfDef(read.def) === textOfDef(history.def)) {
    const { textError: _, ...rest } = history;
    return { ...rest, text };
  }
  return { ...step(history, read.def, kind), text };
}

export type ReadResult =
  | { readonly ok: true; readonly def: WorkflowDef }
  | { readonly ok: false; readonly error: { readonly message: string; readonly at: number } };

/** Reads a definition from JSON text. Only the outermost shape is checked here; what is inside is the validator's business. */
export function readDefinition(text: string): ReadResult {
  const { errorAt } = scanJson(text);
  if (errorAt !== undefined) {
    const { line, column } = placeOf(text, errorAt);
    return { ok: false, error: { message: `This is not JSON: see line ${line}, column ${column}.`, at: errorAt } };
  }
  const value: unknown = JSON.parse(text);
  const def = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof def !== 'object' || def === null || Array.isArray(def))
    return { ok: false, error: { message: 'A workflow definition is a JSON object.', at: 0 } };
  const tasks = (def as { tasks?: unknown }).tasks ?? [];
  if (!Array.isArray(tasks) || !tasks.every(isDrawable))
    return {
      ok: false,
      error: { message: 'tasks must be a list of tasks.', at: Math.max(0, text.indexOf('"tasks"')) },
    };
  return { ok: true, def: { ...def, tasks } as WorkflowDef };
}

/** True when the lists inside are lists of objects, so that the diagram can walk them whatever else is wrong. */
function isDrawable(task: unknown): boolean {
  if (typeof task !== 'object' || task === null || Array.isArray(task)) return false;
  const { decisionCases = {}, defaultCase = [], forkTasks = [], loopOver = [] } = task as Record<string, unknown>;
  const isList = (list: unknown) => list === null || (Array.isArray(list) && list.every(isDrawable));
  if (typeof decisionCases !== 'object' || !Object.values(decisionCases ?? {}).every(isList)) return false;
  if (!isList(defaultCase) || !isList(loopOver)) return false;
  return forkTasks === null || (Array.isArray(forkTasks) && forkTasks.every(isList));
}
