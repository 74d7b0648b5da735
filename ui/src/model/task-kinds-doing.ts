// Task types that wait or do something.
import { type Field, INPUTS, inputField, type TaskKind } from './task-kind.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

const HTTP_FIELDS: readonly Field[] = [
  { at: inputField('uri'), label: 'URL', kind: 'text', required: true, placeholder: 'https://api.example.com/orders' },
  { at: inputField('method'), label: 'Method', kind: 'select', options: METHODS },
  { at: inputField('headers'), label: 'Headers', kind: 'pairs' },
  { at: inputField('body'), label: 'Body', kind: 'json' },
  { at: inputField('accept'), label: 'Accept', kind: 'text', placeholder: 'application/json' },
  { at: inputField('contentType'), label: 'Content type', kind: 'text', placeholder: 'application/json' },
  { at: inputField('connectionTimeOut'), label: 'Connect timeout (ms)', kind: 'number' },
  { at: inputField('readTimeOut'), label: 'Read timeout (ms)', kind: 'number' },
];

export const DOING_KINDS: readonly TaskKind[] = [
  {
    type: 'WAIT_FOR_WEBHOOK',
    label: 'Wait for Webhook',
    group: 'Wait',
    about: 'Holds until an event arrives whose payload matches.',
    make: [{ base: 'wait_for_webhook', type: 'WAIT_FOR_WEBHOOK', inputParameters: { matches: {} } }],
    fields: [
      {
        at: inputField('matches'),
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
      { at: inputField('duration'), label: 'Duration', kind: 'text', placeholder: '2 days 3h 5m 10s' },
      {
        at: inputField('until'),
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
      { at: inputField('workflowId'), label: 'Workflow id', kind: 'text' },
      { at: inputField('taskRefName'), label: 'Task reference name', kind: 'text' },
      {
        at: inputField('taskStatus'),
        label: 'Status',
        kind: 'select',
        options: ['COMPLETED', 'FAILED', 'FAILED_WITH_TERMINAL_ERROR'],
      },
      { at: inputField('taskOutput'), label: 'Output', kind: 'json' },
    ],
  },
];
