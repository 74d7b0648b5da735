// Every limit of the rules, with a name and a reason. Limits of the wire live in http, those of the store in store.

/** New tasks that one decision may plan; the rest follows in the next one, so that a long loop never blocks others. */
export const MAX_TASKS_PER_DECISION = 500;

/** Passes of one decision. Each pass moves at least one task, so this is reached only together with the limit above. */
export const MAX_ROUNDS_PER_DECISION = 4_000;

/** Tasks of one execution, all attempts and iterations included. */
export const MAX_TASKS_PER_WORKFLOW = 200_000;

/** Iterations of one DO_WHILE: a loop whose condition never turns false must end with a reason. */
export const MAX_LOOP_ITERATIONS = 100_000;

/** Tasks that one FORK_JOIN_DYNAMIC may open at once. */
export const MAX_DYNAMIC_FORK_TASKS = 20_000;

/** Longest delay between attempts, before a start, until a call-back: sums with a moment stay dates (100 years). */
export const MAX_DELAY_MS = 100 * 365.25 * 86_400_000;

/** Times that a task of one of our own workers is handed out: more means that the task kills the server. */
export const MAX_BUILT_IN_HAND_OUTS = 5;

/** Depth of SUB_WORKFLOW in SUB_WORKFLOW, so that a definition that starts itself ends with a reason. */
export const MAX_SUB_WORKFLOW_DEPTH = 100;

/** Nesting of forks, loops and switches in one definition. */
export const MAX_DEFINITION_DEPTH = 64;

/** Places in one definition. */
export const MAX_DEFINITION_TASKS = 5_000;

/** Length of a task reference name, a workflow name, a task name. */
export const MAX_NAME_LENGTH = 255;

/** Time that one condition (SWITCH, DO_WHILE) may think inside a decision. */
export const CONDITION_DEADLINE_MS = 50;

/** Longest text kept as a reason for incompletion (Conductor cuts at 500; we keep more, since reasons explain). */
export const MAX_REASON_LENGTH = 4_000;

/** Bytes of an input or output of a task or an execution, as JSON text (Conductor's threshold for failing; contract 5.4). */
export const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024;

/** Bytes of all variables of one execution, as JSON text (Conductor: 256 KB). */
export const MAX_VARIABLES_BYTES = 256 * 1024;

/** Characters of a JSON Schema as text: it is part of every definition snapshot that uses it. */
export const MAX_SCHEMA_BYTES = 256 * 1024;

/** Schemas in schemas. */
export const MAX_SCHEMA_DEPTH = 64;

/** Schemas in one document. */
export const MAX_SCHEMA_PARTS = 5_000;

/** Schemas that one check lays on values, and states that its patterns visit (some tenths of a second). */
export const MAX_SCHEMA_STEPS = 500_000;

/** How deep values and references may lead while a value is checked. */
export const MAX_VALUE_DEPTH = 256;

/** Masked values of fewer characters are not looked for in texts. */
export const MIN_BLOTTED_LENGTH = 4;

/** Characters of one execution in which free text is found; of a larger one the beginning. */
export const MAX_WORDS_LENGTH = 64 * 1024;

/** Longest key under which an output is kept; a longer one keeps nothing. */
export const MAX_CACHE_KEY_LENGTH = 2_000;
