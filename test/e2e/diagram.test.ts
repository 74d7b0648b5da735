// Whatever an execution holds, its page is drawn: every type of task in every state, unknown ones too, loops in loops, 200 children.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './stage.ts';

const play = stage();

const TYPES = [
  ...['SIMPLE', 'HTTP', 'HUMAN', 'WAIT', 'WAIT_FOR_WEBHOOK', 'EVENT', 'INLINE', 'JSON_JQ_TRANSFORM', 'SET_VARIABLE'],
  ...['SUB_WORKFLOW', 'START_WORKFLOW', 'TERMINATE', 'NOOP', 'YIELD', 'DYNAMIC', 'NO_SUCH_TYPE'],
];
const STATES = [
  ...['SCHEDULED', 'IN_PROGRESS', 'COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'FAILED_WITH_TERMINAL_ERROR'],
  ...['TIMED_OUT', 'CANCELED', 'SKIPPED', 'NO_SUCH_STATE'],
];

const hostile = '<script>document.title="taken"</script>';

test('every type in every state, with hostile names and a payload of any shape', () =>
  play(async ({ page, call }) => {
    await call('POST', '/api/metadata/workflow', {
      name: 'any',
      version: 1,
      tasks: [{ name: 'a', taskReferenceName: 'a', type: 'NOOP' }],
    });
    const id = await call('POST', '/api/workflow', { name: 'any', version: 1 });
    const real = JSON.parse(await call('GET', `/api/workflow/${id}`));
    const places = TYPES.flatMap((type) =>
      STATES.map((status) => ({ type, status, taskReferenceName: `${type}_${status}`, name: hostile })),
    );
    const tasks = places.map(({ status, ...workflowTask }, i) => ({
      ...real.tasks[0],
      ...{ taskId: `${id}.${i + 1}`, seq: i + 1, status, workflowTask, taskType: workflowTask.type },
      ...{ referenceTaskName: workflowTask.taskReferenceName, taskDefName: workflowTask.name },
      reasonForIncompletion: hostile,
      outputData: { [hostile]: ['\u202Eright to left', null, 1e300] },
    }));
    const body = {
      ...real,
      status: 'NO_SUCH_STATE',
      tasks,
      workflowDefinition: { ...real.workflowDefinition, tasks: places },
    };
    await page.route(`**/api/workflow/${id}?includeTasks=true`, (route) =>
      // A number that no double holds, put in as text.
      route.fulfill({
        json: undefined,
        body: JSON.stringify(body).replaceAll('1e+300', '9007199254740993'),
        contentType: 'application/json',
      }),
    );
    await page.goto(`/executions/${id}?task=${encodeURIComponent(`${id}.9`)}&part=output`);
    await page.locator('.task-card').first().waitFor();
    await page.getByRole('region', { name: 'Output of the task' }).getByText('9007199254740993').waitFor();
    for (const tab of ['Timeline', 'Tasks', 'Input / Output', 'JSON']) {
      await page.getByRole('tab', { name: tab, exact: true }).click();
      await page.getByRole('tab', { name: tab, exact: true, selected: true }).waitFor();
      assert.equal(await page.getByText('This page has a defect').count(), 0);
    }
    await page.getByRole('tab', { name: 'Tasks', exact: true }).click();
    await page.getByRole('link', { name: 'SIMPLE_NO_SUCH_STATE' }).waitFor();
    assert.notEqual(await page.title(), 'taken');
  }));

test('a choice in a loop, a fork in a fork, a fork of 200 children', () =>
  play(async ({ page, call }) => {
    const noop = (name: string) => ({ name, taskReferenceName: name, type: 'NOOP' });
    const fork = (name: string, ...branches: unknown[]) => ({ ...noop(name), type: 'FORK_JOIN', forkTasks: branches });
    const join = (name: string, ...on: string[]) => ({ ...noop(name), type: 'JOIN', joinOn: on });
    const choice = {
      ...{ ...noop('odd'), type: 'SWITCH', evaluatorType: 'value-param', expression: 'n' },
      inputParameters: { n: '${each.output.iteration}' },
      decisionCases: { 1: [noop('first')], 2: [noop('second')] },
      defaultCase: [noop('later')],
    };
    const loop = { ...noop('each'), type: 'DO_WHILE', loopCondition: '$.each.iteration < 3', loopOver: [choice] };
    const dynamic = {
      ...{ ...noop('wide'), type: 'FORK_JOIN_DYNAMIC' },
      inputParameters: { tasks: '${workflow.input.tasks}', inputs: {} },
      dynamicForkTasksParam: 'tasks',
      dynamicForkTasksInputParamName: 'inputs',
    };
    const inner = [fork('inner', [noop('left')], [noop('middle')]), join('inner_join', 'left', 'middle')];
    const tasks = [
      loop,
      fork('outer', inner, [noop('right')]),
      join('outer_join', 'inner_join', 'right'),
      dynamic,
      join('wide_join'),
    ];
    await call('POST', '/api/metadata/workflow', { name: 'nested', version: 1, tasks });
    const children = Array.from({ length: 200 }, (_, i) => noop(`child_${i}`));
    const id = await call('POST', '/api/workflow', { name: 'nested', version: 1, input: { tasks: children } });
    await page.goto(`/executions/${id}`);
    await page.locator('h1 [data-status="COMPLETED"]').waitFor();
    await page.getByText('iteration 3 of 3').waitFor();
    const shown = (reference: string) => page.locator(`[data-reference="${reference}"]`);
    await page.locator('[data-reference="later"][data-tone="good"]').waitFor();
    await page.getByRole('button', { name: 'Earlier iteration of each' }).click();
    await page.locator('[data-reference="second"][data-tone="good"]').waitFor();
    await page.locator('[data-reference="later"][data-unreached]').waitFor();
    assert.match(page.url(), /loops=each/);
    await page.getByRole('button', { name: 'Fit View' }).click();
    for (const reference of ['inner', 'left', 'inner_join', 'right', 'outer_join', 'wide', 'child_0'])
      await shown(reference).waitFor();
    await page.getByText('and 189 more, see Tasks').waitFor();
  }));
