// Samples of a webhook's platform, signed as the platform would: sent through the whole way, or only shown, with what they
// would do. Showing one stores nothing and wakes nobody.

import { type Refusal, refused } from '../core/command.ts';
import { isWaiting } from '../core/match.ts';
import type { Workflow } from '../core/model.ts';
import { documentOf } from '../store/document.ts';
import type { Candidate, NewEvent, Route } from '../store/store.ts';
import { fixedAnswer, type Said } from './answer-rule.ts';
import type { Call, InboundDeps } from './call.ts';
import { type Explained, explainMatch, nearest } from './explain.ts';
import { judge } from './judge.ts';
import { sampleDraft } from './platforms/sample.ts';
import { eventsIn, type InboundAnswer, type Judged, type Receive } from './receive.ts';
import { routeOf } from './routing.ts';
import { redactedHeaders, redactedUrl } from './secrets.ts';
import { unpack } from './unpack.ts';
import { sign } from './verifiers/index.ts';
import { arrived, type Draft } from './verifiers/verifier.ts';
import type { ReadyWebhook } from './webhooks.ts';

/** Another body than the platform's sample has; it is signed in the same way. */
export interface SampleWish {
  readonly body?: string | undefined;
}

export interface Samples {
  /** Sends a sample to the webhook; signed, unless only the platform itself can. Answers what the sender would hear. */
  sample(webhookId: string, wish?: SampleWish): Promise<InboundAnswer | Refusal>;
  /** The same without sending it. */
  sampleDryRun(webhookId: string, wish?: SampleWish): Promise<SampleDryRun | Refusal>;
}

export interface SampleDryRun {
  /** Credentials are masked; signatures are not. */
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly signed: boolean;
  readonly verdict: Judged['verdict'] | 'refused' | 'challenge';
  readonly code?: string;
  readonly reason?: string;
  /** What the sender would hear at once; absent: the answer of the workflow. */
  readonly answer?: Said;
  /** The webhook is paused or keeps an order, so events wait for their turn. */
  readonly held: boolean;
  readonly events: readonly SampleEvent[];
}

interface SampleEvent {
  readonly eventType?: string;
  /** JSON text of what is matched and given to workflows. */
  readonly payload: string;
  /** Why the event goes nowhere. */
  readonly reason?: string;
  readonly resumes: readonly Pick<Candidate, 'workflowId' | 'workflowName' | 'taskRef'>[];
  readonly starts: readonly SampleStart[];
  /** Open waits that it would not end, those that it misses least first. */
  readonly misses: readonly Explained[];
}

interface SampleStart {
  readonly name: string;
  readonly version?: number;
  readonly idempotencyKey?: string;
  /** An execution that has this key already. */
  readonly existing?: string;
  /** Why nothing can be started. */
  readonly reason?: string;
}

export interface SampleDeps extends InboundDeps {
  readonly receive: Receive;
  readonly publicUrl: () => string;
  /** Executions of a workflow that are open, the newest first, at most some. */
  readonly running: (name: string) => Promise<readonly Workflow[]>;
}

const MASK = '***';

export function createSamples(deps: SampleDeps): Samples {
  const made = async (webhookId: string, { body }: SampleWish): Promise<MadeSample | Refusal> => {
    const ready = await deps.webhooks.ready(webhookId, true);
    if (!ready) return refused('notFound', `no such webhook: ${webhookId}`);
    if (!ready.verifier || !ready.platform) return refused('invalid', 'the configuration of the webhook cannot work');
    const plain = sampleDraft(ready.platform, `${deps.publicUrl()}/webhook/${webhookId}`);
    const draft = body === undefined ? plain : { ...plain, body: Buffer.from(body) };
    const signed = sign(ready.verifier, draft, deps.clock.now());
    if (signed.ok) return { ready, draft: signed.request };
    return { ready, draft, unproven: `a sample without proof: ${signed.reason}` };
  };
  return {
    async sample(webhookId, wish = {}) {
      const one = await made(webhookId, wish);
      if ('type' in one) return one;
      const { draft, unproven } = one;
      const answer = await deps.receive(
        webhookId,
        arrived(draft),
        undefined,
        unproven === undefined ? {} : { unproven },
      );
      const reason = answer.reason ?? unproven;
      return reason === undefined ? answer : { ...answer, reason };
    },
    async sampleDryRun(webhookId, wish = {}) {
      const one = await made(webhookId, wish);
      return 'type' in one ? one : dryRun(deps, one);
    },
  };
}

interface MadeSample {
  readonly ready: ReadyWebhook;
  readonly draft: Draft;
  /** Why it is not signed. */
  readonly unproven?: string;
}

async function dryRun(deps: SampleDeps, { ready, draft, unproven }: MadeSample): Promise<SampleDryRun | Refusal> {
  const request = arrived(draft);
  const shown = { request: shownRequest(ready, draft), signed: unproven === undefined };
  const unpacked = await unpack(request, ready.webhook.config.limits?.maxBytes);
  if (!unpacked.ok) return refused('invalid', unpacked.reason);
  const call: Call = { deps, ready, request, unpacked, now: deps.clock.now(), traceId: undefined, isSample: true };
  const judged = await judgedSample(call, unproven);
  const refusal = (rest: Told & Pick<SampleDryRun, 'verdict'>): SampleDryRun => ({
    ...{ ...shown, held: false, events: [] },
    ...rest,
  });
  if (judged.verdict === 'refused' || judged.verdict === 'challenge') return refusal(judged);
  const made = await eventsIn(call, judged, true);
  if (!made.ok)
    return refusal({ verdict: 'refused', reason: made.reason, answer: { status: made.status, headers: {}, body: '' } });
  const events = made.events.filter(({ verdict }) => verdict !== 'batch');
  const { code, reason } = judged;
  const isFixed = ready.webhook.config.answer?.type !== 'workflow';
  return {
    ...shown,
    verdict: judged.verdict,
    ...(code !== undefined && { code }),
    ...(reason !== undefined && { reason }),
    ...(isFixed && { answer: fixedAnswer(ready) }),
    held: events.some(({ line }) => line !== undefined),
    events: await Promise.all(events.map((event) => effectsOf(deps, ready, event))),
  };
}

type Told = Pick<SampleDryRun, 'code' | 'reason' | 'answer'>;
type JudgedSample = Judged | (Told & { readonly verdict: 'refused' }) | (Told & { readonly verdict: 'challenge' });

async function judgedSample(call: Call, unproven: string | undefined): Promise<JudgedSample> {
  if (unproven !== undefined) return { verdict: 'observed', code: 'not_signed', reason: unproven };
  const { verdict } = await judge(call);
  switch (verdict.type) {
    case 'verified':
      return { verdict: 'verified', secretId: verdict.secretId };
    case 'challenge': {
      const { status, headers, body } = verdict;
      return { verdict: 'challenge', answer: { status, headers, body } };
    }
    case 'refused': {
      const { status, headers, code, reason } = verdict;
      if (call.ready.webhook.config.observe) return { verdict: 'observed', code, reason };
      return { verdict: 'refused', code, reason, answer: { status, headers, body: '' } };
    }
  }
}

/** What travels as it is, is not shown: whoever reads it could send events of his own. */
function shownRequest({ credentials, verifier }: ReadyWebhook, draft: Draft): SampleDryRun['request'] {
  const { headers } = arrived(draft);
  const redacted = redactedHeaders(headers, credentials);
  const names = Object.entries(draft.headers).map(([name, value]) => {
    return [name, redacted[name.toLowerCase()]?.[0] ?? value] as const;
  });
  const text = Buffer.from(draft.body).toString('utf8');
  const secrets = verifier?.scheme.type === 'body-field' ? verifier.secrets : [];
  return {
    method: draft.method,
    url: redactedUrl(draft.publicUrl, credentials),
    headers: Object.fromEntries(names),
    body: secrets.reduce((shown, { value }) => shown.replaceAll(JSON.stringify(value), JSON.stringify(MASK)), text),
  };
}

async function effectsOf(deps: SampleDeps, ready: ReadyWebhook, event: NewEvent): Promise<SampleEvent> {
  const document = documentOf(event);
  const eventType = event.about?.eventType;
  const shown = {
    ...(typeof eventType === 'string' && { eventType }),
    payload: JSON.stringify(document ?? {}),
  };
  // A held one is routed when its turn comes.
  const route = event.route ?? (await routeOf(deps, ready, event.eventId, { ...document }));
  if (typeof route === 'string') return { ...shown, reason: route, resumes: [], starts: [], misses: [] };
  const fitting = (await deps.store.events.candidates(event, route)).filter(({ accepts }) => accepts);
  const chosen = chosenOf(fitting, route);
  const isTaken = route.resumes === true && chosen.length > 0;
  return {
    ...shown,
    resumes: chosen.map(({ workflowId, workflowName, taskRef }) => ({ workflowId, workflowName, taskRef })),
    starts: isTaken ? [] : await Promise.all(route.starts.map((start) => startOf(deps, start))),
    misses: await missesOf(deps, { ...event, route }, route, chosen),
  };
}

/** `one` of several is an error, and ends none. */
function chosenOf(fitting: readonly Candidate[], { deliver, resumes }: Route): readonly Candidate[] {
  switch (deliver ?? (resumes ? 'oldest' : 'all')) {
    case 'all':
      return fitting;
    case 'oldest':
      return fitting.slice(0, 1);
    case 'newest':
      return fitting.slice(-1);
    case 'one':
      return fitting.length === 1 ? fitting : [];
  }
}

async function startOf(
  { store }: SampleDeps,
  { name, version, idempotencyKey }: Route['starts'][number],
): Promise<SampleStart> {
  const def = await store.definitions.getWorkflow(name, version);
  const reason = `there is no workflow ${name}${version === undefined ? '' : ` of version ${version}`}`;
  const sort = { by: 'startedAt', descending: true } as const;
  const found =
    idempotencyKey === undefined
      ? undefined
      : await store.workflows.search({ names: [name], idempotencyKeys: [idempotencyKey], sort, offset: 0, limit: 1 });
  const existing = found?.rows[0]?.id;
  return {
    ...{ name, ...(def && { version: def.version }) },
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(existing !== undefined && { existing }),
    ...(!def && { reason }),
  };
}

async function missesOf(
  deps: SampleDeps,
  event: NewEvent,
  route: Route,
  chosen: readonly Candidate[],
): Promise<readonly Explained[]> {
  const names = new Set(route.receivers.map(({ name }) => name));
  const workflows = (await Promise.all([...names].map(deps.running))).flat();
  const document = documentOf(event);
  const explained = workflows.flatMap((workflow) =>
    workflow.tasks.filter(isWaiting).map((task) => explainMatch({ ...event, effects: [] }, document, workflow, task)),
  );
  return nearest(
    explained.filter(
      ({ workflowId, taskRef }) => !chosen.some((one) => one.workflowId === workflowId && one.taskRef === taskRef),
    ),
  );
}
