// Named values in a list: written, replaced and removed. Whether they are ever shown is the caller's to say.
import { ActionIcon, Button, Group, Modal, Stack, Text, Textarea, TextInput, Tooltip } from '@mantine/core';
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { errorText, useAction } from '../../queries.ts';
import { confirm } from '../confirm.tsx';
import { CopyIcon } from '../copy.tsx';

interface ValueListProps {
  readonly title: string;
  /** `secret`, `variable`. */
  readonly word: string;
  readonly about: ReactNode;
  /** How a workflow refers to one of this name. */
  readonly reference: (name: string) => string;
  /** A value that may be shown, or none: then it is never shown. */
  readonly values: readonly { readonly name: string; readonly value?: string }[];
  readonly refresh: readonly [string];
  readonly onPut: (name: string, value: string) => Promise<unknown>;
  readonly onRemove: (name: string) => Promise<unknown>;
}

export function ValueList({ title, word, about, reference, values, refresh, onPut, onRemove }: ValueListProps) {
  const [editing, setEditing] = useState<{ readonly name?: string; readonly value?: string }>();
  const remove = useAction({ run: onRemove, refresh: [refresh], done: (_, name) => `Deleted ${name}` });
  const ask = (name: string) =>
    confirm({
      title: `Delete ${name}?`,
      body: `What refers to this ${word} gets nothing in its place.`,
      action: 'Delete',
      onConfirm: () => remove.mutate(name),
    });
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        <Button ml="auto" leftSection={<Plus size={13} />} onClick={() => setEditing({})}>
          Add a {word}
        </Button>
      </div>
      <Text size="sm" c="dimmed" px={14} pt={10}>
        {about}
      </Text>
      {values.length === 0 && (
        <Text size="sm" c="dimmed" p={14}>
          No {word} yet.
        </Text>
      )}
      <ul className="value-list">
        {values.map(({ name, value }) => (
          <li key={name}>
            <b className="mono hostile">{name}</b>
            <span className="mono dim clip hostile">{value ?? '••••••••'}</span>
            <Group gap={2} wrap="nowrap">
              <CopyIcon value={reference(name)} label={`Copy ${reference(name)}`} />
              <Tooltip label="Replace the value">
                <ActionIcon
                  size="sm"
                  aria-label={`Replace ${name}`}
                  onClick={() => setEditing({ name, ...(value === undefined ? {} : { value }) })}
                >
                  <Pencil size={14} />
                </ActionIcon>
              </Tooltip>
              <Tooltip label="Delete">
                <ActionIcon size="sm" aria-label={`Delete ${name}`} onClick={() => ask(name)}>
                  <Trash2 size={14} />
                </ActionIcon>
              </Tooltip>
            </Group>
          </li>
        ))}
      </ul>
      <Modal
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
        title={editing?.name === undefined ? `Add a ${word}` : `Replace ${editing.name}`}
      >
        {editing && (
          <ValueForm
            {...editing}
            taken={values.map(({ name }) => name)}
            word={word}
            refresh={refresh}
            onPut={onPut}
            onClose={() => setEditing(undefined)}
          />
        )}
      </Modal>
    </section>
  );
}

interface ValueFormProps extends Pick<ValueListProps, 'word' | 'refresh' | 'onPut'> {
  readonly name?: string;
  readonly value?: string;
  readonly taken: readonly string[];
  readonly onClose: () => void;
}

function ValueForm({ name: stored, value: known = '', taken, word, refresh, onPut, onClose }: ValueFormProps) {
  const [name, setName] = useState(stored ?? '');
  const [value, setValue] = useState(known);
  const isTaken = stored === undefined && taken.includes(name.trim());
  const put = useAction<void, unknown>({
    run: () => onPut(name.trim(), value),
    refresh: [refresh],
    done: () => `Saved ${name.trim()}`,
    toastErrors: false,
    after: onClose,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '' && !isTaken) put.mutate();
      }}
    >
      <Stack gap="md">
        {put.error && (
          <div className="notice hostile" data-tone="bad" role="alert">
            {errorText(put.error)}
          </div>
        )}
        <TextInput
          label="Name"
          required
          disabled={stored !== undefined}
          data-autofocus={stored === undefined || undefined}
          autoComplete="off"
          value={name}
          error={isTaken ? `There is a ${word} of this name: replace its value in the list.` : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label="Value"
          required
          autosize
          minRows={2}
          maxRows={14}
          spellCheck={false}
          autoComplete="off"
          data-autofocus={stored !== undefined || undefined}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={name.trim() === '' || isTaken} loading={put.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
