// The list of workflow definitions: one row per name, with its versions and the kinds of tasks in it.
import type { WorkflowDef } from '../../../src/core/model.ts';
import { eachTask } from '../../../src/core/plan.ts';

export interface DefinitionRow {
  readonly name: string;
  readonly latest: WorkflowDef;
  readonly versions: readonly number[];
  readonly taskCount: number;
  /** Distinct types in the order in which they appear. */
  readonly types: readonly string[];
  /** When the latest version was saved, epoch ms; 0 when unknown. */
  readonly savedAt: number;
}

export function definitionRows(defs: readonly WorkflowDef[], find = ''): DefinitionRow[] {
  const byName = new Map<string, WorkflowDef[]>();
  for (const def of defs) byName.set(def.name, [...(byName.get(def.name) ?? []), def]);
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  return [...byName.values()]
    .map((group) => rowOf(group.sort((a, b) => b.version - a.version)))
    .filter(({ name, latest, types }) => {
      const text = `${name} ${latest.description ?? ''} ${types.join(' ')}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

function rowOf(group: readonly WorkflowDef[]): DefinitionRow {
  const latest = group[0] as WorkflowDef;
  const types = new Set<string>();
  let taskCount = 0;
  eachTask(latest.tasks ?? [], ({ type }) => {
    taskCount++;
    types.add(type);
  });
  return {
    name: latest.name,
    latest,
    versions: group.map(({ version }) => version),
    taskCount,
    types: [...types],
    savedAt: Number(latest.updateTime ?? latest.createTime ?? 0),
  };
}
