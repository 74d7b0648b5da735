// Tests of commands where no scenario gets to: late, doubled and misdirected ones, batches, limits.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { World } from '../../../test/scenarios/driver.ts';
import type { Command, Outcome } from '../command.ts';
import type { Env } from '../decision.ts';
import { MAX_BUILT_IN_HAND_OUTS, MAX_VARIABLES_BYTES } from '../limits.ts';
import type { WorkflowDef, WorkflowTask } from '../model.ts';
import { begin, transition } from '../transition.ts';
import { answerOfNobody } from './child.ts';

const place = (taskReferenceName: string, fields: Partial<WorkflowTask> = {}): WorkflowTask => ({
  name: taskReferenceName,
  taskReferenceName,
  type: 'SIMPLE',
  ...fields,
});
const flow = (tasks: readonly WorkflowTask[], fields: Partial<WorkflowDef> = {}): WorkflowDef => ({
  name: 'flow',
  version: 1,
  tasks,
  ...fields,
});
const sub = (ref: string, fields: Partial<WorkflowTask> = {}): WorkflowTask =>
  place(ref, { type: 'SUB_WORKFLOW', subWorkflowParam: { name: 'child' }, ...fields });
const fork = (...branches: WorkflowTask[][]): WorkflowTask[] => [
  place('fork', { type: 'FORK_JOIN', forkTasks: branches }),
  place('join', { type: 'JOIN' }),
];
const CHILD: WorkflowDef = { name: 'child', version: 1, tasks: [place('work', { retryCount: 0 })] };

const worldOf = (tasks: readonly WorkflowTask[], fields: Partial<WorkflowDef> = {}): World =>
  new World().define(flow(tasks, fields), CHILD);

const codeOf = (outcome: Outcome): string => (outcome.type === 'refused' ? outcome.code : outcome.type);
const complete = (n: number): Command => ({ type: 'updateTask', task: { n }, status: 'COMPLETED' });

describe('what workers say', () => {
  it('gives a task to one poller only, and not before its time', () => {
    const world = worldOf([place('a', { startDelay: 10 })]);
    const id = world.run('flow');
    const poll: Command = { type: 'pollTask', n: 1, workerId: 'w' };
    assert.equal(codeOf(world.tell(id, poll)), 'ignored');
    world.advance(10_000);
    assert.equal(codeOf(world.tell(id, poll)), 'done');
    assert.equal(codeOf(world.tell(id, poll)), 'ignored');
    assert.equal(codeOf(world.tell(id, { ...poll, n: 9 })), 'ignored');
  });

  it('gives no task that waits for nobody', () => {
    const world = worldOf([place('w', { type: 'HUMAN', startDelay: 5 })]);
    const id = world.run('flow');
    assert.equal(codeOf(world.tell(id, { type: 'pollTask', n: 1, workerId: 'w' })), 'ignored');
  });

  it('adds to the output when told to merge, and notes the child of a worker', () => {
    const world = worldOf([place('a')]);
    const id = world.run('flow');
    world.tell(id, { type: 'updateTask', task: { n: 1 }, status: 'IN_PROGRESS', output: { a: 1, b: 1 } });
    world.tell(id, {
      type: 'updateTask',
      task: { n: 1 },
      status: 'IN_PROGRESS',
      output: { b: 2 },
      merge: true,
      subWorkflowId: 'other',
    });
    assert.deepEqual(world.task(id, 'a').output, { a: 1, b: 2 });
    assert.equal(world.task(id, 'a').subWorkflowId, 'other');
    world.tell(id, { type: 'updateTask', task: { n: 1 }, status: 'COMPLETED', merge: true });
    assert.deepEqual(world.get(id).output, { a: 1, b: 2 });
  });

  it('ignores a report in the same batch behind the end of the execution', () => {
    const world = worldOf(fork([place('a', { retryCount: 0 })], [place('b')]));
    const id = world.run('flow');
    const last = world.tell(
      id,
      { type: 'updateTask', task: { ref: 'a' }, status: 'FAILED' },
      { type: 'updateTask', task: { ref: 'b' }, status: 'COMPLETED' },
    );
    assert.equal(codeOf(last), 'ignored');
    assert.equal(world.task(id, 'b').status, 'CANCELED');
  });

  it('takes many reports by number in one decision', () => {
    const world = worldOf(fork([place('a')], [place('b')]));
    const id = world.run('flow');
    assert.equal(codeOf(world.tell(id, complete(2), complete(3), { type: 'decide' })), 'done');
    assert.equal(world.get(id).status, 'COMPLETED');
  });

  it('decides before a command that depends on what came before it', () => {
    const world = worldOf([place('a'), place('b')]);
    const id = world.run('flow');
    world.tell(id, complete(1), { type: 'updateTask', task: { ref: 'b' }, status: 'COMPLETED' }, { type: 'pause' });
    assert.equal(world.get(id).status, 'COMPLETED');
  });

  it('keeps what an outcome shows as it was right after the command', () => {
    const world = worldOf([place('a')]);
    const outcome = world.tell(world.run('flow'), complete(1));
    assert.ok(outcome.type === 'done');
    assert.equal(outcome.task?.executed, undefined);
  });

  it('leaves a task that nobody polls for where it is, and so one that was handed over', () => {
    const world = worldOf([place('hold', { type: 'WAIT' }), place('a', { type: 'HTTP', asyncComplete: true })]);
    const id = world.run('flow');
    world.tell(id, { type: 'updateTask', task: { ref: 'hold' }, status: 'IN_PROGRESS', callbackAfterSeconds: 5 });
    assert.equal(world.task(id, 'hold').status, 'IN_PROGRESS');
    world.tell(id, complete(1));
    world.tell(id, { type: 'pollTask', n: 2, workerId: 'w' });
    world.tell(id, { type: 'updateTask', task: { n: 2 }, status: 'COMPLETED', workerId: 'w' });
    world.tell(id, { type: 'updateTask', task: { n: 2 }, status: 'IN_PROGRESS' });
    assert.equal(world.task(id, 'a').status, 'IN_PROGRESS');
    world.tell(id, complete(2));
    assert.equal(world.get(id).status, 'COMPLETED');
  });

  it('fails a task that has taken the server with it several times', () => {
    const world = worldOf([place('a', { type: 'JSON_JQ_TRANSFORM', inputParameters: { queryExpression: '.' } })]);
    const id = world.run('flow');
    for (let i = 0; i < MAX_BUILT_IN_HAND_OUTS; i++) {
      assert.equal(world.poll('JSON_JQ_TRANSFORM').length, 1);
      world.advance(30_000);
    }
    assert.equal(world.get(id).status, 'FAILED');
    assert.match(world.get(id).reason ?? '', /the server went away 5 times/);
  });
});

describe('what events say', () => {
  it('ends only a task that waits for one, once', () => {
    const world = worldOf([place('w', { type: 'WAIT_FOR_WEBHOOK', inputParameters: { matches: {} } }), place('a')]);
    const id = world.run('flow');
    const event = (n: number): Command => ({ type: 'eventArrived', n, eventId: 5, payload: { x: 1 } });
    assert.equal(codeOf(world.tell(id, event(1), event(1))), 'ignored');
    assert.equal(world.task(id, 'w').outputEvent, 5);
    assert.equal(codeOf(world.tell(id, event(2))), 'ignored');
    assert.equal(codeOf(world.tell(id, event(7))), 'notFound');
  });
});

describe('what children say', () => {
  const about = { n: 1, childId: 'id-2' };
  const ended: Command = { type: 'childEnded', ...about, status: 'FAILED', output: {} };

  it('is refused or ignored when it is about no task, another child, or too late', () => {
    const world = worldOf([sub('s', { optional: true }), place('after')]);
    const id = world.run('flow');
    for (const command of [
      ended,
      { type: 'startFailed', ...about, reason: 'no', status: 404 },
      { type: 'startedAs', ...about, existingId: 'x' },
      { type: 'childResumed', ...about },
    ] as Command[]) {
      assert.equal(codeOf(world.tell(id, { ...command, n: 9 } as Command)), 'notFound');
      assert.equal(codeOf(world.tell(id, { ...command, childId: 'other' } as Command)), 'ignored');
    }
    assert.equal(codeOf(world.tell(id, { type: 'childResumed', ...about })), 'ignored', 'it still waits');
    assert.equal(codeOf(world.tell(id, { ...ended, status: 'PAUSED' } as Command)), 'ignored', 'not at its end');
    assert.equal(codeOf(world.tell(id, ended)), 'done');
    assert.match(world.task(id, 's').reason ?? '', /ended as FAILED: $/);
    for (const command of [
      ended,
      { type: 'startFailed', ...about, reason: 'no', status: 404 },
      { type: 'startedAs', ...about, existingId: 'x' },
    ] as Command[])
      assert.equal(codeOf(world.tell(id, command)), 'ignored', command.type);
  });

  it('is ignored when a later attempt took over', () => {
    const world = worldOf([sub('s', { retryCount: 1, taskDefinition: { name: 's', retryDelaySeconds: 60 } })]);
    const id = world.run('flow');
    world.tell('id-2', { type: 'terminate' });
    assert.equal(world.get(id).status, 'TERMINATED');
    world.tell(id, { type: 'retry' });
    assert.equal(codeOf(world.tell(id, { type: 'childResumed', ...about })), 'ignored');
  });

  it('takes up again a permissive failure while the caller still runs', () => {
    const world = worldOf(fork([sub('s', { permissive: true })], [place('b')]));
    const id = world.run('flow');
    const child = world.task(id, 's').subWorkflowId as string;
    world.tell(child, { type: 'updateTask', task: { n: 1 }, status: 'FAILED' });
    assert.equal(world.task(id, 's').status, 'FAILED');
    world.tell(child, { type: 'retry' });
    assert.equal(world.task(id, 's').status, 'IN_PROGRESS');
    world.tell(child, { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED' });
    world.tell(id, { type: 'updateTask', task: { ref: 'b' }, status: 'COMPLETED' });
    assert.equal(world.get(id).status, 'COMPLETED');
  });

  it('is said by nobody in the place of one that was removed', () => {
    const world = worldOf([sub('s')]);
    const id = world.run('flow');
    const child = world.task(id, 's').subWorkflowId as string;
    world.tell(child, { type: 'updateTask', task: { n: 1 }, status: 'FAILED' });
    world.workflows.delete(child);
    world.tell(id, { type: 'retry', resumeSubworkflows: true });
    assert.deepEqual(
      [world.get(id).status, world.task(id, 's').status, world.task(id, 's').subWorkflowId],
      ['FAILED', 'FAILED_WITH_TERMINAL_ERROR', undefined],
    );
    const watch: Command = { type: 'watch', by: { workflowId: 'w', n: 3 } };
    assert.deepEqual(answerOfNobody('gone', watch)?.workflowId, 'w');
    assert.equal(answerOfNobody('gone', { type: 'terminate' }), undefined);
    assert.equal(answerOfNobody('gone', { type: 'retry' }), undefined);
  });

  it('is ignored when an upgrade has left out the place of the task', () => {
    const world = worldOf([sub('s'), place('b')]);
    const id = world.run('flow');
    world.tell('id-2', complete(1));
    world.tell(id, { type: 'upgrade', def: flow([place('b')], { version: 2 }) });
    world.tell(id, { type: 'terminate' });
    assert.equal(codeOf(world.tell(id, { type: 'childResumed', ...about })), 'ignored');
    assert.equal(codeOf(world.tell(id, { type: 'rerun', fromN: 1 })), 'notFound');
  });

  it('notes each watcher once', () => {
    const world = worldOf([place('a')]);
    const id = world.run('flow');
    const watch: Command = { type: 'watch', by: { workflowId: 'w', n: 3 } };
    assert.equal(codeOf(world.tell(id, watch)), 'done');
    assert.equal(codeOf(world.tell(id, watch)), 'ignored');
    assert.deepEqual(world.get(id).watchers, [{ workflowId: 'w', n: 3 }]);
  });

  it('tells nobody when a task that has started no child yet is cancelled', () => {
    const world = worldOf([sub('s', { startDelay: 60 })]);
    const id = world.run('flow');
    world.tell(id, { type: 'terminate' });
    assert.equal(world.course(id), 's CANCELED');
    assert.equal(world.workflows.size, 1);
  });

  it('leaves open what lies beside a loop that failed', () => {
    const world = worldOf(
      fork(
        [
          place('l', {
            type: 'DO_WHILE',
            optional: true,
            loopCondition: 'x',
            loopOver: [place('a', { retryCount: 0 })],
          }),
        ],
        [place('b')],
      ),
    );
    const id = world.run('flow');
    world.tell(id, { type: 'updateTask', task: { ref: 'a' }, status: 'FAILED' });
    assert.equal(world.task(id, 'l').status, 'COMPLETED_WITH_ERRORS');
    assert.equal(world.task(id, 'b').status, 'SCHEDULED');
  });

  it('terminates the child of a task that has timed out, and of one in a loop that failed', () => {
    const late = worldOf([sub('s', { taskDefinition: { name: 's', timeoutSeconds: 5 } })]);
    late.run('flow');
    late.advance(5_000);
    assert.equal(late.get('id-2').status, 'TERMINATED');
    const body = fork([sub('s')], [place('b', { retryCount: 0 })]);
    const world = worldOf([place('loop', { type: 'DO_WHILE', optional: true, loopCondition: 'x', loopOver: body })]);
    const id = world.run('flow');
    world.tell(id, { type: 'updateTask', task: { ref: 'b' }, status: 'FAILED' });
    assert.equal(world.get(world.task(id, 's__1').subWorkflowId as string).status, 'TERMINATED');
  });
});

describe('control', () => {
  it('holds an execution until it is admitted, and frees its place at its end', () => {
    const def = flow([place('a')], {
      rateLimitConfig: { rateLimitKey: '${workflow.input.k}', concurrentExecLimit: 1 },
    });
    const world = new World().define(def);
    const id = world.run('flow', { k: 7 }, { held: true });
    assert.equal(world.course(id), '');
    assert.equal(world.get(id).rateLimitKey, '7');
    for (const command of [
      { type: 'jump', ref: 'a' },
      { type: 'skipTask', ref: 'a' },
    ] as Command[])
      assert.equal(codeOf(world.tell(id, command)), 'conflict');
    assert.equal(codeOf(world.tell(id, { type: 'admit' })), 'done');
    assert.equal(world.course(id), 'a SCHEDULED');
    assert.equal(codeOf(world.tell(id, { type: 'admit' })), 'ignored');
    world.tell(id, complete(1));
    assert.deepEqual(
      world.messages.map(({ message }) => message).filter(({ type }) => type === 'placeFreed'),
      [{ type: 'placeFreed', name: 'flow', rateLimitKey: '7' }],
    );
    const text = new World().define({ ...def, rateLimitConfig: { rateLimitKey: 'k', concurrentExecLimit: 1 } });
    assert.equal(text.get(text.run('flow')).rateLimitKey, 'k');
    const none = new World().define({ ...def, rateLimitConfig: { rateLimitKey: 'k' } });
    assert.equal(none.get(none.run('flow')).rateLimitKey, undefined);
  });

  it('goes on with another version whose places are there, and keeps the old one otherwise', () => {
    const world = worldOf([place('a'), place('b')]);
    const id = world.run('flow');
    const upgrade = (tasks: WorkflowTask[]): Command => ({ type: 'upgrade', def: flow(tasks, { version: 2 }) });
    assert.equal(codeOf(world.tell(id, upgrade([place('b')]))), 'conflict');
    assert.equal(world.get(id).version, 1);
    assert.equal(codeOf(world.tell(id, upgrade([place('a'), place('c')]))), 'done');
    world.tell(id, complete(1));
    assert.equal(world.course(id), 'a COMPLETED, c SCHEDULED');
    world.tell(id, { type: 'pause' });
    world.tell(id, complete(2));
    assert.equal(codeOf(world.tell(id, upgrade([place('a')]))), 'conflict', 'c has ended but is not settled');
    world.tell(id, { type: 'terminate' });
    assert.equal(codeOf(world.tell(id, upgrade([place('a')]))), 'conflict');
  });

  it('replaces, merges or appends variables, and bounds them', () => {
    const world = worldOf([place('a')], { variables: { list: [1], n: 1 } });
    const id = world.run('flow');
    const update = (fields: object): string =>
      codeOf(world.tell(id, { type: 'updateVariables', variables: { list: [2], m: 1 }, ...fields } as Command));
    update({ appendLists: true });
    assert.deepEqual(world.get(id).variables, { list: [1, 2], n: 1, m: 1 });
    update({ append: false });
    assert.deepEqual(world.get(id).variables, { list: [2], m: 1 });
    assert.equal(update({ variables: { x: 'x'.repeat(MAX_VARIABLES_BYTES) } }), 'tooLarge');
  });

  it('resets only what is postponed', () => {
    const world = worldOf(fork([place('a')], [place('b', { startDelay: 60 })], [place('w', { type: 'HUMAN' })]));
    const id = world.run('flow');
    assert.equal(codeOf(world.tell(id, { type: 'resetCallbacks' })), 'done');
    assert.deepEqual([world.queue('a').length, world.queue('b').length], [1, 1]);
  });

  it('names a skipped place that has no name of its own after its reference', () => {
    const world = worldOf([place('a'), place('b', { name: '' })]);
    const id = world.run('flow');
    world.tell(id, { type: 'skipTask', ref: 'b' });
    assert.equal(world.task(id, 'b').name, 'b');
  });

  it('reruns with another correlation id; a task that is not there is refused', () => {
    const world = worldOf([place('a')]);
    const id = world.run('flow');
    world.tell(id, { type: 'terminate' });
    assert.equal(codeOf(world.tell(id, { type: 'rerun', fromN: 9 })), 'notFound');
    world.tell(id, { type: 'rerun', correlationId: 'c' });
    assert.equal(world.get(id).correlationId, 'c');
  });

  it('leaves alone what an upgrade has left out when it retries or goes back', () => {
    const world = worldOf(fork([place('a')], [place('b', { retryCount: 0 })]));
    const id = world.run('flow');
    world.tell(id, { type: 'terminate' });
    const v2 = fork([place('c')], [place('b', { retryCount: 0 })]);
    world.tell(id, { type: 'retry' });
    world.tell(id, complete(2));
    world.tell(id, { type: 'updateTask', task: { ref: 'a' }, status: 'COMPLETED' });
    assert.equal(codeOf(world.tell(id, { type: 'upgrade', def: flow(v2, { version: 2 }) })), 'done');
    world.tell(id, { type: 'updateTask', task: { ref: 'b' }, status: 'FAILED' });
    world.tell(id, { type: 'rerun', fromN: world.task(id, 'b').n });
    assert.equal(
      world.get(id).tasks.some(({ place: name }) => name === 'a'),
      false,
    );
    world.tell(id, { type: 'updateTask', task: { ref: 'b' }, status: 'COMPLETED' });
    assert.equal(world.get(id).status, 'COMPLETED');
  });

  it('does not retry a failure whose place an upgrade has left out', () => {
    const b = place('b', { retryCount: 0 });
    const world = worldOf(fork([place('a', { permissive: true, retryCount: 0 })], [b]));
    const id = world.run('flow');
    world.tell(id, { type: 'updateTask', task: { ref: 'a' }, status: 'FAILED' });
    world.tell(id, { type: 'upgrade', def: flow(fork([b]), { version: 2 }) });
    world.tell(id, { type: 'updateTask', task: { ref: 'b' }, status: 'FAILED' });
    world.tell(id, { type: 'retry' });
    assert.equal(world.course(id), 'fork COMPLETED, a FAILED, b FAILED, join IN_PROGRESS, b SCHEDULED');
  });

  it('reruns from a task that a jump has left behind', () => {
    const world = worldOf([place('a'), place('b')]);
    const id = world.run('flow');
    world.tell(id, { type: 'jump', ref: 'b' });
    world.tell(id, { type: 'terminate' });
    world.tell(id, { type: 'rerun', fromN: 1 });
    assert.equal(world.course(id), 'a SCHEDULED');
  });

  it('changes nothing where it refuses', () => {
    const world = worldOf([place('a')]);
    const id = world.run('flow');
    const env: Env = {
      now: world.now + 1,
      newId: () => 'x',
      random: () => 0,
      evaluate: () => ({ ok: false, reason: '' }),
      taskDef: () => undefined,
    };
    for (const command of [
      { type: 'retry' },
      { type: 'resume' },
      { type: 'restart' },
      { type: 'jump', ref: 'x' },
    ] as Command[]) {
      const { changed, messages, after } = transition(world.get(id), [command], env);
      assert.deepEqual([changed, messages, after.updatedAt], [[], [], world.get(id).updatedAt], command.type);
    }
    assert.equal(begin({ id: 'e', def: flow([]), input: {} }, env).after.status, 'COMPLETED', 'nothing to do is done');
  });
});
