// The task types that the editor offers: name, group, one sentence, the task that a + makes, and the fields of its form.
// Fields are data, so one form draws every type, and a type that we do not know still gets the general fields.
import type { WorkflowTask } from '../../../src/core/model.ts';
import type { DefPath } from './def-edit.ts';

export type FieldKind =
  | 'text'
  | 'longText'
  | 'number'
  | 'switch'
  | 'select'
  | 'json'
  | 'code'
  | 'pairs'
  | 'names'
  | 'references'
  | 'matches'
  | 'workflow'
  | 'cases'
  | 'branches';

export interface Field {
  /** Address below the task. */
  readonly at: DefPath;
  readonly label: string;
  readonly kind: FieldKind;
  readonly help?: string;
  readonly placeholder?: string;
  readonly options?: readonly string[];
  readonly required?: boolean;
}

export type TaskGroup = 'Wait' | 'Do' | 'Flow' | 'Data' | 'Workflows';
export const TASK_GROUPS: readonly TaskGroup[] = ['Wait', 'Do', 'Flow', 'Data', 'Workflows'];

export interface TaskKind {
  readonly type: string;
  readonly label: string;
  readonly group: TaskGroup;
  readonly about: string;
  /** What a + puts in, without its reference names: a fork brings its join along. */
  readonly make: readonly (Omit<WorkflowTask, 'name' | 'taskReferenceName'> & { readonly base: string })[];
  readonly fields: readonly Field[];
}

const input = (key: string): DefPath => ['inputParameters', key];
const EVALUATORS = ['value-param', 'javascript', 'graaljs'];
const STRATEGIES = ['FAIL', 'RETURN_EXISTING', 'FAIL_ON_RUNNING'];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const INPUTS: Field = {
  at: ['inputParameters'],
  label: 'Input parameters',
  kind: 'json',
  help: 'JSON. ${workflow.input.x} and ${task_ref.output.y} are replaced when the task is scheduled.',
};

const HTTP_FIELDS: readonly Field[] = [
  { at: input('uri'), label: 'URL', kind: 'text', required: true, placeholder: 'https://api.example.com/orders' },
  { at: input('method'), label: 'Method', kind: 'select', options: METHODS },
  { at: input('headers'), label: 'Headers', kind: 'pairs' },
  { at: input('body'), label: 'Body', kind: 'json' },
  { at: input('accept'), label: 'Accept', kind: 'text', placeholder: 'application/json' },
  { at: input('contentType'), label: 'Content type', kind: 'text', placeholder: 'application/json' },
  { at: input('connectionTimeOut'), label: 'Connect timeout (ms)', kind: 'number' },
  { at: input('readTimeOut'), label: 'Read timeout (ms)', kind: 'number' },
];

const SCRIPT_FIELDS: readonly Field[] = [
  { at: input('evaluatorType'), label: 'Evaluator', kind: 'select', options: ['javascript', 'graaljs', 'value-param'] },
  {
    at: input('expression'),
    label: 'Expression',
    kind: 'code',
    help: 'The inputs are in $, for example $.total > 100.',
  },
];

export const TASK_CATALOG: readonly TaskKind[] = [
  {
    type: 'WAIT_FOR_WEBHOOK',
    label: 'Wait for Webhook',
    group: 'Wait',
    about: 'Holds until an event arrives whose payload matches.',
    make: [{ base: 'wait_for_webhook', type: 'WAIT_FOR_WEBHOOK', inputParameters: { matches: {} } }],
    fields: [
      {
        at: input('matches'),
        label: 'Input matches',
        kind: 'matches',
        help: 'All rows must hold (AND). Without rows, every event of the webhook matches.',
      },
    ],
  },
  {
    type: 'WAIT',
    label: 'Wait',
    group: 'Wait',
    about: 'Holds for a time, until a date, or until it is completed from outside.',
    make: [{ base: 'wait', type: 'WAIT', inputParameters: { duration: '10 seconds' } }],
    fields: [
      { at: input('duration'), label: 'Duration', kind: 'text', placeholder: '2 days 3h 5m 10s' },
      {
        at: input('until'),
        label: 'Until',
        kind: 'text',
        placeholder: '2027-01-31 18:00 UTC',
        help: 'Use either a duration or a date. With neither, the task waits for an update or a signal.',
      },
    ],
  },
  {
    type: 'HUMAN',
    label: 'Human',
    group: 'Wait',
    about: 'Waits until a person or another system completes it.',
    make: [{ base: 'human', type: 'HUMAN', inputParameters: {} }],
    fields: [INPUTS],
  },
  {
    type: 'YIELD',
    label: 'Yield',
    group: 'Wait',
    about: 'Stops until a signal comes.',
    make: [{ base: 'yield', type: 'YIELD', inputParameters: {} }],
    fields: [INPUTS],
  },
  {
    type: 'SIMPLE',
    label: 'Worker task',
    group: 'Do',
    about: 'Done by your own worker, which polls the queue of this name.',
    make: [{ base: 'my_task', type: 'SIMPLE', inputParameters: {} }],
    fields: [INPUTS],
  },
  {
    type: 'HTTP',
    label: 'HTTP',
    group: 'Do',
    about: 'Calls an HTTP endpoint; an answer of 2xx completes it.',
    make: [
      { base: 'http', type: 'HTTP', inputParameters: { uri: 'https://httpbin.org/get', method: 'GET', headers: {} } },
    ],
    fields: HTTP_FIELDS,
  },
  {
    type: 'HTTP_POLL',
    label: 'HTTP poll',
    group: 'Do',
    about: 'Calls an endpoint again and again until a condition holds.',
    make: [
      {
        base: 'http_poll',
        type: 'HTTP_POLL',
        inputParameters: {
          http_request: {
            uri: 'https://httpbin.org/get',
            method: 'GET',
            terminationCondition: '$.output.response.statusCode === 200',
            pollingInterval: '60',
            pollingStrategy: 'FIXED',
          },
        },
      },
    ],
    fields: [
      {
        at: ['inputParameters', 'http_request'],
        label: 'Request',
        kind: 'json',
        help: 'uri, method, terminationCondition, pollingInterval (seconds), pollingStrategy.',
      },
    ],
  },
  {
    type: 'EVENT',
    label: 'Event',
    group: 'Do',
    about: 'Publishes an event that event handlers can act on.',
    make: [{ base: 'event', type: 'EVENT', sink: 'conductor', inputParameters: {} }],
    fields: [
      { at: ['sink'], label: 'Sink', kind: 'text', required: true, placeholder: 'conductor:order_paid' },
      INPUTS,
      { at: ['asyncComplete'], label: 'Completed from outside', kind: 'switch' },
    ],
  },
  {
    type: 'UPDATE_TASK',
    label: 'Update task',
    group: 'Do',
    about: 'Completes or fails a task of this or another execution.',
    make: [
      {
        base: 'update_task',
        type: 'UPDATE_TASK',
        inputParameters: {
          workflowId: '${workflow.workflowId}',
          taskRefName: '',
          taskStatus: 'COMPLETED',
          taskOutput: {},
        },
      },
    ],
    fields: [
      { at: input('workflowId'), label: 'Workflow id', kind: 'text' },
      { at: input('taskRefName'), label: 'Task reference name', kind: 'text' },
      {
        at: input('taskStatus'),
        label: 'Status',
        kind: 'select',
        options: ['COMPLETED', 'FAILED', 'FAILED_WITH_TERMINAL_ERROR'],
      },
      { at: input('taskOutput'), label: 'Output', kind: 'json' },
    ],
  },
  {
    type: 'SWITCH',
    label: 'Switch',
    group: 'Flow',
    about: 'Takes one of several branches.',
    make: [
      {
        base: 'switch',
        type: 'SWITCH',
        evaluatorType: 'value-param',
        expression: 'switchCaseValue',
        inputParameters: { switchCaseValue: '${workflow.input.kind}' },
        decisionCases: { yes: [] },
        defaultCase: [],
      },
    ],
    fields: [
      { at: ['evaluatorType'], label: 'Evaluator', kind: 'select', options: EVALUATORS },
      {
        at: ['expression'],
        label: 'Expression',
        kind: 'code',
        help: 'value-param: the name of an input. javascript: a script that gives the name of a case; inputs are in $.',
      },
      { at: ['decisionCases'], label: 'Cases', kind: 'cases', help: 'Anything else goes to default.' },
      INPUTS,
    ],
  },
  {
    type: 'FORK_JOIN',
    label: 'Fork and join',
    group: 'Flow',
    about: 'Runs branches at the same time and waits for them.',
    make: [
      { base: 'fork', type: 'FORK_JOIN', forkTasks: [[], []] },
      { base: 'join', type: 'JOIN', joinOn: [] },
    ],
    fields: [{ at: ['forkTasks'], label: 'Branches', kind: 'branches' }],
  },
  {
    type: 'FORK_JOIN_DYNAMIC',
    label: 'Dynamic fork',
    group: 'Flow',
    about: 'Runs as many branches as a list has entries, known only at run time.',
    make: [
      {
        base: 'dynamic_fork',
        type: 'FORK_JOIN_DYNAMIC',
        dynamicForkTasksParam: 'dynamicTasks',
        dynamicForkTasksInputParamName: 'dynamicTasksInput',
        inputParameters: { dynamicTasks: '${workflow.input.tasks}', dynamicTasksInput: '${workflow.input.inputs}' },
      },
      { base: 'join', type: 'JOIN', joinOn: [] },
    ],
    fields: [
      { at: ['dynamicForkTasksParam'], label: 'Input that holds the tasks', kind: 'text' },
      { at: ['dynamicForkTasksInputParamName'], label: 'Input that holds their inputs', kind: 'text' },
      INPUTS,
    ],
  },
  {
    type: 'JOIN',
    label: 'Join',
    group: 'Flow',
    about: 'Waits for tasks of the branches before it.',
    make: [{ base: 'join', type: 'JOIN', joinOn: [] }],
    fields: [{ at: ['joinOn'], label: 'Waits for', kind: 'references' }],
  },
  {
    type: 'EXCLUSIVE_JOIN',
    label: 'Exclusive join',
    group: 'Flow',
    about: 'Takes the output of the first listed task that ran.',
    make: [{ base: 'exclusive_join', type: 'EXCLUSIVE_JOIN', joinOn: [], defaultExclusiveJoinTask: [] }],
    fields: [
      { at: ['joinOn'], label: 'Looks at', kind: 'references' },
      { at: ['defaultExclusiveJoinTask'], label: 'If none ran', kind: 'references' },
    ],
  },
  {
    type: 'DO_WHILE',
    label: 'Loop',
    group: 'Flow',
    about: 'Repeats its tasks while a condition holds, or once for each item.',
    make: [
      {
        base: 'loop',
        type: 'DO_WHILE',
        loopCondition: '$.loop.iteration < 3',
        loopOver: [],
        inputParameters: {},
      },
    ],
    fields: [
      {
        at: ['loopCondition'],
        label: 'Repeat while',
        kind: 'code',
        help: 'A script over $, for example $.loop.iteration < 3, where loop is the reference name.',
      },
      {
        at: ['items'],
        label: 'Items',
        kind: 'json',
        help: 'Instead of a condition: a list, or an expression that yields one.',
      },
      INPUTS,
    ],
  },
  {
    type: 'DYNAMIC',
    label: 'Dynamic task',
    group: 'Flow',
    about: 'A task whose name is only known at run time.',
    make: [
      {
        base: 'dynamic',
        type: 'DYNAMIC',
        dynamicTaskNameParam: 'taskToExecute',
        inputParameters: { taskToExecute: '${workflow.input.taskName}' },
      },
    ],
    fields: [{ at: ['dynamicTaskNameParam'], label: 'Input that holds the name', kind: 'text' }, INPUTS],
  },
  {
    type: 'TERMINATE',
    label: 'Terminate',
    group: 'Flow',
    about: 'Ends the execution here.',
    make: [{ base: 'terminate', type: 'TERMINATE', inputParameters: { terminationStatus: 'COMPLETED' } }],
    fields: [
      {
        at: input('terminationStatus'),
        label: 'Status',
        kind: 'select',
        options: ['COMPLETED', 'FAILED', 'TERMINATED'],
      },
      { at: input('terminationReason'), label: 'Reason', kind: 'text' },
      { at: input('workflowOutput'), label: 'Workflow output', kind: 'json' },
    ],
  },
  {
    type: 'RESPOND',
    label: 'Respond',
    group: 'Flow',
    about: 'Says what a sender that waits for an answer gets.',
    make: [{ base: 'respond', type: 'RESPOND', inputParameters: { status: 200, body: {} } }],
    fields: [INPUTS],
  },
  {
    type: 'NOOP',
    label: 'No operation',
    group: 'Flow',
    about: 'Does nothing and completes.',
    make: [{ base: 'noop', type: 'NOOP' }],
    fields: [],
  },
  {
    type: 'INLINE',
    label: 'Inline script',
    group: 'Data',
    about: 'Computes a value with a short script.',
    make: [
      {
        base: 'inline',
        type: 'INLINE',
        inputParameters: {
          evaluatorType: 'javascript',
          expression: '(() => $.value)()',
          value: '${workflow.input.value}',
        },
      },
    ],
    fields: [...SCRIPT_FIELDS, INPUTS],
  },
  {
    type: 'JSON_JQ_TRANSFORM',
    label: 'jq transform',
    group: 'Data',
    about: 'Transforms JSON with a jq query.',
    make: [
      {
        base: 'jq',
        type: 'JSON_JQ_TRANSFORM',
        inputParameters: { queryExpression: '.value', value: '${workflow.input.value}' },
      },
    ],
    fields: [{ at: input('queryExpression'), label: 'Query', kind: 'code', required: true }, INPUTS],
  },
  {
    type: 'SET_VARIABLE',
    label: 'Set variables',
    group: 'Data',
    about: 'Writes workflow variables, readable as ${workflow.variables.x}.',
    make: [{ base: 'set_variable', type: 'SET_VARIABLE', inputParameters: {} }],
    fields: [{ ...INPUTS, label: 'Variables' }],
  },
  {
    type: 'SUB_WORKFLOW',
    label: 'Sub-workflow',
    group: 'Workflows',
    about: 'Runs another workflow and waits for its output.',
    make: [{ base: 'sub_workflow', type: 'SUB_WORKFLOW', subWorkflowParam: { name: '' }, inputParameters: {} }],
    fields: [
      { at: ['subWorkflowParam', 'name'], label: 'Workflow', kind: 'workflow', required: true },
      { at: ['subWorkflowParam', 'version'], label: 'Version', kind: 'number', help: 'Empty: the latest.' },
      { ...INPUTS, label: 'Its input' },
      { at: ['subWorkflowParam', 'idempotencyKey'], label: 'Idempotency key', kind: 'text' },
      {
        at: ['subWorkflowParam', 'idempotencyStrategy'],
        label: 'When the key is taken',
        kind: 'select',
        options: STRATEGIES,
      },
    ],
  },
  {
    type: 'START_WORKFLOW',
    label: 'Start workflow',
    group: 'Workflows',
    about: 'Starts another workflow and goes on without waiting.',
    make: [
      { base: 'start_workflow', type: 'START_WORKFLOW', inputParameters: { startWorkflow: { name: '', input: {} } } },
    ],
    fields: [
      { at: ['inputParameters', 'startWorkflow', 'name'], label: 'Workflow', kind: 'workflow', required: true },
      {
        at: ['inputParameters', 'startWorkflow', 'version'],
        label: 'Version',
        kind: 'number',
        help: 'Empty: the latest.',
      },
      { at: ['inputParameters', 'startWorkflow', 'input'], label: 'Its input', kind: 'json' },
      { at: ['inputParameters', 'startWorkflow', 'correlationId'], label: 'Correlation id', kind: 'text' },
    ],
  },
  {
    type: 'TERMINATE_WORKFLOW',
    label: 'Terminate workflow',
    group: 'Workflows',
    about: 'Terminates another execution.',
    make: [
      {
        base: 'terminate_workflow',
        type: 'TERMINATE_WORKFLOW',
        inputParameters: { workflowId: '', terminationReason: '' },
      },
    ],
    fields: [
      { at: input('workflowId'), label: 'Workflow id', kind: 'text', required: true },
      { at: input('terminationReason'), label: 'Reason', kind: 'text' },
    ],
  },
  {
    type: 'GET_WORKFLOW',
    label: 'Get workflow',
    group: 'Workflows',
    about: 'Reads another execution.',
    make: [{ base: 'get_workflow', type: 'GET_WORKFLOW', inputParameters: { id: '', includeTasks: false } }],
    fields: [
      { at: input('id'), label: 'Workflow id', kind: 'text', required: true },
      { at: input('includeTasks'), label: 'With its tasks', kind: 'switch' },
    ],
  },
];

const BY_TYPE = new Map(TASK_CATALOG.map((kind) => [kind.type, kind]));

/** What is known of a type; undefined for one that is not in the catalogue. */
export const taskKind = (type: string): TaskKind | undefined => BY_TYPE.get(type);
export const taskLabel = (type: string): string => taskKind(type)?.label ?? type;

/** Fields of any type: those of the catalogue, or its input as JSON. */
export const fieldsOf = (type: string): readonly Field[] => taskKind(type)?.fields ?? [INPUTS];

/** Fields that every task has, below its own. */
export const COMMON_FIELDS: readonly Field[] = [
  { at: ['description'], label: 'Description', kind: 'longText' },
  { at: ['optional'], label: 'Optional: the workflow goes on when it fails', kind: 'switch' },
  { at: ['startDelay'], label: 'Start delay (seconds)', kind: 'number' },
  { at: ['retryCount'], label: 'Retries', kind: 'number', help: 'Empty: what the task definition says.' },
];

/** Tasks for a + of this type, with names that are free according to `fresh`. */
export function makeTasks(kind: TaskKind, fresh: (base: string) => string): WorkflowTask[] {
  return kind.make.map(({ base, ...task }) => {
    const reference = fresh(base);
    return { name: reference, taskReferenceName: reference, ...structuredClone(task) } as WorkflowTask;
  });
}

/** Types whose label, name or sentence contains the words typed. */
export function searchCatalog(words: string): readonly TaskKind[] {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  return TASK_CATALOG.filter((kind) => {
    const text = `${kind.type} ${kind.label} ${kind.about} ${kind.group}`.toLowerCase().replaceAll('_', ' ');
    return parts.every((part) => text.includes(part.replaceAll('_', ' ')));
  });
}
