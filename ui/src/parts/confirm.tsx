// Asks before something that cannot be undone. One dialog for the whole app; whoever asks says what the button does.
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';

interface Question {
  readonly title: string;
  readonly body: ReactNode;
  readonly action: string;
  readonly onConfirm: () => void;
  readonly onCancel?: () => void;
}

let show: ((question: Question) => void) | undefined;

export const confirm = (question: Question): void => show?.(question);

export const askToLeave = (): Promise<boolean> =>
  new Promise((resolve) =>
    confirm({
      title: 'Leave without saving?',
      body: 'Your changes to this page would be lost.',
      action: 'Leave',
      onConfirm: () => resolve(true),
      onCancel: () => resolve(false),
    }),
  );

export function ConfirmDialog() {
  const [question, setQuestion] = useState<Question>();
  show = setQuestion;
  const close = (confirmed: boolean) => {
    setQuestion(undefined);
    if (confirmed) question?.onConfirm();
    else question?.onCancel?.();
  };
  return (
    <Modal opened={question !== undefined} onClose={() => close(false)} title={question?.title} size="sm">
      <Stack gap="md">
        <Text size="sm" component="div">
          {question?.body}
        </Text>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={() => close(false)}>
            Cancel
          </Button>
          <Button color="red" onClick={() => close(true)} data-autofocus>
            {question?.action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
