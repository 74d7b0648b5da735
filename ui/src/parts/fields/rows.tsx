// Lists of rows with two fields each: headers, matches. An empty row at the end is no row.
import { ActionIcon, Button, Group, Input, Stack, TextInput, Tooltip } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';

export interface Row {
  readonly left: string;
  readonly right: string;
}

interface RowsProps {
  readonly label: string;
  readonly help?: ReactNode;
  readonly rows: readonly Row[];
  readonly onChange: (rows: readonly Row[]) => void;
  readonly leftLabel: string;
  readonly rightLabel: string;
  readonly leftPlaceholder?: string;
  readonly rightPlaceholder?: string;
  readonly addLabel: string;
  readonly errors?: (index: number) => { left?: string | undefined; right?: string | undefined };
  readonly mono?: boolean;
  readonly required?: boolean;
}

export function Rows(props: RowsProps) {
  const {
    label,
    help,
    rows,
    onChange,
    leftLabel,
    rightLabel,
    addLabel,
    errors,
    mono = false,
    required = false,
  } = props;
  const style = mono ? { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } } : {};
  const set = (index: number, change: Partial<Row>) =>
    onChange(rows.map((row, i) => (i === index ? { ...row, ...change } : row)));
  return (
    <Input.Wrapper label={label} description={help} labelElement="div" required={required}>
      <Stack gap={6} mt={6}>
        {rows.map((row, i) => {
          const wrong = errors?.(i) ?? {};
          const nth = rows.length > 1 ? ` ${i + 1}` : '';
          return (
            <Group key={`${label}-${String(i)}`} gap={6} wrap="nowrap" align="flex-start">
              <TextInput
                aria-label={`${leftLabel}${nth}`}
                placeholder={props.leftPlaceholder ?? leftLabel}
                value={row.left}
                error={wrong.left}
                styles={style}
                flex={3}
                onChange={(event) => set(i, { left: event.currentTarget.value })}
              />
              <TextInput
                aria-label={`${rightLabel}${nth}`}
                placeholder={props.rightPlaceholder ?? rightLabel}
                value={row.right}
                error={wrong.right}
                styles={style}
                flex={2}
                onChange={(event) => set(i, { right: event.currentTarget.value })}
              />
              <Tooltip label="Remove">
                <ActionIcon
                  size={34}
                  aria-label={`Remove ${label.toLowerCase()}${nth}`}
                  onClick={() => onChange(rows.filter((_, at) => at !== i))}
                >
                  <X size={15} />
                </ActionIcon>
              </Tooltip>
            </Group>
          );
        })}
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<Plus size={13} />}
          style={{ alignSelf: 'flex-start' }}
          onClick={() => onChange([...rows, { left: '', right: '' }])}
        >
          {addLabel}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
