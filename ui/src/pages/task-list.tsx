// Definitions › Task: retries, timeouts and limits of worker tasks.
import { getRouteApi } from '@tanstack/react-router';
import { ListChecks, Plus } from 'lucide-react';
import type { TaskDef } from '../../../src/core/model.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ButtonLink, Link } from '../parts/links.tsx';
import { ListFilter } from '../parts/list-filter.tsx';
import { Empty, Loaded, Page } from '../parts/page.tsx';
import { useTaskDefs } from '../queries.ts';

const route = getRouteApi('/definitions/tasks');
const seconds = (value: number | undefined) =>
  value ? <span className="num">{value} s</span> : <span className="dim">none</span>;

const COLUMNS: readonly Column<TaskDef>[] = [
  {
    key: 'name',
    title: 'Name',
    cell: ({ name }) => (
      <Link to="/definitions/tasks/$name" params={{ name }} fw={600} className="hostile">
        {name}
      </Link>
    ),
  },
  {
    key: 'about',
    title: 'Description',
    from: 'md',
    cell: ({ description }) => <span className="clip hostile">{description ?? ''}</span>,
  },
  {
    key: 'retries',
    title: 'Retries',
    from: 'sm',
    cell: ({ retryCount = 0, retryLogic = 'FIXED', retryDelaySeconds = 0 }) =>
      retryCount === 0 ? (
        <span className="dim">none</span>
      ) : (
        <span className="num">{`${retryCount} × ${retryDelaySeconds} s, ${retryLogic.toLowerCase().replaceAll('_', ' ')}`}</span>
      ),
  },
  { key: 'timeout', title: 'Timeout', width: 110, cell: ({ timeoutSeconds }) => seconds(timeoutSeconds) },
  {
    key: 'response',
    title: 'Response',
    width: 110,
    cell: ({ responseTimeoutSeconds }) => seconds(responseTimeoutSeconds),
  },
];

const newTask = (
  <ButtonLink to="/definitions/new-task" leftSection={<Plus size={14} />}>
    Define Task
  </ButtonLink>
);

export function TaskListPage() {
  const { find = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useTaskDefs();
  const fits = ({ name, description = '' }: TaskDef) =>
    `${name} ${description}`.toLowerCase().includes(find.toLowerCase());
  return (
    <Page
      title="Task definitions"
      about="How often a worker task is retried, and how long it may take. A task without a definition has the defaults."
      actions={newTask}
    >
      <Loaded query={query} what="task definitions">
        {(defs) =>
          defs.length === 0 ? (
            <Empty icon={<ListChecks size={28} />} title="No task is defined yet" action={newTask}>
              Worker tasks run without a definition, too; define one to set retries, timeouts and limits.
            </Empty>
          ) : (
            <>
              <ListFilter
                label="Filter by name or description"
                value={find}
                onChange={(value) => void navigate({ search: { find: value }, replace: true })}
              />
              <DataTable
                label="Task definitions"
                columns={COLUMNS}
                rows={defs.filter(fits).sort((a, b) => a.name.localeCompare(b.name))}
                rowId={({ name }) => name}
              />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
