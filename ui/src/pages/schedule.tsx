// One schedule: when it runs next, what it has started, and its form; and a new one.
import { Tabs } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { WorkflowDef } from '../../../src/core/model.ts';
import type { SaveScheduleRequest, WorkflowSchedule } from '../../../src/http/contract/schedule.ts';
import { adminApi } from '../api-admin.ts';
import type { RecordTab } from '../model/address.ts';
import { cronRows, emptySchedule, scheduleValues } from '../model/schedule-form.ts';
import { FullMoment, Moment } from '../parts/clock.tsx';
import { DeleteButton } from '../parts/delete.tsx';
import { Link } from '../parts/links.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { PauseButton, RunNow, ScheduleState } from '../parts/schedule/controls.tsx';
import { ScheduleForm } from '../parts/schedule/form.tsx';
import { ScheduleRuns } from '../parts/schedule/runs.tsx';
import { useAction, useWorkflowDefs } from '../queries.ts';
import { useSchedule, useSchedules } from '../queries-admin.ts';

const route = getRouteApi('/definitions/schedules/$name');
const newRoute = getRouteApi('/definitions/new-schedule');

interface Saving {
  readonly request: SaveScheduleRequest;
  readonly allow: () => void;
}

export function SchedulePage() {
  const { name } = route.useParams();
  return (
    <Loaded query={useSchedule(name)} what="schedule" id={name}>
      {(schedule) => <ScheduleView schedule={schedule} />}
    </Loaded>
  );
}

function ScheduleView({ schedule }: { schedule: WorkflowSchedule }) {
  const { name, paused, pausedReason, nextRunTime = 0, startWorkflowRequest } = schedule;
  const { tab = 'runs' } = route.useSearch();
  const navigate = route.useNavigate();
  const defs = useWorkflowDefs();
  const save = useAction({
    run: ({ request }: Saving) => adminApi.saveSchedule(request),
    refresh: [['schedules'], ['schedule', name]],
    done: () => `Saved ${name}`,
    toastErrors: false,
  });
  const remove = useAction<void, unknown>({
    run: () => adminApi.removeSchedule(name),
    refresh: [['schedules']],
    done: () => `Deleted ${name}`,
    after: () => void navigate({ to: '/definitions/schedules' }),
  });
  return (
    <Page
      title={name}
      heading={
        <>
          <span className="hostile">{name}</span> <ScheduleState {...schedule} />
        </>
      }
      about={schedule.description}
      actions={
        <>
          <RunNow schedule={schedule} />
          <PauseButton schedule={schedule} />
          <DeleteButton
            name={name}
            loss="It runs no more. The records of its runs stay."
            onDelete={() => remove.mutate()}
          />
        </>
      }
    >
      <dl className="fact-line">
        <div>
          <dt>Runs</dt>
          <dd>
            <Link to="/definitions/workflows/$name" params={{ name: startWorkflowRequest.name }} className="hostile">
              {startWorkflowRequest.name}
            </Link>{' '}
            {startWorkflowRequest.version ? `v${startWorkflowRequest.version}` : 'latest'}
          </dd>
        </div>
        {cronRows(schedule).map(({ cron, zone }) => (
          <div key={`${cron} ${zone}`}>
            <dt>When</dt>
            <dd>
              <span className="mono hostile">{cron}</span> {zone}
            </dd>
          </div>
        ))}
        {!paused && nextRunTime > 0 && (
          <div>
            <dt>Next run</dt>
            <dd>
              <Moment at={nextRunTime} /> · <FullMoment at={nextRunTime} />
            </dd>
          </div>
        )}
        <div>
          <dt>Missed runs</dt>
          <dd>{schedule.runCatchupScheduleInstances ? 'are caught up on' : 'are passed over'}</dd>
        </div>
      </dl>
      {paused && (
        <div className="notice hostile" data-tone="wait">
          Paused{pausedReason ? `: ${pausedReason}` : '.'}
        </div>
      )}
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ search: { tab: value as RecordTab } })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="runs">Runs</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="runs">
          <ScheduleRuns name={name} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <Loaded query={defs} what="workflow definitions">
            {(all) => (
              <ScheduleForm
                // What was saved comes back from the server: the form begins anew with it.
                key={JSON.stringify(scheduleValues(schedule))}
                defs={all}
                start={scheduleValues(schedule)}
                stored={schedule}
                saving={save.isPending}
                error={save.error}
                onSave={(request, allow) => save.mutate({ request, allow })}
              />
            )}
          </Loaded>
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

export function NewSchedulePage() {
  return (
    <Page title="New Schedule">
      <Loaded query={useWorkflowDefs()} what="workflow definitions">
        {(defs) => <NewSchedule defs={defs} />}
      </Loaded>
    </Page>
  );
}

function NewSchedule({ defs }: { defs: readonly WorkflowDef[] }) {
  const { from } = newRoute.useSearch();
  const taken = (useSchedules().data ?? []).map(({ name }) => name);
  const navigate = useNavigate();
  const save = useAction({
    run: ({ request }: Saving) => adminApi.saveSchedule(request),
    refresh: [['schedules']],
    done: ({ name }) => `Created ${name}`,
    toastErrors: false,
    after: ({ name }, { allow }) => {
      allow();
      void navigate({ to: '/definitions/schedules/$name', params: { name } });
    },
  });
  return (
    <ScheduleForm
      defs={defs}
      start={emptySchedule(from)}
      taken={taken}
      saving={save.isPending}
      error={save.error}
      onSave={(request, allow) => save.mutate({ request, allow })}
    />
  );
}
