// One wish for many executions: sent in portions, so that progress shows and one can stop; refusals are gathered.
import type { BulkResponse } from '../../../src/http/contract/definition.ts';

/** Ids of one call: small enough that progress moves, large enough to be quick. */
const PORTION = 50;

export interface BulkOutcome {
  readonly done: number;
  /** Id and why not. */
  readonly refused: readonly (readonly [string, string])[];
  /** Those that were never tried. */
  readonly left: number;
}

interface BulkRun {
  readonly ids: readonly string[];
  readonly act: (ids: readonly string[]) => Promise<BulkResponse>;
  readonly onProgress: (tried: number) => void;
  readonly stopped: () => boolean;
  /** Words for a call that failed as a whole. */
  readonly errorText: (error: unknown) => string;
}

export async function runBulk({ ids, act, onProgress, stopped, errorText }: BulkRun): Promise<BulkOutcome> {
  const refused: [string, string][] = [];
  let tried = 0;
  let done = 0;
  while (tried < ids.length && !stopped()) {
    const portion = ids.slice(tried, tried + PORTION);
    try {
      const { bulkSuccessfulResults, bulkErrorResults } = await act(portion);
      done += bulkSuccessfulResults.length;
      refused.push(...Object.entries(bulkErrorResults));
    } catch (error) {
      refused.push(...portion.map((id): [string, string] => [id, errorText(error)]));
    }
    tried += portion.length;
    onProgress(tried);
  }
  return { done, refused, left: ids.length - tried };
}

interface Paged {
  readonly totalHits: number;
  readonly results: readonly { readonly workflowId: string }[];
}

/** All ids that a search finds, page by page, at most so many; asked before anything changes them. */
export async function collectIds(
  page: (start: number, size: number) => Promise<Paged>,
  most: number,
  size = 1_000,
): Promise<string[]> {
  const ids = new Set<string>();
  for (let start = 0; start < most; start += size) {
    const { results, totalHits } = await page(start, Math.min(size, most - start));
    for (const { workflowId } of results) ids.add(workflowId);
    if (start + results.length >= totalHits || results.length === 0) break;
  }
  return [...ids];
}
