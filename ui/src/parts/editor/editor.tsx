// The workflow editor: diagram on the left, forms and JSON on the right, all of them sides of one definition.
import { Tabs } from '@mantine/core';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { WorkflowDef } from '../../../../src/core/model.ts';
import type { EditorTab } from '../../model/address.ts';
import type { InsertAt } from '../../model/block-layout.ts';
import {
  type DefPath,
  findReference,
  freshReference,
  indexOf,
  insertTasks,
  listOf,
  moveTask,
  pathKey,
  referenceNames,
  removeTask,
  replaceTask,
  spanOf,
  taskAt,
} from '../../model/def-edit.ts';
import type { Problem } from '../../model/definition-problems.ts';
import { type EditAction, type EditHistory, shownText } from '../../model/edit-history.ts';
import { makeTasks } from '../../model/task-catalog.ts';
import type { TaskKind } from '../../model/task-kind.ts';
import { Diagram } from '../diagram/diagram.tsx';
import { Waiting } from '../page.tsx';
import './editor.css';
import { Palette } from './palette.tsx';
import { NoTask, TaskForm } from './task-form.tsx';
import { Versions } from './versions.tsx';
import { WorkflowForm } from './workflow-form.tsx';

const JsonEditor = lazy(() =>
  import('../json-editor.tsx').then(({ JsonEditor: component }) => ({ default: component })),
);

interface EditorProps {
  readonly history: EditHistory;
  readonly dispatch: (action: EditAction) => void;
  readonly problems: readonly Problem[];
  readonly tab: EditorTab;
  readonly onTab: (tab: EditorTab) => void;
  readonly selected: DefPath | undefined;
  readonly onSelect: (path: DefPath | undefined) => void;
  readonly versions: readonly WorkflowDef[];
}

/** Typing within this time is one step of undo on the JSON side. */
const TYPING_STEP_MS = 2_000;

export function Editor({ history, dispatch, problems, tab, onTab, selected, onSelect, versions }: EditorProps) {
  const { def } = history;
  const [insertAt, setInsertAt] = useState<InsertAt>();
  const task = selected && taskAt(def, selected);
  const faulty = useMemo(() => new Set(problems.map(({ path }) => pathKey(path))), [problems]);
  const change = (next: WorkflowDef, kind?: string) =>
    dispatch({ type: 'change', def: next, ...(kind ? { kind } : {}) });
  const select = (path: DefPath | undefined) => {
    onSelect(path);
    if (path && tab !== 'task' && tab !== 'json') onTab('task');
  };
  const insert = (kind: TaskKind) => {
    if (!insertAt) return;
    const taken = new Set<string>();
    const tasks = makeTasks(kind, (base) => {
      let name = freshReference(def, base);
      for (let n = 2; taken.has(name); n++) name = freshReference(def, `${base}_${n}`);
      taken.add(name);
      return name;
    });
    change(insertTasks(def, insertAt.list, insertAt.index, tasks));
    onSelect([...insertAt.list, insertAt.index]);
    onTab('task');
    setInsertAt(undefined);
  };
  const move = (path: DefPath, to: InsertAt) => {
    const reference = taskAt(def, path)?.taskReferenceName;
    const next = moveTask(def, path, to.list, to.index);
    change(next);
    if (reference) onSelect(findReference(next, reference));
  };
  const copy = (path: DefPath) => {
    const original = taskAt(def, path);
    if (!original) return;
    const name = freshReference(def, original.taskReferenceName);
    const at = indexOf(path) + spanOf(def, path);
    change(insertTasks(def, listOf(path), at, [{ ...structuredClone(original), taskReferenceName: name }]));
    onSelect([...listOf(path), at]);
  };
  const textMistakes = useMemo(
    () =>
      history.textError
        ? [{ from: history.textError.at, to: history.textError.at + 1, message: history.textError.message }]
        : [],
    [history.textError],
  );
  return (
    <div className="editor">
      <div className="editor-picture">
        <Diagram
          tasks={def.tasks}
          label="Diagram of the workflow"
          selected={selected}
          onSelect={select}
          onInsert={setInsertAt}
          insertAt={insertAt}
          onMove={move}
          faulty={faulty}
        />
      </div>
      <Tabs value={tab} onChange={(value) => onTab(value as EditorTab)} className="editor-side" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="task">Task</Tabs.Tab>
          <Tabs.Tab value="json">JSON</Tabs.Tab>
          <Tabs.Tab value="settings">Workflow</Tabs.Tab>
          {versions.length > 0 && <Tabs.Tab value="versions">Versions</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="task" className="editor-panel">
          {task && selected ? (
            <TaskForm
              key={pathKey(selected)}
              task={task}
              references={referenceNames(def)}
              workflowName={def.name}
              problems={problems
                .filter(({ path }) => pathKey(path) === pathKey(selected))
                .map(({ message }) => message)}
              onChange={(next, kind) => change(replaceTask(def, selected, next), kind)}
              onRemove={() => {
                onSelect(undefined);
                change(removeTask(def, selected));
              }}
              onCopy={() => copy(selected)}
            />
          ) : (
            <NoTask empty={def.tasks.length === 0} />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="json" className="editor-panel editor-json">
          <Suspense fallback={<Waiting what="Loading the editor" />}>
            <JsonEditor
              value={shownText(history)}
              label="Definition as JSON"
              onChange={(text) =>
                dispatch({ type: 'type', text, kind: `json ${Math.floor(Date.now() / TYPING_STEP_MS)}` })
              }
              mistakes={textMistakes}
            />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="settings" className="editor-panel">
          <WorkflowForm def={def} onChange={change} />
        </Tabs.Panel>
        <Tabs.Panel value="versions" className="editor-panel">
          <Versions versions={versions} shown={def.version} edited={def} />
        </Tabs.Panel>
      </Tabs>
      <Palette opened={insertAt !== undefined} onClose={() => setInsertAt(undefined)} onPick={insert} />
    </div>
  );
}
