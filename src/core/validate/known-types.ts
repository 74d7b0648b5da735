// The task types that a definition may name. Those that Conductor knows and we do not do are refused with the reason.

/** Everything that a definition may use; `tasks/index.ts` has what each of them does. */
export const DEFINABLE_TYPES: ReadonlySet<string> = new Set([
  'SIMPLE',
  'HTTP',
  'HTTP_POLL',
  'INLINE',
  'LAMBDA',
  'JSON_JQ_TRANSFORM',
  'EVENT',
  'GET_WORKFLOW',
  'UPDATE_TASK',
  'SWITCH',
  'DECISION',
  'FORK_JOIN',
  'FORK_JOIN_DYNAMIC',
  'JOIN',
  'EXCLUSIVE_JOIN',
  'DO_WHILE',
  'DYNAMIC',
  'SUB_WORKFLOW',
  'START_WORKFLOW',
  'TERMINATE',
  'TERMINATE_WORKFLOW',
  'SET_VARIABLE',
  'NOOP',
  'WAIT',
  'WAIT_FOR_WEBHOOK',
  'HUMAN',
  'RESPOND',
  'YIELD',
]);

const NO_BROKER =
  'this server has no message broker; use an EVENT with a conductor or http sink, or a worker of your own';
const NO_MODELS = 'this server speaks to no language models; use HTTP, or a worker of your own';
const OWN_WORKER = 'this server does not do it; use a worker of your own (SIMPLE)';

const REFUSED: readonly (readonly [names: RegExp, reason: string])[] = [
  [/^KAFKA_/, NO_BROKER],
  [/^(LLM_|AGENT|CALL_MCP|LIST_MCP|MCP|CHUNK_TEXT|LIST_FILES|PARSE_DOCUMENT|GENERATE_|GET_DOCUMENT)/, NO_MODELS],
  [/^(JDBC|GRPC|BUSINESS_RULE|OPS_GENIE|SENDGRID|SLACK|UPDATE_SECRET|QUERY_PROCESSOR|WAIT_FOR_EVENT)$/, OWN_WORKER],
  [/^PULL_WORKFLOW_MESSAGES$/, 'executions have no message queue here; use WAIT_FOR_WEBHOOK or WAIT'],
  [/^USER_DEFINED$/, 'name the worker task and use the type SIMPLE'],
  [/^FORK$/, 'write FORK_JOIN'],
];

/** Why a task of this type cannot be in a definition; undefined when it can. */
export function whyRefused(type: string): string | undefined {
  if (DEFINABLE_TYPES.has(type)) return undefined;
  const known = REFUSED.find(([names]) => names.test(type));
  return known
    ? `task type ${type} is not supported: ${known[1]}`
    : `task type ${type.slice(0, 100)} is not known; use SIMPLE for a worker of your own`;
}
