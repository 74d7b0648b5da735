// Public documents that verdicts hang on (certificates, key sets): fetched through the address guard, kept for a while.
// Whoever sends rubbish must not make us fetch: one fetch at a time per address, and a pause after each.

import type { Clock } from '../lib/clock.ts';
import type { FetchedDocument, NeedsFetch } from './verifiers/verifier.ts';

export type Fetched =
  | { readonly type: 'answer'; readonly status: number; readonly text: string }
  | { readonly type: 'unavailable' };

/** GET of a public https address, through the guard, with limits on time and size. */
export type FetchUrl = (url: string) => Promise<Fetched>;

export interface Documents {
  get(wanted: Pick<NeedsFetch, 'url' | 'newerThanMs'>): Promise<FetchedDocument>;
}

/** Certificates live for months; a key set that lacks a key is asked for sooner by its verifier. */
const FOUND_MS = 60 * 60 * 1000;
const MISSING_MS = 60 * 1000;
const UNAVAILABLE_MS = 10 * 1000;
const MAX_DOCUMENTS = 500;

interface Kept {
  readonly document: FetchedDocument;
  readonly fetchedMs: number;
  readonly untilMs: number;
}

export function createDocuments(fetchUrl: FetchUrl, clock: Clock): Documents {
  const kept = new Map<string, Kept>();
  const underway = new Map<string, Promise<FetchedDocument>>();

  const fetchOnce = async (url: string): Promise<FetchedDocument> => {
    const fetched = await fetchUrl(url).catch((): Fetched => ({ type: 'unavailable' }));
    const fetchedMs = clock.now();
    const document = documentOf(fetched, fetchedMs);
    const keepMs = { found: FOUND_MS, missing: MISSING_MS, unavailable: UNAVAILABLE_MS }[document.type];
    const before = kept.get(url);
    kept.delete(url);
    // An outage of theirs is no reason to forget a key that has worked.
    const isWorse = document.type === 'unavailable' && before?.document.type === 'found';
    kept.set(url, { document: isWorse ? before.document : document, fetchedMs, untilMs: fetchedMs + keepMs });
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_DOCUMENTS) break;
      kept.delete(oldest);
    }
    return isWorse ? before.document : document;
  };

  return {
    async get({ url, newerThanMs = Number.NEGATIVE_INFINITY }) {
      const known = kept.get(url);
      if (known && known.fetchedMs > newerThanMs && clock.now() < known.untilMs) return known.document;
      let fetching = underway.get(url);
      if (!fetching) {
        fetching = fetchOnce(url).finally(() => underway.delete(url));
        underway.set(url, fetching);
      }
      return fetching;
    },
  };
}

function documentOf(fetched: Fetched, fetchedMs: number): FetchedDocument {
  if (fetched.type === 'unavailable' || fetched.status >= 500 || fetched.status === 429) return { type: 'unavailable' };
  if (fetched.status !== 200) return { type: 'missing' };
  return { type: 'found', text: fetched.text, fetchedMs };
}
