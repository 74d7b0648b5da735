// Keys for the hands that do not leave the keyboard, and the sheet that lists them.
import { Kbd, Modal, Table } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

const GO: Readonly<Record<string, readonly [string, string]>> = {
  o: ['/', 'Overview'],
  e: ['/executions', 'Executions'],
  r: ['/run', 'Run Workflow'],
  w: ['/definitions/workflows', 'Workflow definitions'],
  t: ['/definitions/tasks', 'Task definitions'],
  h: ['/definitions/webhooks', 'Webhooks'],
  s: ['/definitions/schedules', 'Schedules'],
  i: ['/events', 'Received events'],
  q: ['/queues', 'Queues & workers'],
};

const SHEET: readonly (readonly [string, string])[] = [
  ['⌘ K', 'Search or jump to (Ctrl K elsewhere)'],
  ['/', 'To the filter of the page'],
  ['j  k', 'Next and previous row'],
  ['Enter', 'Open the row'],
  ['⌘ S', 'Save, in editors'],
  ['⌘ Z', 'Undo; with ⇧ redo, in the workflow editor'],
  ...Object.entries(GO).map(([key, [, label]]) => [`g ${key}`, label] as const),
  ['?', 'This sheet'],
];

/** The second key of `g e` must follow soon, or `e` is just an e. */
const SEQUENCE_MS = 1_200;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

export function ShortcutSheet() {
  const [open, { open: show, close }] = useDisclosure(false);
  const navigate = useNavigate();
  const began = useRef(0);
  useHotkeys([
    ['shift+?', show],
    ['?', show],
    [
      '/',
      (event) => {
        const filter = document.querySelector<HTMLInputElement>('[data-page-filter]');
        if (!filter) return;
        event.preventDefault();
        filter.focus();
      },
    ],
  ]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
      const target = GO[event.key];
      if (event.key === 'g') began.current = event.timeStamp;
      else if (target && event.timeStamp - began.current < SEQUENCE_MS) {
        began.current = 0;
        void navigate({ to: target[0] });
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate]);
  return (
    <Modal opened={open} onClose={close} title="Keyboard shortcuts" size="sm">
      <Table withRowBorders={false}>
        <Table.Tbody>
          {SHEET.map(([keys, does]) => (
            <Table.Tr key={keys}>
              <Table.Td w={130}>
                {keys
                  .split(' ')
                  .filter(Boolean)
                  .map((key) => (
                    <Kbd key={key} size="xs" mr={4}>
                      {key}
                    </Kbd>
                  ))}
              </Table.Td>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
