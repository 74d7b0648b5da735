// The form of a schedule: when, what to run, from when to when, and what to do about runs that were missed.
import { Group, Switch, TextInput } from '@mantine/core';
import type { WorkflowDef } from '../../../../src/core/model.ts';
import type { SaveScheduleRequest, WorkflowSchedule } from '../../../../src/http/contract/schedule.ts';
import { dateField, readDateField } from '../../model/moment.ts';
import { checkSchedule, isSound, type ScheduleValues, scheduleRequest } from '../../model/schedule-form.ts';
import { useZone } from '../clock.tsx';
import { useDraft } from '../draft.ts';
import { RecordForm } from '../record-form.tsx';
import { RunFields } from '../run/fields.tsx';
import { CronRows } from './cron-rows.tsx';

interface ScheduleFormProps {
  readonly defs: readonly WorkflowDef[];
  readonly start: ScheduleValues;
  readonly stored?: WorkflowSchedule;
  /** Names that a new one may not have. */
  readonly taken?: readonly string[];
  readonly saving: boolean;
  readonly error: unknown;
  /** `allow` lets the page be left without a question. */
  readonly onSave: (request: SaveScheduleRequest, allow: () => void) => void;
}

export function ScheduleForm({ defs, start, stored, taken, saving, error, onSave }: ScheduleFormProps) {
  const { values, set, dirty, allowLeave, tried, setTried } = useDraft(start);
  const all = checkSchedule(values, taken);
  const errors = tried ? all : { crons: {}, run: {} };
  return (
    <RecordForm
      label="Schedule"
      error={error}
      isStored={stored !== undefined}
      dirty={dirty}
      saving={saving}
      description={values.description}
      onDescription={(description) => set({ description })}
      onSubmit={() => {
        setTried(true);
        if (isSound(all) && !saving) onSave(scheduleRequest(values, stored), allowLeave);
      }}
    >
      <TextInput
        label="Name"
        required
        disabled={stored !== undefined}
        value={values.name}
        error={errors.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <CronRows
        rows={values.crons}
        errors={errors.crons}
        from={values.from}
        to={values.to}
        onChange={(crons) => set({ crons })}
      />
      <Bounds values={values} error={errors.to} onChange={set} />
      <Switch
        label="Catch up on missed runs"
        description="When the server was down or the schedule was paused, every missed run starts afterwards. Off: they are passed over."
        checked={values.catchUp}
        onChange={(event) => set({ catchUp: event.currentTarget.checked })}
      />
      {!stored && (
        <Switch
          label="Begin paused"
          checked={values.paused}
          onChange={(event) => set({ paused: event.currentTarget.checked })}
        />
      )}
      <h2 className="palette-title">What runs</h2>
      <RunFields
        defs={defs}
        values={values.run}
        errors={errors.run}
        onChange={(change) => set({ run: { ...values.run, ...change } })}
      />
    </RecordForm>
  );
}

function Bounds({
  values,
  error,
  onChange,
}: {
  values: ScheduleValues;
  error: string | undefined;
  onChange: (change: Partial<ScheduleValues>) => void;
}) {
  const [zone] = useZone();
  const field = (label: string, key: 'from' | 'to', wrong?: string) => (
    <TextInput
      type="datetime-local"
      label={label}
      description={zone === 'utc' ? 'UTC; empty: no bound' : 'Local time; empty: no bound'}
      error={wrong}
      value={values[key] === undefined ? '' : dateField(values[key], zone)}
      onChange={(event) => onChange({ [key]: readDateField(event.currentTarget.value, zone) })}
    />
  );
  return (
    <Group gap="sm" align="flex-start" grow>
      {field('Not before', 'from')}
      {field('Not after', 'to', error)}
    </Group>
  );
}
