// Task types that steer, compute, or deal with other workflows.
import { type Field, INPUTS, inputField, type TaskKind } from './task-kind.ts';

const EVALUATORS = ['value-param', 'javascript', 'graaljs'];
const STRATEGIES = ['FAIL', 'RETURN_EXISTING', 'FAIL_ON_RUNNING'];

const SCRIPT_FIELDS: readonly Field[] = [
  {
    at: inputField('evaluatorType'),
    label: 'Evaluator',
    kind: 'select',
    options: ['javascript', 'graaljs', 'value-param'],
  },
  {
    at: inputField('expression'),
    label: 'Expression',
    kind: 'code',
    help: 'The inputs are in $, for example $.total > 100.',
  },
];

export const FLOW_KINDS: readonly TaskKind[] = [
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
        at: inputField('terminationStatus'),
        label: 'Status',
        kind: 'select',
        options: ['COMPLETED', 'FAILED', 'TERMINATED'],
      },
      { at: inputField('terminationReason'), label: 'Reason', kind: 'text' },
      { at: inputField('workflowOutput'), label: 'Workflow output', kind: 'json' },
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
    fields: [{ at: inputField('queryExpression'), label: 'Query', kind: 'code', required: true }, INPUTS],
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
      { at: inputField('workflowId'), label: 'Workflow id', kind: 'text', required: true },
      { at: inputField('terminationReason'), label: 'Reason', kind: 'text' },
    ],
  },
  {
    type: 'GET_WORKFLOW',
    label: 'Get workflow',
    group: 'Workflows',
    about: 'Reads another execution.',
    make: [{ base: 'get_workflow', type: 'GET_WORKFLOW', inputParameters: { id: '', includeTasks: false } }],
    fields: [
      { at: inputField('id'), label: 'Workflow id', kind: 'text', required: true },
      { at: inputField('includeTasks'), label: 'With its tasks', kind: 'switch' },
    ],
  },
];
