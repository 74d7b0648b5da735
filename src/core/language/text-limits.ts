// Limits of what people write as text: paths, templates, durations, conditions, patterns. Lengths are in UTF-16 units.

/** Longer texts are compiled each time: keeping them would let a few definitions fill the memory. */
export const MAX_REMEMBERED_TEXT_LENGTH = 4_096;

export const MAX_PATH_LENGTH = 1_024;
export const MAX_PATH_STEPS = 64;
/** Brackets and negations in a filter, filters in filters included. */
export const MAX_FILTER_DEPTH = 8;
/** Values that one look-up by path may touch; `..`, `*` and filters spend from it. Past it the path finds nothing. */
export const MAX_VISITED_VALUES = 200_000;

/** `${a.${b}}` in one another; deeper ones are null. */
export const MAX_EXPRESSION_NESTING = 4;
/** Lists and objects of a template in one another; what lies deeper is left as it stands. */
export const MAX_TEMPLATE_DEPTH = 256;
/**
 * A text that a template makes stops growing beyond this. More than any payload limit (10 MB, contract 5.4), so that the check
 * of sizes refuses it, and little enough to survive a template that repeats a large value a thousand times.
 */
export const MAX_RESOLVED_TEXT_LENGTH = 11_000_000;

/** A hundred years: longer waits are slips of the keyboard, and their sums would leave the range of a date. */
export const MAX_DURATION_MS = 100 * 365.25 * 86_400_000;
/** Longer texts are not read as a duration or a moment at all. */
export const MAX_DURATION_TEXT_LENGTH = 128;

export const MAX_PREDICATE_LENGTH = 4_096;
/** Brackets and negations of a condition in one another. */
export const MAX_CONDITION_DEPTH = 16;
/** Comparisons in one condition. */
export const MAX_CLAUSES = 64;
/** Values of `in` and `not in`. */
export const MAX_LIST_VALUES = 256;

export const MAX_PATTERN_LENGTH = 512;
export const MAX_PATTERN_STATES = 1_000;
export const MAX_PATTERN_DEPTH = 32;
export const MAX_REPEAT = 1_000;
/** States that patterns visit in one search or one condition (about 20 ms). Past it nothing more is found. */
export const MAX_PATTERN_STEPS = 2_000_000;
