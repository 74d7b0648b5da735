// Definitions › Schemas: what inputs and outputs of workflows and tasks must look like.
import { getRouteApi } from '@tanstack/react-router';
import { FileJson, Plus } from 'lucide-react';
import { type SchemaGroup, schemaGroups } from '../model/schema-list.ts';
import { Moment } from '../parts/clock.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ButtonLink, Link } from '../parts/links.tsx';
import { ListFilter } from '../parts/list-filter.tsx';
import { Empty, Loaded, Page } from '../parts/page.tsx';
import { useSchemas } from '../queries-admin.ts';

const route = getRouteApi('/definitions/schemas');

const COLUMNS: readonly Column<SchemaGroup>[] = [
  {
    key: 'name',
    title: 'Name',
    cell: ({ name }) => (
      <Link to="/definitions/schemas/$name" params={{ name }} fw={600} className="hostile">
        {name}
      </Link>
    ),
  },
  { key: 'version', title: 'Latest', width: 90, cell: ({ versions }) => <span className="num">v{versions[0]}</span> },
  {
    key: 'versions',
    title: 'Versions',
    width: 100,
    cell: ({ versions }) => <span className="num">{versions.length}</span>,
  },
  { key: 'type', title: 'Kind', width: 110, from: 'sm', cell: ({ latest }) => latest.type ?? 'JSON' },
  {
    key: 'changed',
    title: 'Changed',
    width: 120,
    align: 'right',
    from: 'sm',
    cell: ({ latest }) => <Moment at={latest.updateTime ?? latest.createTime ?? 0} />,
  },
];

const newSchema = (
  <ButtonLink to="/definitions/new-schema" leftSection={<Plus size={14} />}>
    New Schema
  </ButtonLink>
);

export function SchemaListPage() {
  const { find = '' } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page
      title="Schemas"
      about="JSON Schemas by name and version. Definitions that name one have inputs and outputs checked against it."
      actions={newSchema}
    >
      <Loaded query={useSchemas()} what="schemas">
        {(schemas) =>
          schemas.length === 0 ? (
            <Empty icon={<FileJson size={28} />} title="No schema yet" action={newSchema}>
              Describe what an input must look like, and a wrong one is refused before anything runs.
            </Empty>
          ) : (
            <>
              <ListFilter
                label="Filter by name"
                value={find}
                onChange={(value) => void navigate({ search: { find: value }, replace: true })}
              />
              <DataTable
                label="Schemas"
                columns={COLUMNS}
                rows={schemaGroups(schemas, find)}
                rowId={({ name }) => name}
              />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
