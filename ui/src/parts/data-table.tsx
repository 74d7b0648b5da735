// A dense table: columns that give way on narrow screens, rows that open their first link, selection, j and k.
import { Checkbox, Table } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { type MouseEvent, type ReactNode, useRef, useState } from 'react';
import './data-table.css';

export interface Column<T> {
  readonly key: string;
  readonly title: ReactNode;
  readonly cell: (row: T) => ReactNode;
  readonly width?: number | string;
  readonly align?: 'right';
  /** Not shown on screens narrower than this. */
  readonly from?: 'sm' | 'md' | 'lg';
}

interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly onChange: (ids: ReadonlySet<string>) => void;
}

interface DataTableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowId: (row: T) => string;
  /** Words for screen readers beside the checkbox. */
  readonly rowName?: (row: T) => string;
  readonly selection?: Selection;
  /** True while newer rows are on their way. */
  readonly stale?: boolean;
  readonly marked?: (row: T) => boolean;
}

const INTERACTIVE = 'a, button, input, label, [role="checkbox"]';

/** A click anywhere in a row is a click on its first link, with the same modifier keys. */
function openRow(event: MouseEvent<HTMLElement>) {
  if ((event.target as HTMLElement).closest(INTERACTIVE) || window.getSelection()?.toString()) return;
  const link = event.currentTarget.querySelector('a');
  link?.dispatchEvent(
    new window.MouseEvent('click', {
      bubbles: true,
      cancelable: true,
      ctrlKey: event.ctrlKey,
      metaKey: event.metaKey,
      shiftKey: event.shiftKey,
    }),
  );
}

export function DataTable<T>({
  label,
  columns,
  rows,
  rowId,
  rowName = rowId,
  selection,
  stale = false,
  marked,
}: DataTableProps<T>) {
  const [active, setActive] = useState(-1);
  const body = useRef<HTMLTableSectionElement>(null);
  const move = (by: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, active + by));
    setActive(next);
    body.current?.rows[next]?.scrollIntoView({ block: 'nearest' });
  };
  useHotkeys([
    ['j', () => move(1)],
    ['k', () => move(-1)],
    ['Enter', () => body.current?.rows[active]?.querySelector('a')?.click(), { preventDefault: false }],
  ]);
  const all = rows.length > 0 && rows.every((row) => selection?.ids.has(rowId(row)));
  const some = rows.some((row) => selection?.ids.has(rowId(row)));
  const toggle = (id: string, on: boolean) => {
    const ids = new Set(selection?.ids);
    if (on) ids.add(id);
    else ids.delete(id);
    selection?.onChange(ids);
  };
  return (
    <section className="table-box" data-stale={stale || undefined} tabIndex={0} aria-label={label}>
      <Table className="table" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {selection && (
              <Table.Th w={36}>
                <Checkbox
                  size="xs"
                  aria-label="Select all rows"
                  checked={all}
                  indeterminate={some && !all}
                  onChange={(event) => selection.onChange(new Set(event.currentTarget.checked ? rows.map(rowId) : []))}
                />
              </Table.Th>
            )}
            {columns.map(({ key, title, width, align, from }) => (
              <Table.Th key={key} w={width} ta={align} data-from={from}>
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody ref={body}>
          {rows.map((row, i) => {
            const id = rowId(row);
            return (
              <Table.Tr
                key={id}
                onClick={openRow}
                data-active={i === active || undefined}
                data-marked={marked?.(row) || undefined}
              >
                {selection && (
                  <Table.Td>
                    <Checkbox
                      size="xs"
                      aria-label={`Select ${rowName(row)}`}
                      checked={selection.ids.has(id)}
                      onChange={(event) => toggle(id, event.currentTarget.checked)}
                    />
                  </Table.Td>
                )}
                {columns.map(({ key, cell, align, from }) => (
                  <Table.Td key={key} ta={align} data-from={from}>
                    {cell(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </section>
  );
}
