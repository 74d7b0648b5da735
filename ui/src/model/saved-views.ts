// Views of the executions page that a person keeps: a name and the address. They lie in the browser's storage.
import { type ExecutionSearch, readExecutionSearch, withoutEmpty } from './execution-search.ts';

export interface SavedView {
  readonly name: string;
  readonly search: ExecutionSearch;
}

/** Offered to everyone. */
export const GIVEN_VIEWS: readonly SavedView[] = [
  { name: 'Running', search: { status: ['RUNNING'] } },
  { name: 'Failed in the last 24 h', search: { status: ['FAILED', 'TIMED_OUT'], range: '24h' } },
  { name: 'Paused', search: { status: ['PAUSED'] } },
];

/** A page is a place in a view, not part of it. */
const ofView = (search: ExecutionSearch): ExecutionSearch => withoutEmpty({ ...search, page: undefined });

/** Whatever lies in storage: what cannot be read is left out. */
export function readViews(raw: unknown): SavedView[] {
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((view: unknown): SavedView[] => {
    const { name, search } = (typeof view === 'object' && view !== null ? view : {}) as Record<string, unknown>;
    if (typeof name !== 'string' || name.trim() === '' || typeof search !== 'object' || search === null) return [];
    return [{ name, search: readExecutionSearch(search as Record<string, unknown>) }];
  });
}

/** One of the same name is replaced. */
export const withView = (views: readonly SavedView[], name: string, search: ExecutionSearch): SavedView[] => [
  ...views.filter((view) => view.name !== name.trim()),
  { name: name.trim(), search: ofView(search) },
];

export const isShown = (view: SavedView, search: ExecutionSearch): boolean =>
  JSON.stringify(sorted(ofView(view.search))) === JSON.stringify(sorted(ofView(search)));

const sorted = (search: ExecutionSearch) => Object.entries(search).sort(([a], [b]) => a.localeCompare(b));
