// A dense table: columns that give way on narrow screens, rows that open their first link, selection, j and k.
import { useHotkeys } from '@mantine/hooks';
import {
  type CSSProperties,
  type MouseEvent,
  memo,
  type ReactNode,
  startTransition,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
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

/** Rows that are drawn soon; the next ones are when one has scrolled to them. A thousand at once block the page for a second. */
const CHUNK = 100;
/** Rows of the first picture: a screen of them, so that it is there sooner. */
const FIRST = 25;

const cssLength = (width: number | string | undefined) => (typeof width === 'number' ? `${width}px` : width);

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
  const [drawn, setDrawn] = useState(FIRST);
  // In pieces, which give way to whatever one does meanwhile.
  useEffect(() => startTransition(() => setDrawn(CHUNK)), []);
  const markedAt = marked ? rows.findIndex(marked) : -1;
  const shown = Math.max(drawn, active + 1, markedAt + 1);
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
  const latest = useRef(selection);
  latest.current = selection;
  // The same function for ever: rows are not drawn anew for it.
  const onSelect = useCallback((id: string, on: boolean) => {
    const ids = new Set(latest.current?.ids);
    if (on) ids.add(id);
    else ids.delete(id);
    latest.current?.onChange(ids);
  }, []);
  return (
    <section className="table-box" data-stale={stale || undefined} tabIndex={0} aria-label={label}>
      <table className="table">
        <thead>
          <tr>
            {selection && (
              <th className="table-check">
                <Check
                  label="Select all rows"
                  checked={all}
                  mixed={some && !all}
                  onChange={(on) => selection.onChange(new Set(on ? rows.map(rowId) : []))}
                />
              </th>
            )}
            {columns.map(({ key, title, width, align, from }) => (
              <th key={key} style={{ '--width': cssLength(width), textAlign: align } as CSSProperties} data-from={from}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.slice(0, shown).map((row, i) => {
            const id = rowId(row);
            return (
              <Row
                key={id}
                row={row}
                columns={columns}
                active={i === active}
                marked={marked?.(row) === true}
                id={id}
                name={rowName(row)}
                selected={selection?.ids.has(id)}
                onSelect={onSelect}
              />
            );
          })}
          {shown < rows.length && (
            <Rest
              key={shown}
              count={rows.length - shown}
              span={columns.length + (selection ? 1 : 0)}
              onSeen={() => setDrawn(Math.max(CHUNK, shown) + CHUNK)}
            />
          )}
        </tbody>
      </table>
    </section>
  );
}

interface RowProps<T> {
  readonly row: T;
  readonly columns: readonly Column<T>[];
  readonly active: boolean;
  readonly marked: boolean;
  readonly id: string;
  readonly name: string;
  /** Undefined: rows of this table are not selected. */
  readonly selected: boolean | undefined;
  readonly onSelect: (id: string, on: boolean) => void;
}

function PlainRow<T>({ row, columns, active, marked, id, name, selected, onSelect }: RowProps<T>) {
  return (
    <tr onClick={openRow} data-active={active || undefined} data-marked={marked || undefined}>
      {selected !== undefined && (
        <td className="table-check">
          <Check label={`Select ${name}`} checked={selected} onChange={(on) => onSelect(id, on)} />
        </td>
      )}
      {columns.map(({ key, cell, align, from }) => (
        <td key={key} style={align && { textAlign: align }} data-from={from}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** Drawn anew only when its row changed: of a thousand rows one is selected, not all of them. */
const Row = memo(PlainRow) as typeof PlainRow;

interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  /** Some of what it stands for is selected. */
  readonly mixed?: boolean;
  readonly onChange: (on: boolean) => void;
}

/** The browser's own box: fifty of Mantine's cost as much as the rows that they are in. */
function Check({ label, checked, mixed = false, onChange }: CheckProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = mixed;
  }, [mixed]);
  return (
    <input
      ref={box}
      type="checkbox"
      aria-label={label}
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

/** What is not drawn yet; says so when it comes into view. */
function Rest({ count, span, onSeen }: { count: number; span: number; onSeen: () => void }) {
  const place = useRef<HTMLTableRowElement>(null);
  const seen = useRef(onSeen);
  seen.current = onSeen;
  useEffect(() => {
    if (!place.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) seen.current();
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return (
    <tr ref={place} className="table-rest">
      <td colSpan={span}>{count} more</td>
    </tr>
  );
}
