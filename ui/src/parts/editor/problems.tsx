// The mistakes of a definition in one line; the list leads to the task each is about.
import { Popover, Text, UnstyledButton } from '@mantine/core';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { DefPath } from '../../model/def-edit.ts';
import type { Problem } from '../../model/definition-problems.ts';

interface ProblemsProps {
  readonly problems: readonly Problem[];
  readonly textError: string | undefined;
  readonly onShow: (path: DefPath) => void;
}

export function Problems({ problems, textError, onShow }: ProblemsProps) {
  const count = problems.length + (textError ? 1 : 0);
  if (count === 0)
    return (
      <span className="problems" data-tone="good">
        <CircleCheck size={14} /> Valid
      </span>
    );
  return (
    <Popover width={380} position="bottom-end" shadow="md">
      <Popover.Target>
        <UnstyledButton className="problems" data-tone="bad">
          <TriangleAlert size={14} /> {count} {count === 1 ? 'problem' : 'problems'}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={6}>
        {textError && (
          <Text size="sm" p={6}>
            {textError} The diagram shows the last text that was right.
          </Text>
        )}
        {problems.map(({ path, message }) => (
          <UnstyledButton key={`${path.join('/')} ${message}`} className="problem hostile" onClick={() => onShow(path)}>
            {message}
          </UnstyledButton>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}
