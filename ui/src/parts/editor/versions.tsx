// All versions of a workflow: open one, compare it with what is being edited.
import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { WorkflowDef } from '../../../../src/core/model.ts';
import { textOfDef } from '../../model/edit-history.ts';
import { Moment } from '../clock.tsx';
import { Link } from '../links.tsx';

const JsonDiff = lazy(() => import('./json-diff.tsx').then(({ JsonDiff: component }) => ({ default: component })));

interface VersionsProps {
  /** All versions of this name, newest first. */
  readonly versions: readonly WorkflowDef[];
  readonly shown: number;
  readonly edited: WorkflowDef;
}

const savedAt = (def: WorkflowDef): number => Number(def.updateTime ?? def.createTime ?? 0);

export function Versions({ versions, shown, edited }: VersionsProps) {
  const [compared, setCompared] = useState<number>();
  const other = versions.find(({ version }) => version === compared);
  return (
    <Stack gap={4}>
      {versions.map((def) => (
        <Group
          key={def.version}
          justify="space-between"
          wrap="nowrap"
          className="version-row"
          data-shown={def.version === shown || undefined}
        >
          <Group gap={10} wrap="nowrap">
            <Link
              to="/definitions/workflows/$name"
              params={{ name: def.name }}
              search={{ version: def.version, tab: 'versions' }}
              fw={600}
              size="sm"
            >
              Version {def.version}
            </Link>
            <Text size="xs" c="dimmed">
              {def.version === versions[0]?.version && 'latest · '}
              <Moment at={savedAt(def)} />
            </Text>
          </Group>
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={() => setCompared(compared === def.version ? undefined : def.version)}
          >
            {compared === def.version ? 'Close' : 'Compare'}
          </Button>
        </Group>
      ))}
      {other && (
        <Suspense fallback={<Loader size="sm" color="gray" />}>
          <Text size="xs" c="dimmed" mt={8}>
            From version {other.version} to what is in the editor
          </Text>
          <JsonDiff
            before={textOfDef(other)}
            after={textOfDef(edited)}
            label={`Changes since version ${other.version}`}
            height={360}
          />
        </Suspense>
      )}
    </Stack>
  );
}
