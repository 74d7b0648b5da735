// Definitions › Workflow: every workflow with its latest version, what it is made of, and the way to run it.
import { Group, Text, Tooltip } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { Play, Plus, Send, Workflow } from 'lucide-react';
import { definitionRows } from '../model/definition-list.ts';
import { taskLabel } from '../model/task-catalog.ts';
import { Moment } from '../parts/clock.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ButtonLink, IconLink, Link } from '../parts/links.tsx';
import { ListFilter } from '../parts/list-filter.tsx';
import { Empty, Loaded, Page } from '../parts/page.tsx';
import { TaskIcon } from '../parts/task-icon.tsx';
import { useWorkflowDefs } from '../queries.ts';

const route = getRouteApi('/definitions/workflows');
type Row = ReturnType<typeof definitionRows>[number];
/** Icons of task types in one row; the rest is a number. */
const MAX_ICONS = 7;

const COLUMNS: readonly Column<Row>[] = [
  {
    key: 'name',
    title: 'Name',
    cell: ({ name, latest }) => (
      <div style={{ minWidth: 0 }}>
        <Link to="/definitions/workflows/$name" params={{ name }} fw={600} className="hostile">
          {name}
        </Link>
        {latest.description && (
          <Text size="xs" c="dimmed" lineClamp={1}>
            {latest.description}
          </Text>
        )}
      </div>
    ),
  },
  {
    key: 'version',
    title: 'Version',
    width: 110,
    from: 'sm',
    cell: ({ versions }) => (
      <span className="num">
        {versions[0]} {versions.length > 1 && <span className="dim">of {versions.length}</span>}
      </span>
    ),
  },
  {
    key: 'tasks',
    title: 'Tasks',
    from: 'sm',
    cell: ({ types, taskCount }) => (
      <Group gap={4} wrap="nowrap">
        <span className="num" style={{ width: 26 }}>
          {taskCount}
        </span>
        {types.slice(0, MAX_ICONS).map((type) => (
          <Tooltip key={type} label={taskLabel(type)}>
            <span className="type-chip">
              <TaskIcon type={type} size={13} />
            </span>
          </Tooltip>
        ))}
        {types.length > MAX_ICONS && <span className="dim">+{types.length - MAX_ICONS}</span>}
      </Group>
    ),
  },
  { key: 'saved', title: 'Saved', width: 120, from: 'md', cell: ({ savedAt }) => <Moment at={savedAt} /> },
  {
    key: 'runs',
    title: <span className="visually-hidden">Actions</span>,
    width: 176,
    align: 'right',
    cell: ({ name }) => (
      <Group gap={4} justify="flex-end" wrap="nowrap">
        <Link to="/executions" search={{ workflow: name }} size="sm" visibleFrom="sm">
          Executions
        </Link>
        <Tooltip label={`Webhooks of ${name}`}>
          <IconLink to="/definitions/workflows/$name/webhooks" params={{ name }} aria-label={`Webhooks of ${name}`}>
            <Send size={15} />
          </IconLink>
        </Tooltip>
        <Tooltip label={`Run ${name}`}>
          <IconLink to="/run" search={{ name }} aria-label={`Run ${name}`}>
            <Play size={15} />
          </IconLink>
        </Tooltip>
      </Group>
    ),
  },
];

export function WorkflowListPage() {
  const { find = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useWorkflowDefs();
  return (
    <Page
      title="Workflow definitions"
      about="What can be run. Each save makes a new version; running executions keep theirs."
      actions={
        <ButtonLink to="/definitions/new-workflow" leftSection={<Plus size={14} />}>
          Define Workflow
        </ButtonLink>
      }
    >
      <Loaded query={query} what="workflow definitions">
        {(defs) =>
          defs.length === 0 ? (
            <Empty
              icon={<Workflow size={30} />}
              title="No workflow is defined yet"
              action={
                <>
                  <ButtonLink to="/definitions/new-workflow" leftSection={<Plus size={14} />}>
                    Define Workflow
                  </ButtonLink>
                  <ButtonLink to="/" variant="default">
                    Load the sample
                  </ButtonLink>
                </>
              }
            >
              A workflow is a list of tasks: wait for a webhook, call an address, let your workers do something, decide,
              repeat.
            </Empty>
          ) : (
            <>
              <ListFilter
                label="Filter by name, words or task type"
                value={find}
                onChange={(value) => void navigate({ search: { find: value }, replace: true })}
              />
              <DataTable
                label="Workflow definitions"
                columns={COLUMNS}
                rows={definitionRows(defs, find)}
                rowId={({ name }) => name}
              />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
