// The frame of a form that makes or changes one stored thing: the server's refusal on top, a description and the button below.
import { Button, Group, Stack, Textarea } from '@mantine/core';
import { Save } from 'lucide-react';
import type { ReactNode } from 'react';
import { errorText } from '../queries.ts';

interface RecordFormProps {
  readonly label: string;
  readonly error: unknown;
  readonly isStored: boolean;
  readonly dirty: boolean;
  readonly saving: boolean;
  readonly description: string;
  readonly onDescription: (description: string) => void;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

export function RecordForm(props: RecordFormProps) {
  const { label, error, isStored, dirty, saving, description, onDescription, onSubmit, children } = props;
  return (
    <form
      noValidate
      className="panel pad narrow"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <Stack gap="md">
        {error !== null && error !== undefined && (
          <div className="notice hostile" data-tone="bad" role="alert">
            {errorText(error)}
          </div>
        )}
        {children}
        <Textarea
          label="Description"
          autosize
          minRows={2}
          value={description}
          onChange={(event) => onDescription(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button type="submit" leftSection={<Save size={14} />} loading={saving} disabled={isStored && !dirty}>
            {isStored ? 'Save' : 'Create'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
