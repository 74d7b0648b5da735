// Definitions › Workflow › one: the editor with its toolbar, saving with a diff, copy, import, export, and no lost changes.
import { TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { getRouteApi } from '@tanstack/react-router';
import { useReducer, useState } from 'react';
import type { WorkflowDef } from '../../../src/core/model.ts';
import type { EditorTab } from '../model/address.ts';
import type { DefPath } from '../model/def-edit.ts';
import { definitionProblems } from '../model/definition-problems.ts';
import { edit, readDefinition, startHistory, textOfDef } from '../model/edit-history.ts';
import { Editor } from '../parts/editor/editor.tsx';
import { Problems } from '../parts/editor/problems.tsx';
import { SaveDialog } from '../parts/editor/save-dialog.tsx';
import { useSaving } from '../parts/editor/saving.ts';
import { EditorToolbar } from '../parts/editor/toolbar.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { errorText, useWorkflowDef, useWorkflowDefs } from '../queries.ts';

const existing = getRouteApi('/definitions/workflows/$name');
const fresh = getRouteApi('/definitions/new-workflow');

export function WorkflowEditorPage() {
  const { name } = existing.useParams();
  const { version, tab } = existing.useSearch();
  const navigate = existing.useNavigate();
  const query = useWorkflowDef(name, version);
  const all = useWorkflowDefs();
  const versions = (all.data ?? []).filter((def) => def.name === name).sort((a, b) => b.version - a.version);
  return (
    <Loaded query={query} what="workflow definition" id={name}>
      {(def) => (
        <EditorPage
          key={`${def.name} ${def.version} ${String(def.updateTime)}`}
          saved={def}
          start={def}
          versions={versions}
          tab={tab ?? 'task'}
          onTab={(next) => void navigate({ search: (old) => ({ ...old, tab: next }), replace: true })}
        />
      )}
    </Loaded>
  );
}

export function NewWorkflowPage() {
  const { from, version } = fresh.useSearch();
  const [tab, setTab] = useState<EditorTab>('task');
  const query = useWorkflowDef(from ?? '', version, from !== undefined);
  if (from === undefined)
    return (
      <EditorPage
        start={{ name: '', version: 1, tasks: [], schemaVersion: 2 }}
        versions={[]}
        tab={tab}
        onTab={setTab}
      />
    );
  return (
    <Loaded query={query} what="workflow definition" id={from}>
      {({ createTime: _created, updateTime: _updated, ...def }) => (
        <EditorPage
          start={{ ...(def as WorkflowDef), name: `${from}_copy`, version: 1 }}
          versions={[]}
          tab={tab}
          onTab={setTab}
        />
      )}
    </Loaded>
  );
}

interface EditorPageProps {
  readonly start: WorkflowDef;
  /** Absent: it does not exist on the server yet. */
  readonly saved?: WorkflowDef;
  readonly versions: readonly WorkflowDef[];
  readonly tab: EditorTab;
  readonly onTab: (tab: EditorTab) => void;
}

function EditorPage({ start, saved, versions, tab, onTab }: EditorPageProps) {
  const [history, dispatch] = useReducer(edit, start, startHistory);
  const [selected, setSelected] = useState<DefPath | undefined>(start.tasks.length > 0 ? ['tasks', 0] : undefined);
  const [dialog, setDialog] = useState(false);
  const { def, textError } = history;
  const problems = definitionProblems(def);
  const dirty = textError !== undefined || textOfDef(def) !== textOfDef(start);
  const { save, remove } = useSaving(def, dirty, tab, () => setDialog(false));
  const blocked = problems.length > 0 || textError !== undefined;
  const onSave = () => {
    if (blocked || (saved && !dirty)) return;
    if (saved) setDialog(true);
    else save.mutate({ def, overwrite: false });
  };
  useHotkeys(
    [
      ['mod+S', onSave],
      ['mod+Z', () => dispatch({ type: 'undo' })],
      ['mod+shift+Z', () => dispatch({ type: 'redo' })],
    ],
    [],
    true,
  );
  const importFile = async (file: File | null) => {
    const read = file && readDefinition(await file.text());
    if (read?.ok) dispatch({ type: 'change', def: saved ? { ...read.def, name: saved.name } : read.def });
    else if (read) dispatch({ type: 'type', text: await file.text() });
    onTab('json');
  };
  return (
    <Page
      full
      title={saved ? def.name : 'Define Workflow'}
      heading={
        saved ? (
          <>
            <span className="hostile">{def.name}</span> <span className="dim">v{saved.version}</span>
          </>
        ) : (
          <TextInput
            aria-label="Workflow name"
            placeholder="Workflow name"
            value={def.name}
            w={320}
            data-autofocus
            onChange={(event) =>
              dispatch({ type: 'change', def: { ...def, name: event.currentTarget.value }, kind: 'name' })
            }
          />
        )
      }
      about={saved ? def.description : undefined}
      actions={
        <>
          <Problems
            problems={problems}
            textError={textError?.message}
            onShow={(path) => {
              setSelected(path.length > 0 ? path : undefined);
              onTab(path.length > 0 ? 'task' : 'settings');
            }}
          />
          <EditorToolbar
            history={history}
            dispatch={dispatch}
            saved={saved}
            dirty={dirty}
            blocked={blocked}
            saving={save.isPending && !dialog}
            onSave={onSave}
            onImport={(file) => void importFile(file)}
            onDelete={() => remove.mutate()}
          />
        </>
      }
    >
      {save.error && !dialog && (
        <div className="notice hostile" data-tone="bad" role="alert">
          {errorText(save.error)}
        </div>
      )}
      <Editor
        history={history}
        dispatch={dispatch}
        problems={problems}
        tab={tab}
        onTab={onTab}
        selected={selected}
        onSelect={setSelected}
        versions={versions}
      />
      {saved && (
        <SaveDialog
          opened={dialog}
          onClose={() => setDialog(false)}
          saved={saved}
          edited={def}
          latestVersion={Math.max(saved.version, ...versions.map(({ version }) => version))}
          saving={save.isPending}
          error={save.error}
          onSave={(next, overwrite) => save.mutate({ def: next, overwrite })}
        />
      )}
    </Page>
  );
}
