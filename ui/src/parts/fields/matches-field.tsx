// Input matches of a Wait for Webhook task: rows of path and value, picked by clicking in an event that really came.
import { Button, Group, Menu, Popover, Text, UnstyledButton } from '@mantine/core';
import { MousePointerClick } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Json, JsonObject } from '../../../../src/core/json.ts';
import { matchesOf, textOf } from '../../../../src/core/match.ts';
import { leavesOf, pathText } from '../../model/json-text.ts';
import { countMatches, matchedPayload } from '../../model/match-preview.ts';
import { useWebhook, useWebhooks } from '../../queries.ts';
import { Moment } from '../clock.tsx';
import { type Row, Rows } from './rows.tsx';

/** Values offered of one event: more cannot be looked through. */
const MAX_LEAVES = 200;

interface MatchesFieldProps {
  readonly label: string;
  readonly help?: string | undefined;
  readonly input: JsonObject;
  readonly onChange: (matches: JsonObject) => void;
  /** Whose webhooks' events are offered. */
  readonly workflowName: string;
}

/** Unfinished rows have no path yet, and two can have the same: neither fits into an object, so rows are kept beside it. */
export function MatchesField({ label, help, input, onChange, workflowName }: MatchesFieldProps) {
  const stored = useMemo(
    () => Object.entries(matchesOf(input)).map(([left, value]): Row => ({ left, right: textOf(value as Json) })),
    [input],
  );
  const [draft, setDraft] = useState<readonly Row[]>(stored);
  const same = JSON.stringify(rowsToMatches(draft)) === JSON.stringify(rowsToMatches(stored));
  const rows = same ? draft : stored;
  const set = (next: readonly Row[]) => {
    setDraft(next);
    onChange(rowsToMatches(next));
  };
  const double = (i: number) => rows.some((row, at) => at < i && row.left !== '' && row.left === rows[i]?.left);
  return (
    <div>
      <Rows
        label={label}
        help={help}
        rows={rows}
        onChange={set}
        leftLabel="JSON path"
        rightLabel="Expected value"
        leftPlaceholder="$['event']['type']"
        rightPlaceholder="message"
        addLabel="Add match"
        mono
        errors={(i) => ({ left: double(i) ? 'This path is already in the list.' : undefined })}
      />
      <Preview
        workflowName={workflowName}
        input={{ matches: rowsToMatches(rows) }}
        onPick={(row) => set([...rows.filter(({ left }) => left !== '' && left !== row.left), row])}
      />
    </div>
  );
}

const rowsToMatches = (rows: readonly Row[]): JsonObject =>
  Object.fromEntries(rows.filter(({ left }) => left.trim() !== '').map(({ left, right }) => [left.trim(), right]));

interface PreviewProps {
  readonly workflowName: string;
  readonly input: JsonObject;
  readonly onPick: (row: Row) => void;
}

function Preview({ workflowName, input, onPick }: PreviewProps) {
  const webhooks = useWebhooks();
  const feeding = (webhooks.data ?? []).filter(({ receiverWorkflowNamesToVersions = {} }) =>
    Object.hasOwn(receiverWorkflowNamesToVersions, workflowName),
  );
  const others = (webhooks.data ?? []).filter((webhook) => !feeding.includes(webhook));
  const [chosen, setChosen] = useState<string>();
  const id = chosen ?? feeding[0]?.id ?? '';
  const name = webhooks.data?.find((webhook) => webhook.id === id)?.name;
  if ((webhooks.data ?? []).length === 0) return null;
  return (
    <Group gap={8} mt={8}>
      {id !== '' && <EventPicker id={id} name={name ?? id} input={input} onPick={onPick} />}
      {others.length + feeding.length > 1 || id === '' ? (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="subtle" color="gray" size="compact-xs">
              {id === '' ? 'Pick from the events of a webhook…' : 'Another webhook…'}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {[...feeding, ...others].map((webhook) => (
              <Menu.Item key={webhook.id} onClick={() => setChosen(webhook.id)}>
                {webhook.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </Group>
  );
}

function EventPicker({
  id,
  name,
  input,
  onPick,
}: {
  id: string;
  name: string;
  input: JsonObject;
  onPick: (row: Row) => void;
}) {
  const webhook = useWebhook(id);
  const history = useMemo(
    () => (webhook.data?.webhookExecutionHistory ?? []) as unknown as readonly { payload: string; timeStamp: number }[],
    [webhook.data],
  );
  const payloads = useMemo(
    () =>
      history.flatMap(({ payload }) => {
        const read = matchedPayload(payload);
        return read ? [read] : [];
      }),
    [history],
  );
  const latest = payloads[0];
  if (!latest)
    return (
      <Text size="xs" c="dimmed">
        {name} has received no event yet.
      </Text>
    );
  return (
    <>
      <Popover position="bottom-start" width={420} shadow="md" trapFocus>
        <Popover.Target>
          <Button variant="default" size="compact-xs" leftSection={<MousePointerClick size={13} />}>
            Pick from a received event
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={8}>
          <Text size="xs" c="dimmed" px={4} pb={4}>
            Latest event of {name}, <Moment at={history[0]?.timeStamp ?? 0} />. Click a value to wait for it.
          </Text>
          <div className="pick-list">
            {leavesOf(latest, MAX_LEAVES).map(({ path, value }) => {
              const text = pathText(path);
              return (
                <UnstyledButton
                  key={text}
                  className="pick"
                  onClick={() => onPick({ left: text, right: textOf(value) })}
                >
                  <span className="mono clip">{text}</span>
                  <span className="mono clip dim">{textOf(value)}</span>
                </UnstyledButton>
              );
            })}
          </div>
        </Popover.Dropdown>
      </Popover>
      <Text size="xs" c="dimmed">
        Matches <b>{countMatches(input, payloads)}</b> of the last {payloads.length}{' '}
        {payloads.length === 1 ? 'event' : 'events'}
      </Text>
    </>
  );
}
