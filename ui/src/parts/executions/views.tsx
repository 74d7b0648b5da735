// Views: filters under a name, in the storage of this browser; each is a link, so that it can be sent to others.
import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { Bookmark, Check, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type ExecutionSearch, isFiltered } from '../../model/execution-search.ts';
import { GIVEN_VIEWS, isShown, readViews, type SavedView, withView } from '../../model/saved-views.ts';

export function Views({ search }: { search: ExecutionSearch }) {
  const [stored, setStored] = useLocalStorage<unknown>({ key: 'fermata-views', defaultValue: [] });
  const views = readViews(stored);
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState('');
  const current = [...views, ...GIVEN_VIEWS].find((view) => isShown(view, search));
  const save = () => {
    if (name.trim() === '') return;
    setStored(withView(views, name, search));
    setNaming(false);
    setName('');
  };
  return (
    <>
      {/* The placeholder is a focusable element that counts for nothing, which no menu may hold (ARIA 1.2). */}
      <Menu position="bottom-start" width={280} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button variant="default" h={36} leftSection={<Bookmark size={13} />}>
            {current?.name ?? 'Views'}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.length > 0 && <Menu.Label>Yours</Menu.Label>}
          {views.map((view) => (
            <Group key={view.name} gap={2} wrap="nowrap">
              <ViewItem view={view} shown={view === current} />
              <ActionIcon
                size="sm"
                aria-label={`Delete the view ${view.name}`}
                onClick={() => setStored(views.filter((other) => other !== view))}
              >
                <Trash2 size={13} />
              </ActionIcon>
            </Group>
          ))}
          <Menu.Label>Given</Menu.Label>
          {GIVEN_VIEWS.map((view) => (
            <ViewItem key={view.name} view={view} shown={view === current} />
          ))}
          <Menu.Divider />
          <Menu.Item disabled={!isFiltered(search)} onClick={() => setNaming(true)}>
            Save this filter as a view…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={naming} onClose={() => setNaming(false)} title="Save this filter as a view" size="sm">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <Stack gap="md">
            <TextInput
              label="Name"
              required
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Text size="xs" c="dimmed">
              It is kept in this browser. The address of the page is the same view for everyone else.
            </Text>
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={() => setNaming(false)}>
                Cancel
              </Button>
              <Button type="submit" disabled={name.trim() === ''}>
                Save
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

function ViewItem({ view, shown }: { view: SavedView; shown: boolean }) {
  const navigate = useNavigate();
  return (
    <Menu.Item
      leftSection={shown ? <Check size={13} /> : <span style={{ width: 13 }} />}
      className="hostile"
      onClick={() => void navigate({ to: '/executions', search: view.search })}
    >
      {view.name}
    </Menu.Item>
  );
}
