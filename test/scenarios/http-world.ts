// The world of scenarios on a whole server through HTTP: what a scenario wishes is a request, what it looks at is an answer.

import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/core/json.ts';
import type { TaskDef, WorkflowDef } from '../../src/core/model.ts';
import type { CallOut } from '../../src/engine/workers/http.ts';
import type { Reply, TestServer } from '../http/test-server.ts';
import type { Polled, ScenarioWorld, Seen, SeenTask } from './interpreter.ts';
import type { Answer, ControlOptions, ControlVerb, Report, Said, StartOptions } from './scenario.ts';

/** The fields of a task on the wire that scenarios look at. */
interface WireTask {
  readonly taskId: string;
  readonly taskType: string;
  readonly taskDefName: string;
  readonly referenceTaskName: string;
  readonly workflowInstanceId: string;
  readonly status: string;
  readonly inputData: JsonObject;
  readonly outputData: JsonObject;
  readonly retryCount: number;
  readonly iteration: number;
  readonly pollCount: number;
  readonly workflowTask?: { readonly type: string };
  readonly reasonForIncompletion?: string;
  readonly workerId?: string;
  readonly domain?: string;
  readonly subWorkflowId?: string;
}

interface WireWorkflow {
  readonly workflowId: string;
  readonly status: string;
  readonly workflowVersion: number;
  readonly input: JsonObject;
  readonly output: JsonObject;
  readonly variables: JsonObject;
  readonly failedReferenceTaskNames: readonly string[];
  readonly priority: number;
  readonly reasonForIncompletion?: string;
  readonly correlationId?: string;
  readonly tasks: readonly WireTask[];
}

interface Message {
  readonly eventTarget: string;
  readonly fullPayload: JsonObject;
}

/** Types that go over the wire under another name than in a definition (contract 5.6). */
const RENAMED = new Set(['FORK', 'SIMPLE']);

export class HttpWorld implements ScenarioWorld {
  readonly tellsIgnored = false;
  readonly countsPostponed = true;
  readonly ordersEvents = false;
  private readonly server: TestServer;
  private readonly answers: Map<string, Answer>;
  /** Definitions that webhooks can reach, and the webhooks, by version. */
  private readonly versions = new Map<number, Set<string>>();
  private readonly webhooks = new Map<number, string>();
  private readonly known = new Set<string>();

  constructor(server: TestServer, answers: Map<string, Answer>) {
    this.server = server;
    this.answers = answers;
  }

  async define(workflows: readonly WorkflowDef[], tasks: readonly TaskDef[]): Promise<void> {
    if (tasks.length > 0) await this.good('POST', '/api/metadata/taskdefs', tasks);
    for (const workflow of workflows) await this.good('POST', '/api/metadata/workflow?overwrite=true', workflow);
    for (const { name, version } of workflows) {
      const names = this.versions.get(version) ?? new Set();
      this.versions.set(version, names.add(name));
      this.webhooks.delete(version);
    }
  }

  async answer(answers: Readonly<Record<string, Answer>>): Promise<void> {
    for (const [call, answer] of Object.entries(answers)) this.answers.set(call, answer);
  }

  async start(name: string, options: StartOptions): ReturnType<ScenarioWorld['start']> {
    const reply = await this.do('POST', '/api/workflow', { name, ...options });
    if (reply.status !== 200) return { said: saidOf(reply) };
    const said = this.known.has(reply.text) ? 'existing' : 'started';
    this.known.add(reply.text);
    return { said, id: reply.text };
  }

  async poll(queue: string, options: { worker: string; domain?: string; count: number }): Promise<readonly Polled[]> {
    const { worker: workerid, domain, count } = options;
    const query = queryOf({ workerid, count: String(count), timeout: '0', ...(domain !== undefined && { domain }) });
    const reply = await this.good('GET', `/api/tasks/poll/batch/${queue}?${query}`);
    const tasks = (reply.status === 204 ? [] : this.json(reply)) as readonly WireTask[];
    return tasks.map((task) => ({ id: task.workflowInstanceId, taskId: task.taskId, ref: task.referenceTaskName }));
  }

  async update(id: string, task: { taskId: string } | { ref: string }, report: Report): Promise<Said> {
    const { status = 'COMPLETED', output, worker, reason, ...rest } = report;
    const isPlain = reason === undefined && Object.keys(rest).length === 0;
    if ('ref' in task && isPlain) {
      const query = worker === undefined ? '' : `?${queryOf({ workerid: worker })}`;
      return saidOf(await this.do('POST', `/api/tasks/${id}/${task.ref}/${status}${query}`, output));
    }
    const taskId = 'ref' in task ? await this.taskIdOf(id, task.ref) : task.taskId;
    const result = {
      ...{ workflowInstanceId: id, taskId, status, ...rest },
      ...(output && { outputData: output }),
      ...(worker !== undefined && { workerId: worker }),
      ...(reason !== undefined && { reasonForIncompletion: reason }),
    };
    return saidOf(await this.do('POST', '/api/tasks', result));
  }

  async event(payload: JsonObject): Promise<number> {
    const ended = new Set<string>();
    for (const [version, names] of this.versions) {
      const path = this.webhooks.get(version) ?? (await this.newWebhook(version, names));
      const { seq: before = 0 } = (await this.newestEvent(path)) ?? {};
      const reply = await this.do('POST', `/webhook/${path}`, payload);
      assert.equal(reply.status, 200, reply.text);
      const event = await this.newestEvent(path);
      assert.ok(event && event.seq > before, 'the event is listed');
      for (const { type, workflowId, taskRef } of event.effects)
        if (type === 'completed') ended.add(`${workflowId} ${taskRef}`);
    }
    return ended.size;
  }

  async clock(ms: number, late: boolean): Promise<void> {
    const { clock, store } = this.server;
    const end = clock.now() + ms;
    if (late) return this.server.advance(ms);
    for (;;) {
      const alarm = await store.workflows.nextAlarm();
      if (alarm === undefined || alarm > end) break;
      await this.server.advance(Math.max(1, alarm - clock.now()));
    }
    await this.server.advance(Math.max(0, end - clock.now()));
  }

  async control(id: string, verb: ControlVerb, options: ControlOptions & { taskId?: string }): Promise<Said> {
    const { reason, ref = '', input, output, workflowInput, variables, taskId } = options;
    const at = `/api/workflow/${id}`;
    switch (verb) {
      case 'pause':
      case 'resume':
        return this.said('PUT', `${at}/${verb}`);
      case 'decide':
        return this.said('PUT', `/api/workflow/decide/${id}`);
      case 'resetCallbacks':
        return this.said('POST', `${at}/resetcallbacks`);
      case 'terminate':
        return this.said('DELETE', reason === undefined ? at : `${at}?${queryOf({ reason })}`);
      case 'restart':
        return this.said('POST', `${at}/restart?useLatestDefinitions=${options.useLatestDefinitions ?? false}`);
      case 'retry':
        return this.said('POST', `${at}/retry?resumeSubworkflowTasks=${options.resumeSubworkflowTasks ?? false}`);
      case 'rerun':
        return this.said('POST', `${at}/rerun`, {
          ...(taskId !== undefined && { reRunFromTaskId: taskId }),
          ...(input && { taskInput: input }),
          ...(workflowInput && { workflowInput }),
        });
      case 'skip':
        return this.said('PUT', `${at}/skiptask/${ref}`, { taskInput: input, taskOutput: output });
      case 'jump':
        return this.said('POST', `${at}/jump/${ref}`, input);
      case 'variables':
        return this.said('POST', `${at}/variables`, variables ?? {});
      case 'signal':
        return this.said('POST', `/api/tasks/${id}/${options.status ?? 'COMPLETED'}/signal`, output);
    }
  }

  async snapshot(id: string): Promise<Seen> {
    const wire = this.json(await this.server.call('GET', `/api/workflow/${id}`)) as WireWorkflow;
    const { status, input, output, variables, priority, correlationId, reasonForIncompletion: reason } = wire;
    return {
      ...{ id, status, version: wire.workflowVersion, input, output, variables, priority },
      failedRefs: wire.failedReferenceTaskNames,
      ...(reason !== undefined && { reason }),
      ...(correlationId !== undefined && { correlationId }),
      tasks: wire.tasks.map(seenTask),
    };
  }

  async queueSize(queue: string): Promise<number> {
    return Number((await this.good('GET', `/api/tasks/queue/size?${queryOf({ taskType: queue })}`)).text);
  }

  async eventsOf(id: string): Promise<readonly string[]> {
    const { results } = this.json(await this.good('GET', '/api/event/message')) as { results: { event: string }[] };
    const messages: Message[] = [];
    for (const { event } of results) {
      const listed = this.json(await this.good('GET', `/api/event/message/${encodeURIComponent(event)}`));
      messages.push(...(listed as Message[]));
    }
    // What a state change says does not name its execution: scenarios with such events have only one.
    const own = messages.filter(({ fullPayload: { workflowInstanceId: from = id } }) => from === id);
    return own.map(({ eventTarget }) => eventTarget);
  }

  /** A request, and all that follows from it. */
  private async do(...[method, path, body]: Parameters<TestServer['call']>): Promise<Reply> {
    const reply = await this.server.call(method, path, body);
    assert.ok(reply.status < 500, `${method} ${path}: ${reply.status} ${reply.text}`);
    await this.server.settle();
    return reply;
  }

  private async good(...call: Parameters<TestServer['call']>): Promise<Reply> {
    const reply = await this.server.call(...call);
    assert.ok(reply.status < 300, `${call[0]} ${call[1]}: ${reply.status} ${reply.text}`);
    return reply;
  }

  private async said(...call: Parameters<TestServer['call']>): Promise<Said> {
    return saidOf(await this.do(...call));
  }

  private json(reply: Reply): unknown {
    assert.equal(reply.status, 200, reply.text);
    return reply.json;
  }

  private async taskIdOf(id: string, ref: string): Promise<string> {
    const task = (await this.snapshot(id)).tasks.findLast((one) => one.ref === ref);
    return task?.taskId ?? `${id}.0`;
  }

  private async newWebhook(version: number, names: ReadonlySet<string>): Promise<string> {
    const receiverWorkflowNamesToVersions = Object.fromEntries([...names].map((name) => [name, version]));
    const config = { name: `version-${version}`, verifier: 'NONE', receiverWorkflowNamesToVersions };
    const { id } = this.json(await this.good('POST', '/api/metadata/webhook', config)) as { id: string };
    this.webhooks.set(version, id);
    return id;
  }

  private async newestEvent(webhookId: string) {
    const query = queryOf({ webhookId, limit: '1' });
    const listed = this.json(await this.good('GET', `/api/webhook-events?${query}`));
    const [event] = listed as { seq: number; effects: { type: string; workflowId?: string; taskRef?: string }[] }[];
    return event;
  }
}

const queryOf = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();

/** What addresses answer that HTTP tasks call. */
export function answering(answers: ReadonlyMap<string, Answer>): CallOut {
  return async ({ method, url }) => {
    const what = `${method} ${new URL(url).pathname}`;
    const answer = answers.get(what);
    if (!answer) return { type: 'fault', reason: `nobody answers ${what}`, retryable: true };
    const body = new TextEncoder().encode(JSON.stringify(answer.body ?? null));
    const headers = { 'content-type': ['application/json'] };
    return { type: 'response', status: answer.status, headers, body, truncated: false };
  };
}

function saidOf({ status, text }: Reply): Said {
  if (status < 300) return 'done';
  const said = ({ 400: 'invalid', 404: 'notFound', 409: 'conflict', 413: 'tooLarge' } as const)[status];
  assert.ok(said, `${status} ${text}`);
  return said;
}

function seenTask(wire: WireTask): SeenTask {
  const { taskId, taskType, status, retryCount, iteration, pollCount, workerId, domain, subWorkflowId } = wire;
  const written = wire.workflowTask?.type ?? 'SIMPLE';
  const reason = wire.reasonForIncompletion;
  return {
    ...{ taskId, status, retryCount, iteration, pollCount },
    ref: wire.referenceTaskName,
    type: RENAMED.has(taskType) || taskType === wire.taskDefName ? written : taskType,
    input: wire.inputData,
    output: wire.outputData,
    ...(reason !== undefined && { reason }),
    ...(workerId !== undefined && { workerId }),
    ...(domain !== undefined && { domain }),
    ...(subWorkflowId !== undefined && { subWorkflowId }),
  };
}
