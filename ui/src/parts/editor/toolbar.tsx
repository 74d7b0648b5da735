// Buttons of the editor: undo, redo, run, save, and the menu with export, import, copy, delete.
import { ActionIcon, Button, FileButton, Menu, Tooltip } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { CopyPlus, Download, EllipsisVertical, Play, Redo2, Save, Send, Trash2, Undo2, Upload } from 'lucide-react';
import type { WorkflowDef } from '../../../../src/core/model.ts';
import { type EditAction, type EditHistory, textOfDef } from '../../model/edit-history.ts';
import { confirm } from '../confirm.tsx';
import { download } from '../download.ts';
import { ButtonLink } from '../links.tsx';

interface ToolbarProps {
  readonly history: EditHistory;
  readonly dispatch: (action: EditAction) => void;
  readonly saved: WorkflowDef | undefined;
  readonly dirty: boolean;
  /** Something is wrong that must be mended first. */
  readonly blocked: boolean;
  readonly saving: boolean;
  readonly onSave: () => void;
  readonly onImport: (file: File | null) => void;
  readonly onDelete: () => void;
}

export function EditorToolbar({
  history,
  dispatch,
  saved,
  dirty,
  blocked,
  saving,
  onSave,
  onImport,
  onDelete,
}: ToolbarProps) {
  return (
    <>
      <Tooltip label="Undo (⌘Z)">
        <ActionIcon aria-label="Undo" disabled={history.past.length === 0} onClick={() => dispatch({ type: 'undo' })}>
          <Undo2 size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Redo (⇧⌘Z)">
        <ActionIcon aria-label="Redo" disabled={history.future.length === 0} onClick={() => dispatch({ type: 'redo' })}>
          <Redo2 size={16} />
        </ActionIcon>
      </Tooltip>
      {saved && !dirty && (
        <ButtonLink
          to="/run"
          search={{ name: saved.name, version: saved.version }}
          variant="default"
          leftSection={<Play size={14} />}
        >
          Run
        </ButtonLink>
      )}
      <Button
        leftSection={<Save size={14} />}
        disabled={blocked || (saved !== undefined && !dirty)}
        loading={saving}
        onClick={onSave}
      >
        Save
      </Button>
      <EditorMenu history={history} saved={saved} onImport={onImport} onDelete={onDelete} />
    </>
  );
}

function EditorMenu({
  history: { def },
  saved,
  onImport,
  onDelete,
}: Pick<ToolbarProps, 'history' | 'saved' | 'onImport' | 'onDelete'>) {
  const navigate = useNavigate();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label="More actions" variant="default" size={30}>
          <EllipsisVertical size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<Download size={14} />}
          onClick={() => download(`${def.name || 'workflow'}.json`, textOfDef(def))}
        >
          Export JSON
        </Menu.Item>
        <FileButton accept="application/json,.json" onChange={onImport}>
          {(props) => (
            <Menu.Item {...props} closeMenuOnClick={false} leftSection={<Upload size={14} />}>
              Import JSON…
            </Menu.Item>
          )}
        </FileButton>
        {saved && (
          <>
            <Menu.Item
              leftSection={<CopyPlus size={14} />}
              onClick={() =>
                void navigate({ to: '/definitions/new-workflow', search: { from: saved.name, version: saved.version } })
              }
            >
              Copy to a new workflow
            </Menu.Item>
            <Menu.Item
              leftSection={<Send size={14} />}
              onClick={() =>
                void navigate({ to: '/definitions/workflows/$name/webhooks', params: { name: saved.name } })
              }
            >
              Webhooks
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item
              color="red"
              leftSection={<Trash2 size={14} />}
              onClick={() =>
                confirm({
                  title: `Delete version ${def.version} of ${def.name}?`,
                  body: 'Running executions go on; new ones can no longer be started with it.',
                  action: 'Delete',
                  onConfirm: onDelete,
                })
              }
            >
              Delete this version
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
