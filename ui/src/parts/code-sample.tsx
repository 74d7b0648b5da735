// A request as code to copy, in the language that was chosen last.
import { Group, SegmentedControl, Text } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { CODE_KINDS, type CodeKind } from '../model/code-sample.ts';
import { Payload } from './payload.tsx';

export function CodeSample({ title, code }: { title: string; code: (kind: CodeKind) => string }) {
  const [kind, setKind] = useLocalStorage<CodeKind>({ key: 'fermata-code', defaultValue: 'curl' });
  const shown = Object.hasOwn(CODE_KINDS, kind) ? kind : 'curl';
  return (
    <section aria-label={title}>
      <Group justify="space-between" mb={6} gap="sm">
        <Text fw={600} size="sm">
          {title}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label="Language"
          data={Object.entries(CODE_KINDS).map(([value, label]) => ({ value, label }))}
          value={shown}
          onChange={(next) => setKind(next as CodeKind)}
        />
      </Group>
      <Payload label={`${CODE_KINDS[shown]} code`} maxHeight={300} text={code(shown)} />
    </section>
  );
}
