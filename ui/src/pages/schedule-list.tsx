// Definitions › Schedules: what starts by the clock, when next, and the buttons to hold it or run it now.
import { Group } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { CalendarClock, Plus } from 'lucide-react';
import type { WorkflowSchedule } from '../../../src/http/contract/schedule.ts';
import { cronRows, findSchedules } from '../model/schedule-form.ts';
import { Moment } from '../parts/clock.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ButtonLink, Link } from '../parts/links.tsx';
import { ListFilter } from '../parts/list-filter.tsx';
import { Empty, Loaded, Page } from '../parts/page.tsx';
import { PauseButton, RunNow, ScheduleState } from '../parts/schedule/controls.tsx';
import { useSchedules } from '../queries-admin.ts';

const route = getRouteApi('/definitions/schedules');

const COLUMNS: readonly Column<WorkflowSchedule>[] = [
  {
    key: 'name',
    title: 'Name',
    cell: ({ name }) => (
      <Link to="/definitions/schedules/$name" params={{ name }} fw={600} className="hostile">
        {name}
      </Link>
    ),
  },
  { key: 'state', title: 'State', width: 100, cell: (schedule) => <ScheduleState {...schedule} /> },
  {
    key: 'workflow',
    title: 'Workflow',
    from: 'sm',
    cell: ({ startWorkflowRequest: { name, version } }) => (
      <span className="hostile">
        {name} <span className="dim">{version ? `v${version}` : 'latest'}</span>
      </span>
    ),
  },
  {
    key: 'when',
    title: 'When',
    from: 'md',
    cell: (schedule) =>
      cronRows(schedule).map(({ cron, zone }) => (
        <div key={`${cron} ${zone}`}>
          <span className="mono hostile">{cron}</span> <span className="dim">{zone}</span>
        </div>
      )),
  },
  {
    key: 'next',
    title: 'Next run',
    width: 110,
    cell: ({ paused, nextRunTime = 0 }) => <Moment at={paused ? 0 : nextRunTime} />,
  },
  {
    key: 'actions',
    title: <span className="visually-hidden">Actions</span>,
    width: 210,
    align: 'right',
    from: 'sm',
    cell: (schedule) => (
      <Group gap={6} justify="flex-end" wrap="nowrap">
        <RunNow schedule={schedule} compact />
        <PauseButton schedule={schedule} compact />
      </Group>
    ),
  },
];

const newSchedule = (
  <ButtonLink to="/definitions/new-schedule" leftSection={<Plus size={14} />}>
    New Schedule
  </ButtonLink>
);

export function ScheduleListPage() {
  const { find = '' } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title="Schedules" about="Workflows that start by the clock, in any time zone." actions={newSchedule}>
      <Loaded query={useSchedules()} what="schedules">
        {(schedules) =>
          schedules.length === 0 ? (
            <Empty icon={<CalendarClock size={28} />} title="Nothing is scheduled" action={newSchedule}>
              Let a workflow run every night, every working day at nine, or every minute.
            </Empty>
          ) : (
            <>
              <ListFilter
                label="Filter by name, workflow or expression"
                value={find}
                onChange={(value) => void navigate({ search: { find: value }, replace: true })}
              />
              <DataTable
                label="Schedules"
                columns={COLUMNS}
                rows={findSchedules(schedules, find)}
                rowId={({ name }) => name}
              />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
