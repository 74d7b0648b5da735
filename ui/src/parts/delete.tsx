// Deleting the thing that a page shows: a question that says what is lost, then the deed. A button, or the last resort of a menu.
import { ActionIcon, Button, Menu } from '@mantine/core';
import { EllipsisVertical, Trash2 } from 'lucide-react';
import { confirm } from './confirm.tsx';

interface DeleteProps {
  readonly name: string;
  /** What becomes of it, in a sentence. */
  readonly loss: string;
  readonly onDelete: () => void;
}

const ask = ({ name, loss, onDelete }: DeleteProps): void =>
  confirm({ title: `Delete ${name}?`, body: loss, action: 'Delete', onConfirm: onDelete });

export const DeleteButton = (props: DeleteProps) => (
  <Button variant="default" c="var(--tone-bad)" leftSection={<Trash2 size={14} />} onClick={() => ask(props)}>
    Delete
  </Button>
);

/** `what`: the kind of thing, for the menu's line. */
export const DeleteMenu = ({ what, ...props }: DeleteProps & { readonly what: string }) => (
  <Menu>
    <Menu.Target>
      <ActionIcon aria-label="More actions" variant="default" size={30}>
        <EllipsisVertical size={16} />
      </ActionIcon>
    </Menu.Target>
    <Menu.Dropdown>
      <Menu.Item color="red" leftSection={<Trash2 size={14} />} onClick={() => ask(props)}>
        Delete {what}
      </Menu.Item>
    </Menu.Dropdown>
  </Menu>
);
