// Rows of workflow and version, chosen from what is defined.
import { ActionIcon, Button, Group, Input, Select, Stack, Tooltip } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import type { WorkflowDef } from '../../../../src/core/model.ts';
import { type FormErrors, RECEIVER_VERSIONS, type WorkflowChoice } from '../../model/webhook-form.ts';

interface WorkflowRowsProps {
  readonly label: string;
  readonly help?: string;
  readonly field: 'receivers' | 'startWorkflows';
  readonly rows: readonly WorkflowChoice[];
  readonly defs: readonly WorkflowDef[];
  readonly errors: FormErrors;
  readonly required?: boolean;
  readonly onChange: (rows: readonly WorkflowChoice[]) => void;
}

/** What is stored but no longer defined stays choosable. */
const withChosen = (options: readonly string[], chosen: string): string[] =>
  chosen !== '' && !options.includes(chosen) ? [...options, chosen] : [...options];

export function WorkflowRows({
  label,
  help,
  field,
  rows,
  defs,
  errors,
  required = false,
  onChange,
}: WorkflowRowsProps) {
  const names = [...new Set(defs.map(({ name }) => name))].sort();
  const versionsOf = (name: string) =>
    defs
      .filter((def) => def.name === name)
      .map(({ version }) => version)
      .sort((a, b) => b - a)
      .map(String);
  const set = (index: number, row: WorkflowChoice) => onChange(rows.map((old, i) => (i === index ? row : old)));
  return (
    <Input.Wrapper label={label} description={help} labelElement="div" required={required}>
      <Stack gap={6} mt={6}>
        {rows.map((row, i) => {
          const nth = rows.length > 1 ? ` ${i + 1}` : '';
          return (
            <Group key={`${field}-${String(i)}`} gap={6} wrap="nowrap" align="flex-start">
              <Select
                aria-label={`${label}${nth}`}
                placeholder={names.length === 0 ? 'No workflow is defined yet' : 'Workflow name'}
                searchable
                flex={1}
                data={withChosen(names, row.name)}
                value={row.name || null}
                error={errors[`${field}.${i}.name`]}
                nothingFoundMessage="No workflow has this name"
                onChange={(name) => set(i, { name: name ?? '', version: versionsOf(name ?? '')[0] ?? '' })}
              />
              <Select
                aria-label={`Version${nth} of ${label.toLowerCase()}`}
                placeholder="Version"
                w={110}
                data={withChosen(
                  [...versionsOf(row.name), ...(field === 'receivers' ? RECEIVER_VERSIONS : [])],
                  row.version,
                )}
                value={row.version || null}
                error={errors[`${field}.${i}.version`]}
                disabled={row.name === ''}
                onChange={(version) => set(i, { ...row, version: version ?? '' })}
              />
              {(rows.length > 1 || row.name !== '') && (
                <Tooltip label="Remove">
                  <ActionIcon
                    size={34}
                    aria-label={`Remove ${row.name || `row ${i + 1}`}`}
                    onClick={() =>
                      onChange(rows.length > 1 ? rows.filter((_, at) => at !== i) : [{ name: '', version: '' }])
                    }
                  >
                    <X size={15} />
                  </ActionIcon>
                </Tooltip>
              )}
            </Group>
          );
        })}
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<Plus size={13} />}
          style={{ alignSelf: 'flex-start' }}
          onClick={() => onChange([...rows, { name: '', version: '' }])}
        >
          Add workflow
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
