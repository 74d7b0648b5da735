// Executions: search what ran and what runs. The filter is the address; rows hold still under the pointer.
import { Button, Group, Pagination, Select, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { Activity } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import {
  type ExecutionSearch,
  isFiltered,
  PAGE_SIZES,
  pageText,
  searchRequest,
  withoutEmpty,
} from '../model/execution-search.ts';
import { BulkBar } from '../parts/executions/bulk-bar.tsx';
import { Filters } from '../parts/executions/filters.tsx';
import { Histogram } from '../parts/executions/histogram.tsx';
import { ExecutionTable } from '../parts/executions/table.tsx';
import { ButtonLink } from '../parts/links.tsx';
import { Empty, Loaded, Page } from '../parts/page.tsx';
import { useExecutions } from '../queries.ts';

const route = getRouteApi('/executions');
export function ExecutionsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useExecutions(search);
  // Rows of the filter before stay as they are until the answer is here: they are not drawn a second time for nothing.
  const shown = useLastOf(search, !query.isPlaceholderData);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  // The same functions for ever: the filter and the bars are not drawn anew when only rows come.
  const change = useCallback(
    (next: Partial<ExecutionSearch>) => {
      setSelected(new Set());
      void navigate({ search: (old) => withoutEmpty({ ...old, page: undefined, ...next }), replace: true });
    },
    [navigate],
  );
  const clear = useCallback(() => void navigate({ search: {} }), [navigate]);
  return (
    <Page title="Executions">
      <Filters search={search} onChange={change} onClear={clear} />
      <Histogram search={search} onPick={change} />
      <BulkBar
        ids={selected}
        search={search}
        total={query.data?.totalHits ?? 0}
        onDone={() => setSelected(new Set())}
      />
      <Loaded query={query} what="executions">
        {({ results, totalHits }) =>
          results.length === 0 ? (
            <NoExecutions search={search} onClear={clear} />
          ) : (
            <>
              <ExecutionTable
                key={JSON.stringify(shown)}
                rows={results}
                stale={query.isPlaceholderData}
                selected={selected}
                onSelect={setSelected}
              />
              <Group justify="space-between" gap="sm">
                <Text size="xs" c="dimmed" className="num">
                  {pageText(search, results.length, totalHits)}
                </Text>
                <Group gap="sm">
                  <Select
                    aria-label="Rows per page"
                    size="xs"
                    w={110}
                    data={PAGE_SIZES.map((size) => ({ value: String(size), label: `${size} rows` }))}
                    value={String(searchRequest(search, 0).size)}
                    onChange={(size) => change({ size: Number(size) })}
                  />
                  <Pagination
                    size="sm"
                    total={Math.ceil(totalHits / searchRequest(search, 0).size)}
                    value={search.page ?? 1}
                    onChange={(page) => change({ page })}
                    getControlProps={(control) => ({ 'aria-label': `${control} page` })}
                  />
                </Group>
              </Group>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

/** The value, while it holds; else the last one that held. */
function useLastOf<T>(value: T, holds: boolean): T {
  const last = useRef(value);
  if (holds) last.current = value;
  return last.current;
}

function NoExecutions({ search, onClear }: { search: ExecutionSearch; onClear: () => void }) {
  if (isFiltered(search))
    return (
      <Empty
        icon={<Activity size={28} />}
        title="Nothing fits this filter"
        action={
          <Button variant="default" onClick={onClear}>
            Clear the filter
          </Button>
        }
      >
        Executions may lie outside of the time, or in another state.
      </Empty>
    );
  return (
    <Empty
      icon={<Activity size={28} />}
      title="Nothing has run yet"
      action={<ButtonLink to="/run">Run Workflow</ButtonLink>}
    >
      Start an execution by hand, or let a webhook start one.
    </Empty>
  );
}
