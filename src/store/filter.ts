// Conditions of a search that are more than lists and bounds: alternatives, negations, wildcards, absent values; and how they
// are read for what is looked through in memory. For rows they are read as SQL (rows/filter-sql.ts).

export type Filter =
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] }
  | { readonly not: Filter }
  | { readonly field: string; readonly oneOf: readonly (string | number)[] }
  /** What stands between the wildcards of a pattern. */
  | { readonly field: string; readonly like: readonly string[] }
  /** Inclusive both. */
  | { readonly field: string; readonly from?: number; readonly to?: number; readonly within: true }
  | { readonly field: string; readonly absent: true };

/** `valuesOf`: what a field holds; nothing when it is absent, several when it goes by several names. */
export function fits(filter: Filter, valuesOf: (field: string) => readonly (string | number)[]): boolean {
  if ('all' in filter) return filter.all.every((one) => fits(one, valuesOf));
  if ('any' in filter) return filter.any.some((one) => fits(one, valuesOf));
  if ('not' in filter) return !fits(filter.not, valuesOf);
  const values = valuesOf(filter.field);
  if ('absent' in filter) return values.length === 0;
  if ('oneOf' in filter) return values.some((value) => filter.oneOf.includes(value));
  if ('like' in filter) return values.some((value) => isLike(String(value), filter.like));
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = filter;
  return values.some((value) => Number(value) >= from && Number(value) <= to);
}

/** In one pass: each part is taken where it comes first. */
function isLike(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
