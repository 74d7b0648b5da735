// What a + opens: every task type, grouped, found by typing.
import { Modal, ScrollArea, Text, TextInput, UnstyledButton } from '@mantine/core';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { searchCatalog } from '../../model/task-catalog.ts';
import { TASK_GROUPS, type TaskKind } from '../../model/task-kind.ts';
import { TaskIcon } from '../task-icon.tsx';

interface PaletteProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onPick: (kind: TaskKind) => void;
}

export function Palette({ opened, onClose, onPick }: PaletteProps) {
  const [words, setWords] = useState('');
  const found = searchCatalog(words);
  const pick = (kind: TaskKind) => {
    setWords('');
    onPick(kind);
  };
  return (
    <Modal opened={opened} onClose={onClose} title="Add a task" size="lg" scrollAreaComponent={ScrollArea.Autosize}>
      <TextInput
        data-autofocus
        aria-label="Find a task type"
        placeholder="Find a task type: webhook, http, loop…"
        leftSection={<Search size={15} />}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => {
          const first = found[0];
          if (event.key === 'Enter' && first) pick(first);
        }}
      />
      {found.length === 0 && (
        <Text size="sm" c="dimmed" py="lg" ta="center">
          No task type has this name. A worker task can do anything.
        </Text>
      )}
      {TASK_GROUPS.map((group) => {
        const kinds = found.filter((kind) => kind.group === group);
        if (kinds.length === 0) return null;
        return (
          <section key={group} aria-label={group}>
            <div className="palette-title">{group}</div>
            <div className="palette-grid">
              {kinds.map((kind) => (
                <UnstyledButton
                  key={kind.type}
                  className="palette-item"
                  onClick={() => pick(kind)}
                  data-type={kind.type}
                >
                  <span className="task-icon">
                    <TaskIcon type={kind.type} />
                  </span>
                  <span>
                    <span className="palette-name">{kind.label}</span>
                    <span className="palette-about">{kind.about}</span>
                  </span>
                </UnstyledButton>
              ))}
            </div>
          </section>
        );
      })}
    </Modal>
  );
}
