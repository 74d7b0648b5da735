// The text of a schema with its mistakes marked, and what to do with it: a new version, or over this one.
import { Button, Group, Stack, Text } from '@mantine/core';
import { Save } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { prettyJson } from '../../model/json-text.ts';
import { readSchema } from '../../model/schema-list.ts';
import { errorText } from '../../queries.ts';
import { useLeaveGuard } from '../leave-guard.tsx';
import { Waiting } from '../page.tsx';

const JsonEditor = lazy(() =>
  import('../json-editor.tsx').then(({ JsonEditor: component }) => ({ default: component })),
);

interface SchemaEditorProps {
  readonly start: unknown;
  /** A stored version can be written over. */
  readonly version?: number;
  readonly saving: boolean;
  readonly error: unknown;
  readonly blocked?: boolean;
  readonly children?: ReactNode;
  readonly onSave: (data: unknown, newVersion: boolean, allow: () => void) => void;
}

export function SchemaEditor({ start, version, saving, error, blocked = false, children, onSave }: SchemaEditorProps) {
  const [text, setText] = useState(() => prettyJson(start));
  const read = readSchema(text);
  const dirty = text !== prettyJson(start);
  const allow = useLeaveGuard(dirty);
  const save = (newVersion: boolean) => read.ok && onSave(read.data, newVersion, allow);
  const mistakes = read.ok ? [] : [{ from: read.at, to: read.at + 1, message: read.reason }];
  return (
    <Stack gap="md" maw={860}>
      {children}
      {error !== null && error !== undefined && (
        <div className="notice hostile" data-tone="bad" role="alert">
          {errorText(error)}
        </div>
      )}
      <Suspense fallback={<Waiting what="Loading the editor" />}>
        <JsonEditor value={text} label="JSON Schema" height={420} mistakes={mistakes} onChange={setText} />
      </Suspense>
      <Group justify="space-between" gap="sm">
        <Text size="sm" c={read.ok ? 'dimmed' : 'var(--mantine-color-error)'} role="status">
          {read.ok ? 'JSON Schema, draft 2020-12 or 07.' : read.reason}
        </Text>
        <Group gap="sm">
          {version !== undefined && (
            <Button variant="default" disabled={!read.ok || !dirty} loading={saving} onClick={() => save(false)}>
              Save over version {version}
            </Button>
          )}
          <Button
            leftSection={<Save size={14} />}
            disabled={!read.ok || blocked || (version !== undefined && !dirty)}
            loading={saving}
            onClick={() => save(true)}
          >
            {version === undefined ? 'Create' : 'Save as a new version'}
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}
