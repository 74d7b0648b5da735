// Limits of scripts and jq programs. Lengths are in UTF-16 units.

/** Reading a script cannot be interrupted (100,000 take about 10 ms). */
export const MAX_SCRIPT_LENGTH = 100_000;
export const MAX_PROGRAM_LENGTH = 100_000;
/** Of a result as JSON, all results of a jq program together: the payload limit (contract 5.4). */
export const MAX_RESULT_LENGTH = 10_000_000;
export const MAX_SANDBOX_REASON_LENGTH = 500;

/** Pages of 64 KB that QuickJS with all its runtimes may grow to; its own memory limit does not hold. */
export const MAX_SCRIPT_MEMORY_PAGES = 1_024;
/** WebAssembly memory never shrinks: an engine that grew past 48 of its 64 MB gives them back by being replaced. */
export const SPENT_SCRIPT_MEMORY_PAGES = 768;
/** Of 1 MB and more of a thread's native stack; deeper scripts get a RangeError instead of breaking the machine. */
export const MAX_SCRIPT_STACK_BYTES = 128 * 1_024;
/** Runtimes made in idle time, each about 0.3 ms of work and 100 KB. */
export const MAX_SPARE_RUNTIMES = 16;
/** jq's memory only grows as well; past this a run fails and the engine is spent. */
export const MAX_JQ_MEMORY_BYTES = 128 * 1_024 * 1_024;
/** JavaScript heap of a sandbox thread, beside the memory of QuickJS and jq: room for a few copies of a payload. */
export const MAX_HEAP_MB = 256;

/**
 * How long, beyond its deadline, an answer may take before its thread is ended. A script's deadline counts computing time; this
 * is time on the wall, so it leaves room for a machine with other work.
 */
export const END_GRACE_MS = 500;
/** A new thread needs 100 to 300 ms; on a machine that is busy to the brim, seconds. */
export const MAX_THREAD_START_MS = 20_000;
/** A tried execution: its rules, scripts and jq programs together, on the wall. */
export const MOCK_DEADLINE_MS = 10_000;
/** Jobs that wait for a thread of the pool. */
export const MAX_QUEUED_JOBS = 1_000;
