// The world of scenarios on the bare core. Our own workers (INLINE, HTTP) run as in the server, on what a scenario answers.

import type { Command, Outcome } from '../../src/core/command.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Task, Workflow } from '../../src/core/model.ts';
import { referenceName, taskId } from '../../src/core/model.ts';
import { createHttpWorker } from '../../src/engine/workers/http.ts';
import { createInlineWorker } from '../../src/engine/workers/inline.ts';
import type { Worker } from '../../src/engine/workers/worker.ts';
import { World, type WorldOptions } from './driver.ts';
import type { Polled, ScenarioWorld, Seen, SeenTask } from './interpreter.ts';
import type { Answer, ControlOptions, ControlVerb, Report, Said, StartOptions } from './scenario.ts';

export class CoreWorld implements ScenarioWorld {
  readonly tellsIgnored = true;
  readonly countsPostponed = false;
  readonly ordersEvents = true;
  readonly world: World;
  private answers: Readonly<Record<string, Answer>> = {};
  private readonly workers: readonly Worker[];

  constructor(options: WorldOptions & { readonly evaluate: NonNullable<WorldOptions['evaluate']> }) {
    this.world = new World(options);
    this.workers = [
      createInlineWorker(async (script, bindings, deadlineMs) => options.evaluate(script, bindings, deadlineMs)),
      createHttpWorker(async ({ method, url }) => this.called(`${method} ${new URL(url).pathname}`)),
    ];
  }

  async define(...[workflows, tasks]: Parameters<ScenarioWorld['define']>): Promise<void> {
    this.world.define(...workflows).defineTask(...tasks);
  }

  async answer(answers: Readonly<Record<string, Answer>>): Promise<void> {
    this.answers = answers;
  }

  async start(name: string, options: StartOptions): ReturnType<ScenarioWorld['start']> {
    const started = this.world.start(name, options);
    await this.doOwnWork();
    if (started.type === 'noDefinition') return { said: 'notFound' };
    return { said: started.type, id: started.id };
  }

  async poll(queue: string, options: { worker: string; domain?: string; count: number }): Promise<readonly Polled[]> {
    const { worker: workerId, domain, count } = options;
    const taken = this.world.poll(queue, { workerId, count, ...(domain !== undefined && { domain }) });
    return taken.map(({ id, task }) => ({ id, taskId: taskId(id, task.n), ref: referenceName(task) }));
  }

  async update(id: string, task: { taskId: string } | { ref: string }, report: Report): Promise<Said> {
    const { status = 'COMPLETED', worker, ...rest } = report;
    const outcome = this.world.tell(id, {
      type: 'updateTask',
      task: 'ref' in task ? task : { n: Number(task.taskId.split('.').at(-1)) },
      status: status as 'COMPLETED',
      ...rest,
      ...(worker !== undefined && { workerId: worker }),
    });
    await this.doOwnWork();
    return saidOf(outcome);
  }

  async event(payload: JsonObject): Promise<number> {
    const matched = this.world.event(payload);
    await this.doOwnWork();
    return matched.length;
  }

  async clock(ms: number, late: boolean): Promise<void> {
    if (late) this.world.jump(ms);
    else this.world.advance(ms);
    await this.doOwnWork();
  }

  async control(id: string, verb: ControlVerb, options: ControlOptions & { taskId?: string }): Promise<Said> {
    const outcome = this.world.tell(id, this.commandFor(id, verb, options));
    await this.doOwnWork();
    return saidOf(outcome);
  }

  async snapshot(id: string): Promise<Seen> {
    const workflow = this.world.get(id);
    const { status, version, input, output, variables, reason, failedRefs, correlationId, priority } = workflow;
    return {
      ...{ id, status, version, input, output, variables, failedRefs, priority },
      ...(reason !== undefined && { reason }),
      ...(correlationId !== undefined && { correlationId }),
      tasks: workflow.tasks.map((task) => seenTask(workflow, task)),
    };
  }

  async queueSize(queue: string): Promise<number> {
    return this.world.queue(queue).length;
  }

  async eventsOf(id: string): Promise<readonly string[]> {
    return this.world.messages.flatMap(({ from, message }) =>
      from === id && message.type === 'event' ? [message.name] : [],
    );
  }

  private commandFor(id: string, verb: ControlVerb, options: ControlOptions & { taskId?: string }): Command {
    const { reason, ref = '', input, output, workflowInput, variables = {}, status = 'COMPLETED' } = options;
    switch (verb) {
      case 'terminate':
        return { type: 'terminate', ...(reason !== undefined && { reason }) };
      case 'restart': {
        const { name } = this.world.get(id);
        const latest = options.useLatestDefinitions ? this.world.definition(name) : undefined;
        return { type: 'restart', ...(latest && { latest }) };
      }
      case 'retry':
        return { type: 'retry', resumeSubworkflows: options.resumeSubworkflowTasks ?? false };
      case 'rerun':
        return {
          type: 'rerun',
          ...(options.taskId !== undefined && { fromN: Number(options.taskId.split('.').at(-1)) }),
          ...(input && { taskInput: input }),
          ...(workflowInput && { workflowInput }),
        };
      case 'skip':
        return { type: 'skipTask', ref, ...(input && { input }), ...(output && { output }) };
      case 'jump':
        return { type: 'jump', ref, ...(input && { input }) };
      case 'variables':
        return { type: 'updateVariables', variables };
      case 'signal':
        return { type: 'signal', status: status as 'COMPLETED', ...(output && { output }) };
      default:
        return { type: verb };
    }
  }

  private called(what: string): Awaited<ReturnType<Parameters<typeof createHttpWorker>[0]>> {
    const answer = this.answers[what];
    if (!answer) return { type: 'fault', reason: `nobody answers ${what}`, retryable: true };
    const body = new TextEncoder().encode(JSON.stringify(answer.body ?? null));
    const headers = { 'content-type': ['application/json'] };
    return { type: 'response', status: answer.status, headers, body, truncated: false };
  }

  /** Our own workers take what they find until there is nothing left. */
  private async doOwnWork(): Promise<void> {
    for (let worked = true; worked; ) {
      worked = false;
      for (const worker of this.workers)
        for (const { id, task } of this.world.poll(worker.queue, { workerId: 'own', count: 100 })) {
          worked = true;
          const { tasks: _, ...head } = this.world.get(id);
          const report = await worker.run(task, head, new AbortController().signal);
          this.world.tell(id, { type: 'updateTask', task: { n: task.n }, ...report, workerId: 'own' });
        }
    }
  }
}

const saidOf = (outcome: Outcome): Said => (outcome.type === 'refused' ? outcome.code : outcome.type);

function seenTask(workflow: Workflow, task: Task): SeenTask {
  const { type, status, input, output, reason, retryCount, iteration, pollCount, workerId, domain } = task;
  const { subWorkflowId } = task;
  return {
    taskId: taskId(workflow.id, task.n),
    ref: referenceName(task),
    ...{ type, status, input, output, retryCount, iteration, pollCount },
    ...(reason !== undefined && { reason }),
    ...(workerId !== undefined && { workerId }),
    ...(domain !== undefined && { domain }),
    ...(subWorkflowId !== undefined && { subWorkflowId }),
  };
}
