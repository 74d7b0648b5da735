// Tests of what makes a definition one that can run: every problem with its place, and no JSON that makes it throw.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { completed, loadScenarios } from '../../test/scenarios/scenario.ts';
import { MAX_DEFINITION_DEPTH, MAX_DEFINITION_TASKS, MAX_NAME_LENGTH } from './limits.ts';
import { validateTaskDef, validateWorkflowDef } from './validate.ts';

type Fields = Record<string, unknown>;

const task = (taskReferenceName: string, fields: Fields = {}): Fields => ({ name: 'n', taskReferenceName, ...fields });
const flow = (...tasks: readonly unknown[]): Fields => ({ name: 'w', version: 1, tasks });

/** Problems as `path: message`. */
function problems(
  def: unknown,
  check: typeof validateWorkflowDef | typeof validateTaskDef = validateWorkflowDef,
): string[] {
  const checked = check(def);
  return checked.ok ? [] : checked.errors.map(({ path, message }) => `${path}: ${message}`);
}

function refuses(def: unknown, path: string, message: RegExp): void {
  const found = problems(def);
  assert.ok(
    found.some((problem) => problem.startsWith(`${path}: `) && message.test(problem)),
    `${path} ${message} is not among ${JSON.stringify(found)}`,
  );
}

describe('validateWorkflowDef', () => {
  it('accepts every definition of the scenarios', () => {
    for (const { group, title, workflows } of loadScenarios())
      for (const def of workflows) assert.deepEqual(problems(completed(def)), [], `${group}: ${title}`);
  });

  it('fills in the defaults that the rules rely on and leaves nulls out, but not those of inputs', () => {
    const checked = validateWorkflowDef({
      name: 'w',
      description: null,
      tasks: [
        task('a', { inputParameters: { keep: null }, joinOn: null, taskDefinition: { name: 'n', description: null } }),
        task('s', {
          type: 'SWITCH',
          expression: 'x',
          decisionCases: { a: [task('b')] },
          defaultCase: [task('c', { optional: null })],
        }),
        task('f', { type: 'FORK_JOIN', forkTasks: [[task('d')]] }),
        task('j', { type: 'JOIN' }),
        task('l', { type: 'DO_WHILE', loopCondition: 'true', loopOver: [task('e')] }),
        task('p', { type: 'SUB_WORKFLOW', subWorkflowParam: { name: 'other' } }),
      ],
    });
    assert.ok(checked.ok);
    const simple = (ref: string): Fields => task(ref, { type: 'SIMPLE' });
    assert.deepEqual(checked.def, {
      name: 'w',
      version: 1,
      tasks: [
        { ...simple('a'), inputParameters: { keep: null }, taskDefinition: { name: 'n' } },
        {
          ...task('s'),
          type: 'SWITCH',
          expression: 'x',
          decisionCases: { a: [simple('b')] },
          defaultCase: [simple('c')],
        },
        { ...task('f'), type: 'FORK_JOIN', forkTasks: [[simple('d')]] },
        { ...task('j'), type: 'JOIN' },
        { ...task('l'), type: 'DO_WHILE', loopCondition: 'true', loopOver: [simple('e')] },
        { ...task('p'), type: 'SUB_WORKFLOW', subWorkflowParam: { name: 'other' } },
      ],
    });
  });

  it('wants a name, a version and tasks', () => {
    refuses({}, 'name', /is missing/);
    refuses({}, 'tasks', /at least one task/);
    refuses({ name: '  ', tasks: [task('a')] }, 'name', /not empty/);
    refuses({ name: 'x'.repeat(MAX_NAME_LENGTH + 1), tasks: [task('a')] }, 'name', /at most 255 characters/);
    for (const version of [0, -1, 1.5, '1', 2 ** 31, Number.MAX_VALUE])
      refuses({ ...flow(task('a')), version }, 'version', /must be/);
    refuses({ ...flow(), tasks: 'none' }, 'tasks', /at least one task/);
    refuses([], '', /must be an object/);
    refuses(null, '', /must be an object/);
  });

  it('wants the right type everywhere', () => {
    for (const [field, value] of Object.entries({
      description: 1,
      inputParameters: ['a', 1],
      outputParameters: [],
      inputTemplate: 'x',
      variables: 3,
      failureWorkflow: {},
      restartable: 'yes',
      timeoutPolicy: 'RETRY',
      timeoutSeconds: -1,
      rateLimitConfig: 'fast',
    }))
      refuses({ ...flow(task('a')), [field]: value }, field, /must be/);
    for (const [field, value] of Object.entries({
      inputParameters: 'x',
      startDelay: 1.5,
      optional: 'true',
      permissive: 1,
      retryCount: -1,
      joinOn: 'a',
      loopOver: {},
      subWorkflowParam: [],
      onStateChange: 1,
      cacheConfig: 's',
      sink: 7,
    }))
      refuses(flow(task('a', { [field]: value })), `tasks[0].${field}`, /must be/);
    refuses(
      { ...flow(task('a')), rateLimitConfig: { concurrentExecLimit: -1 } },
      'rateLimitConfig.concurrentExecLimit',
      /from 0/,
    );
    refuses(flow(task('a', { onStateChange: { onStart: [{}] } })), 'tasks[0].onStateChange.onStart', /list of/);
    const typo = { 'onStart, onSucces': [{ type: 'x' }] };
    refuses(flow(task('a', { onStateChange: typo })), 'tasks[0].onStateChange.onStart, onSucces', /names no moment/);
    refuses(flow(task('a', { cacheConfig: { key: '', ttlInSecond: 0 } })), 'tasks[0].cacheConfig.key', /not empty/);
    refuses(flow(task('a', { type: 5 })), 'tasks[0].type', /must be a text/);
    refuses(flow('a'), 'tasks[0]', /must be an object/);
  });

  it('says what was given', () => {
    const checked = validateWorkflowDef({
      name: 7,
      version: 'x'.repeat(300),
      tasks: [],
      variables: [],
      inputTemplate: 1,
      restartable: {},
    });
    assert.ok(!checked.ok);
    const given = Object.fromEntries(checked.errors.map(({ path, invalidValue }) => [path, invalidValue]));
    assert.deepEqual(given, {
      name: 7,
      version: 'x'.repeat(200),
      tasks: 'a list',
      variables: 'a list',
      inputTemplate: 1,
      restartable: 'an object',
    });
    const nameless = validateWorkflowDef({ tasks: [task('a')] });
    assert.equal(nameless.ok ? undefined : nameless.errors[0]?.invalidValue, null);
  });

  it('wants reference names, each once, at every depth', () => {
    refuses(flow({ name: 'n' }), 'tasks[0].taskReferenceName', /is missing/);
    refuses(flow({ taskReferenceName: 'a' }), 'tasks[0].name', /is missing/);
    refuses(flow(task('a', { name: '' })), 'tasks[0].name', /not empty/);
    refuses(flow(task('a'), task('a')), 'tasks[1].taskReferenceName', /a is there twice/);
    refuses(
      flow(task('a'), task('s', { type: 'SWITCH', expression: 'x', decisionCases: { yes: [task('a')] } })),
      'tasks[1].decisionCases.yes[0].taskReferenceName',
      /twice/,
    );
    for (const reserved of ['workflow', 'CPEWF_TASK_ID', '__proto__'])
      refuses(flow(task(reserved)), 'tasks[0].taskReferenceName', /cannot be the name/);
  });

  it('refuses task types that nobody does, and says why', () => {
    refuses(flow(task('a', { type: 'NONSENSE' })), 'tasks[0].type', /NONSENSE is not known/);
    refuses(
      flow(task('a', { type: 'KAFKA_PUBLISH' })),
      'tasks[0].type',
      /not supported: this server has no message broker/,
    );
    refuses(flow(task('a', { type: 'LLM_TEXT_COMPLETE' })), 'tasks[0].type', /no language models/);
    refuses(flow(task('a', { type: 'JDBC' })), 'tasks[0].type', /worker of your own/);
    refuses(flow(task('a', { type: 'FORK' })), 'tasks[0].type', /write FORK_JOIN/);
  });

  it('knows what each type needs', () => {
    const cases: readonly (readonly [Fields, string, RegExp])[] = [
      [{ type: 'SWITCH', decisionCases: {} }, 'expression', /decides by its expression/],
      [{ type: 'SWITCH', expression: 'x' }, 'decisionCases', /is missing/],
      [
        { type: 'SWITCH', expression: 'x', defaultCase: [], evaluatorType: 'python' },
        'evaluatorType',
        /one of value-param/,
      ],
      [{ type: 'SWITCH', expression: 'x', decisionCases: { a: 'b' } }, 'decisionCases.a', /list of tasks/],
      [{ type: 'DECISION', decisionCases: {} }, 'caseValueParam', /needs caseValueParam or caseExpression/],
      [{ type: 'FORK_JOIN', forkTasks: [] }, 'forkTasks', /list of branches/],
      [{ type: 'FORK_JOIN', forkTasks: ['a'] }, 'forkTasks', /list of branches/],
      [{ type: 'FORK_JOIN_DYNAMIC' }, 'dynamicForkTasksParam', /is missing/],
      [{ type: 'FORK_JOIN_DYNAMIC', dynamicForkTasksParam: 'x' }, 'inputParameters.x', /list of tasks is missing/],
      [
        { type: 'FORK_JOIN_DYNAMIC', inputParameters: { forkTaskName: 'a' } },
        'inputParameters.forkTaskInputs',
        /is missing/,
      ],
      [{ type: 'EXCLUSIVE_JOIN', joinOn: [] }, 'joinOn', /at least one/],
      [{ type: 'DO_WHILE', loopCondition: 'true', loopOver: [] }, 'loopOver', /at least one task/],
      [{ type: 'DO_WHILE', loopOver: [task('i')] }, 'loopCondition', /loopCondition or items/],
      [
        { type: 'DO_WHILE', loopOver: [task('i')], loopCondition: 'true', evaluatorType: 'x' },
        'evaluatorType',
        /one of/,
      ],
      [{ type: 'DYNAMIC' }, 'dynamicTaskNameParam', /is missing/],
      [{ type: 'DYNAMIC', dynamicTaskNameParam: 'how' }, 'inputParameters.how', /name of the task/],
      [{ type: 'TERMINATE', optional: true }, 'optional', /cannot be optional/],
      [
        { type: 'TERMINATE', inputParameters: { terminationStatus: 'DONE' } },
        'inputParameters.terminationStatus',
        /one of/,
      ],
      [{ type: 'TERMINATE_WORKFLOW' }, 'inputParameters.workflowId', /is missing/],
      [
        { type: 'START_WORKFLOW', inputParameters: { startWorkflow: {} } },
        'inputParameters.startWorkflow',
        /start request/,
      ],
      [{ type: 'EVENT' }, 'sink', /is missing/],
      [{ type: 'EVENT', sink: 'kafka:topic' }, 'sink', /sinks of kind kafka are not supported/],
      [{ type: 'INLINE' }, 'inputParameters.expression', /script is missing/],
      [
        { type: 'INLINE', inputParameters: { expression: '1', evaluatorType: 'python' } },
        'inputParameters.evaluatorType',
        /one of/,
      ],
      [{ type: 'LAMBDA' }, 'inputParameters.scriptExpression', /script is missing/],
      [{ type: 'JSON_JQ_TRANSFORM' }, 'inputParameters.queryExpression', /jq program/],
      [{ type: 'HTTP_POLL' }, 'inputParameters.http_request', /is missing/],
      [{ type: 'UPDATE_TASK' }, 'inputParameters.taskStatus', /is missing/],
      [{ type: 'SUB_WORKFLOW' }, 'subWorkflowParam', /is missing/],
      [{ type: 'SUB_WORKFLOW', subWorkflowParam: {} }, 'subWorkflowParam.name', /is missing/],
      [
        { type: 'SUB_WORKFLOW', subWorkflowParam: { name: 'c', version: -1 } },
        'subWorkflowParam.version',
        /whole number/,
      ],
      [
        { type: 'SUB_WORKFLOW', subWorkflowParam: { name: 'c', idempotencyStrategy: 'x' } },
        'subWorkflowParam.idempotencyStrategy',
        /one of/,
      ],
      [
        { type: 'SUB_WORKFLOW', subWorkflowParam: { workflowDefinition: 7 } },
        'subWorkflowParam.workflowDefinition',
        /must be an object/,
      ],
      [{ type: 'WAIT_FOR_WEBHOOK', inputParameters: { matches: [] } }, 'inputParameters.matches', /must be an object/],
      [
        { type: 'WAIT_FOR_WEBHOOK', inputParameters: { matches: { '$[': 1 } } },
        'inputParameters.matches',
        /is not a path/,
      ],
      [{ type: 'WAIT_FOR_WEBHOOK', inputParameters: { '$.a[': 1 } }, 'inputParameters', /is not a path/],
      [{ type: 'WAIT', inputParameters: { matches: { 'a[': 1 } } }, 'inputParameters.matches', /is not a path/],
      [{ type: 'WAIT_FOR_WEBHOOK', inputParameters: { matches: {}, lookBack: 'ever' } }, 'inputParameters', /lookBack/],
    ];
    for (const [fields, path, message] of cases)
      refuses(flow(task('x', fields), task('j', { type: 'JOIN' })), `tasks[0].${path}`, message);
  });

  it('takes what an input template of the task definition gives, and what an expression may give', () => {
    const fine: readonly Fields[] = [
      { type: 'INLINE', taskDefinition: { inputTemplate: { expression: '1' } } },
      { type: 'INLINE', expression: '1' },
      { type: 'LAMBDA', scriptExpression: '1' },
      { type: 'INLINE', inputParameters: { expression: '1', evaluatorType: '${workflow.input.e}' } },
      { type: 'TERMINATE', inputParameters: { terminationStatus: '${workflow.input.s}' } },
      { type: 'START_WORKFLOW', inputParameters: { startWorkflow: '${workflow.input.r}' } },
      { type: 'START_WORKFLOW', inputParameters: { startWorkflow: { workflowDef: {} } } },
      { type: 'EVENT', sink: '${workflow.input.sink}' },
      { type: 'EVENT', inputParameters: { sink: 'conductor:x' } },
      { type: 'EVENT', sink: 'https://shop.example' },
      { type: 'WAIT_FOR_WEBHOOK', inputParameters: { matches: '${workflow.input.m}' } },
      { type: 'WAIT', inputParameters: { duration: '1s' } },
      { type: 'DO_WHILE', inputParameters: { items: [1] }, loopOver: [task('i')] },
      { type: 'SUB_WORKFLOW', subWorkflowParam: { name: 'c', version: '${workflow.input.v}' } },
      { type: 'SUB_WORKFLOW', subWorkflowParam: { workflowDefinition: '${workflow.input.d}' } },
      { cacheConfig: { key: '${uri}', ttlInSecond: 60 }, onStateChange: { onStart: [{ type: 'x' }] } },
      { type: 'HTTP_POLL', inputParameters: { uri: 'https://a.example/', method: 'GET' } },
    ];
    for (const fields of fine) assert.deepEqual(problems(flow(task('x', fields))), [], JSON.stringify(fields));
  });

  it('wants a join behind every fork, and joins that wait for something that exists', () => {
    const fork = task('f', { type: 'FORK_JOIN', forkTasks: [[task('a')]] });
    refuses(flow(fork), 'tasks[0]', /must be followed by a JOIN/);
    refuses(flow(fork, task('b'), task('j', { type: 'JOIN' })), 'tasks[0]', /must be followed by a JOIN/);
    refuses(flow(fork, 7), 'tasks[0]', /must be followed by a JOIN/);
    refuses(flow(fork, task('j', { type: 'JOIN', joinOn: ['nobody'] })), 'tasks[1].joinOn', /no task is called nobody/);
    refuses(flow(fork, task('j', { type: 'JOIN', joinOn: ['j'] })), 'tasks[1].joinOn', /cannot wait for itself/);
    refuses(
      flow(fork, task('j', { type: 'EXCLUSIVE_JOIN', joinOn: ['a'], defaultExclusiveJoinTask: ['x'] })),
      'tasks[1].defaultExclusiveJoinTask',
      /no task is called x/,
    );
    const made = task('d', { type: 'FORK_JOIN_DYNAMIC', inputParameters: { forkTaskName: 'a', forkTaskInputs: [] } });
    assert.deepEqual(problems(flow(made, task('j', { type: 'JOIN', joinOn: ['_a_0'] }))), []);
  });

  it('refuses references to nothing and expressions that are none, wherever templates stand', () => {
    const nothing = /a reference to nothing: no task is called x/;
    refuses(
      flow(task('a', { inputParameters: { deep: [{ v: 'is ${x.output.v}' }] } })),
      'tasks[0].inputParameters.deep[0].v',
      nothing,
    );
    refuses({ ...flow(task('a')), outputParameters: { v: '${x.output}' } }, 'outputParameters.v', nothing);
    refuses({ ...flow(task('a')), failureWorkflow: '${x.output}' }, 'failureWorkflow', nothing);
    refuses(flow(task('a', { type: 'EVENT', sink: '${x.output}' })), 'tasks[0].sink', nothing);
    refuses(
      flow(task('a', { type: 'SUB_WORKFLOW', subWorkflowParam: { name: '${x.output}' } })),
      'tasks[0].subWorkflowParam.name',
      nothing,
    );
    refuses(
      flow(task('a', { type: 'DO_WHILE', items: '${x.output}', loopOver: [task('b')] })),
      'tasks[0].items',
      nothing,
    );
    refuses(
      flow(task('a', { inputParameters: { v: '${a b}' } })),
      'tasks[0].inputParameters.v',
      /is not an expression/,
    );
    const fine = [
      '${a.output.v}',
      '${a__2.output.v}',
      '$${x.output}',
      '${workflow.input.x}',
      '${CPEWF_TASK_ID}',
      '${}',
      'plain',
      '${',
    ];
    assert.deepEqual(problems(flow(task('a', { inputParameters: { fine } }))), []);
  });

  it('leaves names open where a dynamic fork makes them', () => {
    const made = task('d', { type: 'FORK_JOIN_DYNAMIC', inputParameters: { forkTaskName: 'a', forkTaskInputs: [] } });
    assert.deepEqual(
      problems(flow(made, task('j', { type: 'JOIN' }), task('b', { inputParameters: { v: '${_a_0.output}' } }))),
      [],
    );
  });

  it('refuses a definition that would start itself without end', () => {
    const call = (name: string, fields: Fields = {}): Fields =>
      task('s', { type: 'SUB_WORKFLOW', subWorkflowParam: { name, ...fields } });
    refuses(flow(call('w')), 'tasks[0].subWorkflowParam.name', /a cycle: w would start itself/);
    refuses(flow(call('w', { version: 1 })), 'tasks[0].subWorkflowParam.name', /a cycle/);
    refuses(
      flow(
        task('o', {
          type: 'SUB_WORKFLOW',
          subWorkflowParam: { workflowDefinition: { name: 'inner', tasks: [call('w')] } },
        }),
      ),
      'tasks[0].subWorkflowParam.workflowDefinition.tasks[0].subWorkflowParam.name',
      /a cycle/,
    );
    assert.deepEqual(problems(flow(call('w', { version: 2 }))), []);
    assert.deepEqual(
      problems(flow(task('c', { type: 'SWITCH', expression: 'x', decisionCases: { again: [call('w')] } }))),
      [],
    );
  });

  it('checks task definitions that stand in places', () => {
    refuses(flow(task('a', { taskDefinition: { retryCount: -1 } })), 'tasks[0].taskDefinition.retryCount', /from 0/);
    refuses(flow(task('a', { taskDefinition: 'x' })), 'tasks[0].taskDefinition', /must be an object/);
  });

  it('bounds depth, number of tasks, and the length of the answer', () => {
    let deep: Fields = task('leaf');
    for (let i = 0; i <= MAX_DEFINITION_DEPTH; i++)
      deep = task(`l${i}`, { type: 'DO_WHILE', loopCondition: 'true', loopOver: [deep] });
    assert.match(problems(flow(deep)).join(), /nested deeper than 64 levels/);
    const many = Array.from({ length: MAX_DEFINITION_TASKS + 1 }, (_, i) => task(`t${i}`));
    refuses(flow(...many), 'tasks', /more than 5000 tasks/);
    assert.deepEqual(problems(flow(...many.slice(1))), []);
    assert.equal(problems(flow(...Array.from({ length: 200 }, () => ({})))).length, 50);
    let template: unknown = '${x.y}';
    for (let i = 0; i < 300; i++) template = [template];
    assert.match(problems(flow(task('a', { inputParameters: { template } }))).join(), /nested deeper than 256/);
  });

  it('does not mind lists in fields that the type has no use for', () => {
    const strange = {
      loopOver: [null],
      forkTasks: [7],
      decisionCases: { a: 1 },
      subWorkflowParam: { workflowDefinition: { tasks: 1 } },
    };
    assert.deepEqual(problems(flow(task('a', strange))), []);
  });

  it('never throws, on any JSON', () => {
    const fields = fc.constantFrom(
      ...[
        'name',
        'version',
        'tasks',
        'type',
        'taskReferenceName',
        'inputParameters',
        'loopOver',
        'forkTasks',
        'decisionCases',
      ],
      ...[
        'defaultCase',
        'joinOn',
        'subWorkflowParam',
        'workflowDefinition',
        'taskDefinition',
        'matches',
        'items',
        '__proto__',
      ],
    );
    const values = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 6 },
        fc.jsonValue(),
        fc.constantFrom(
          'SWITCH',
          'FORK_JOIN',
          'DO_WHILE',
          'SUB_WORKFLOW',
          'JOIN',
          'WAIT_FOR_WEBHOOK',
          'SIMPLE',
          '${a.b}',
        ),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.array(fc.tuple(fields, tie('any')), { maxLength: 6 }).map((pairs) => Object.fromEntries(pairs)),
      ),
    })).any;
    fc.assert(
      fc.property(values, (value) => {
        for (const check of [validateWorkflowDef, validateTaskDef]) {
          const checked = check(value);
          if (!checked.ok) assert.ok(checked.errors.length > 0);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('validateTaskDef', () => {
  const refused = (fields: Fields): string[] => problems({ name: 't', ...fields }, validateTaskDef);

  it('wants a name', () => {
    assert.match(problems({}, validateTaskDef).join(), /^name: must be a text/);
    assert.match(problems(7, validateTaskDef).join(), /must be an object/);
  });

  it('accepts a full one and leaves nulls out', () => {
    const def = {
      name: 't',
      retryCount: 0,
      retryLogic: 'FIXED',
      timeoutSeconds: 60,
      responseTimeoutSeconds: 59,
      inputKeys: ['a'],
    };
    assert.deepEqual(validateTaskDef({ ...def, description: null }), { ok: true, def });
    assert.deepEqual(refused({ timeoutSeconds: 0, responseTimeoutSeconds: 3600 }), []);
    assert.deepEqual(refused({ timeoutSeconds: 60 }), []);
    assert.match(refused({ timeoutSeconds: 1e300 }).join(), /from 0 to/);
  });

  it('refuses what cannot be', () => {
    for (const [field, value] of Object.entries({
      retryCount: -1,
      retryLogic: 'SOMETIMES',
      retryDelaySeconds: -1,
      backoffScaleFactor: 0,
      maxRetryDelaySeconds: -1,
      backoffJitterMs: -1,
      timeoutSeconds: '60',
      timeoutPolicy: 'GIVE_UP',
      responseTimeoutSeconds: 0,
      pollTimeoutSeconds: -1,
      totalTimeoutSeconds: Number.NaN,
      concurrentExecLimit: 1.5,
      rateLimitPerFrequency: -1,
      inputKeys: [1],
      inputTemplate: [],
    }))
      assert.match(refused({ [field]: value }).join(), new RegExp(`^${field}: must be`));
    assert.match(
      refused({ timeoutSeconds: 60, responseTimeoutSeconds: 60 }).join(),
      /must be less than timeoutSeconds, which is 60/,
    );
  });
});
