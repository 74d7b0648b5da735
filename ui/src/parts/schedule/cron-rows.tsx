// When a schedule runs: expressions with their zones, each with its next moments as the server computes them.
import { ActionIcon, Anchor, Button, Group, Input, Select, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Plus, X } from 'lucide-react';
import { momentInZone } from '../../model/moment.ts';
import { CRON_EXAMPLES, type CronRow } from '../../model/schedule-form.ts';
import { errorText } from '../../queries.ts';
import { useNextRuns } from '../../queries-admin.ts';

/** Typing asks the server when it pauses. */
const TYPING_MS = 250;
const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
const MONO = { input: { fontFamily: 'var(--mantine-font-family-monospace)' } };

interface CronRowsProps {
  readonly rows: readonly CronRow[];
  readonly errors: Readonly<Record<number, string>>;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly onChange: (rows: readonly CronRow[]) => void;
}

export function CronRows({ rows, errors, from, to, onChange }: CronRowsProps) {
  const set = (index: number, change: Partial<CronRow>) =>
    onChange(rows.map((row, i) => (i === index ? { ...row, ...change } : row)));
  return (
    <Input.Wrapper
      label="When"
      labelElement="div"
      description="Six fields: second minute hour day month weekday. Or @hourly, @daily, @weekly, @monthly, @yearly."
    >
      <Stack gap="sm" mt={6}>
        {rows.map((row, i) => (
          <div key={String(i)} className="cron-row">
            <Group gap={6} wrap="nowrap" align="flex-start">
              <TextInput
                aria-label={`Cron expression${rows.length > 1 ? ` ${i + 1}` : ''}`}
                flex={1}
                styles={MONO}
                spellCheck={false}
                value={row.cron}
                error={errors[i]}
                onChange={(event) => set(i, { cron: event.currentTarget.value })}
              />
              <Select
                aria-label={`Time zone${rows.length > 1 ? ` ${i + 1}` : ''}`}
                w={190}
                searchable
                limit={80}
                data={ZONES.includes(row.zone) ? ZONES : [row.zone, ...ZONES]}
                value={row.zone}
                onChange={(zone) => set(i, { zone: zone ?? 'UTC' })}
              />
              {rows.length > 1 && (
                <Tooltip label="Remove">
                  <ActionIcon
                    size={34}
                    aria-label={`Remove expression ${i + 1}`}
                    onClick={() => onChange(rows.filter((_, at) => at !== i))}
                  >
                    <X size={15} />
                  </ActionIcon>
                </Tooltip>
              )}
            </Group>
            <NextRuns row={row} from={from} to={to} />
          </div>
        ))}
        <Group gap={10}>
          <Button
            variant="default"
            size="compact-xs"
            leftSection={<Plus size={13} />}
            onClick={() => onChange([...rows, { cron: '', zone: rows.at(-1)?.zone ?? 'UTC' }])}
          >
            Add an expression
          </Button>
          {CRON_EXAMPLES.map(({ cron, label }) => (
            <Anchor
              key={cron}
              component="button"
              type="button"
              size="xs"
              onClick={() => set(rows.length - 1, { cron })}
            >
              {label}
            </Anchor>
          ))}
        </Group>
      </Stack>
    </Input.Wrapper>
  );
}

function NextRuns({ row, from, to }: { row: CronRow; from: number | undefined; to: number | undefined }) {
  const [asked] = useDebouncedValue(row, TYPING_MS);
  const { data, error } = useNextRuns({
    cronExpression: asked.cron.trim(),
    zoneId: asked.zone,
    scheduleStartTime: from,
    scheduleEndTime: to,
  });
  if (row.cron.trim() === '') return undefined;
  if (error)
    return (
      <Text size="xs" c="var(--mantine-color-error)" mt={4} className="hostile" role="alert">
        {errorText(error)}
      </Text>
    );
  if (!data) return undefined;
  return (
    <div className="next-runs" data-next-runs>
      <span className="dim">{data.length === 0 ? 'It would never run.' : 'Next'}</span>
      {data.map((at) => (
        <time key={at} className="num" dateTime={new Date(at).toISOString()}>
          {momentInZone(at, asked.zone)}
        </time>
      ))}
    </div>
  );
}
