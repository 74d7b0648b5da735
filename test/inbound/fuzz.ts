// Random and nearly right requests through the whole inbound path: a socket, the HTTP handler, formats, verifiers, store.
// Those that no HTTP client can send (headers with control characters) go to the handler's own door.
// `node test/inbound/fuzz.ts 100000` for a long run; the suite runs a short one.

import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { fastify } from 'fastify';
import { takeBytes } from '../../src/http/bodies.ts';
import { answerFailures } from '../../src/http/failures.ts';
import { inboundRoutes } from '../../src/http/routes/inbound.ts';
import { createReceive } from '../../src/inbound/receive.ts';
import type { RawRequest } from '../../src/inbound/verifiers/verifier.ts';
import type { WebhookConfig } from '../../src/inbound/webhook.ts';
import { createWebhooks } from '../../src/inbound/webhooks.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createIds } from '../../src/lib/ids.ts';
import { createLog } from '../../src/lib/log.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { openStore } from '../../src/store/open.ts';

export interface FuzzResult {
  readonly requests: number;
  /** How many of them came over a socket. */
  readonly overHttp: number;
  /** Status -> how often. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests that were answered with 500 or not at all. */
  readonly wrong: readonly string[];
  readonly slowestMs: number;
  /** Heap after a collection, or after a tenth of the run when there is none, and at the end. */
  readonly heapMiB: readonly [number, number];
}

const SECRET = 'It is a secret to everybody';
const to = { receiverWorkflowNamesToVersions: { hold: 1 }, workflowsToStart: { none: 1 } };
const HOOKS: readonly WebhookConfig[] = [
  { name: 'none', verifier: 'NONE', ...to },
  { name: 'github', verifier: 'SIGNATURE_BASED', sourcePlatform: 'Github', secretValue: SECRET, ...to },
  { name: 'observed', verifier: 'STRIPE', secretValue: SECRET, observe: true, ...to },
  { name: 'slack', verifier: 'PLATFORM', sourcePlatform: 'Slack', secretValue: SECRET, ...to },
  { name: 'twilio', verifier: 'PLATFORM', sourcePlatform: 'Twilio', secretValue: SECRET, ...to },
  { name: 'batch', verifier: 'HEADER_BASED', sourcePlatform: 'SendGrid', headers: { 'x-a': 'b' }, ...to },
  { name: 'ordered', verifier: 'NONE', matching: { orderBy: '$.id', deliver: 'one' }, ...to },
];

const TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'text/xml',
  'application/cloudevents+json',
  'text/plain; charset=utf-16le',
  'image/png',
  'application/json; charset=nonsense',
  '',
];
const PIECES = [
  '--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n',
  '--x--',
  '<a><![CDATA[',
  '<!DOCTYPE a>',
  '</a>',
  '{"__proto__":{"x":1}}',
  '[[[[[[',
  '"id":',
  'payload=%7B%7D&',
  '\u0000',
  '\ud800',
  '%zz&a[]=1',
  '$headers',
];

const text = fc.oneof(
  fc.json({ maxDepth: 6 }),
  fc
    .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 12 })
    .map((parts) => parts.join('')),
  fc.nat({ max: 3_000 }).map((n) => '['.repeat(n) + ']'.repeat(n)),
);
const body = fc.oneof(
  text.map((one) => Buffer.from(one)),
  fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one)),
);
const PACK = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;
const coding = fc.constantFrom(undefined, undefined, undefined, 'gzip', 'deflate', 'br', 'gzip, gzip', 'nonsense');

const request = fc.record({
  hook: fc.nat({ max: HOOKS.length - 1 }),
  method: fc.constantFrom('POST', 'POST', 'POST', 'PUT', 'GET', 'OPTIONS', 'HEAD'),
  type: fc.constantFrom(...TYPES),
  coding,
  packs: fc.boolean(),
  signs: fc.boolean(),
  query: fc.oneof(
    fc.constant(''),
    fc.webQueryParameters(),
    fc.constantFrom('%', '&&=', '__proto__=1', 'hub.mode=subscribe&hub.challenge=1'),
  ),
  headers: fc.dictionary(
    fc.constantFrom(
      'x-a',
      'x-hub-signature-256',
      'stripe-signature',
      'x-slack-signature',
      'x-slack-request-timestamp',
      'authorization',
      '__proto__',
    ),
    fc.array(fc.oneof(fc.constantFrom('b', 'sha256=', 't=1,v1=x', 'v0='), fc.string({ maxLength: 40 })), {
      minLength: 1,
      maxLength: 2,
    }),
  ),
  body,
});

type Draft = typeof request extends fc.Arbitrary<infer T> ? T : never;

function requestOf(draft: Draft): RawRequest {
  const pack = draft.packs && draft.coding !== undefined ? PACK[draft.coding as keyof typeof PACK] : undefined;
  const bytes = pack ? pack(draft.body) : draft.body;
  const url = `/webhook/x${draft.query === '' ? '' : `?${draft.query}`}`;
  const signature = `sha256=${createHmac('sha256', SECRET).update(bytes).digest('hex')}`;
  return {
    method: draft.method,
    url,
    publicUrl: `http://localhost${url}`,
    query: draft.query,
    headers: {
      ...draft.headers,
      ...(draft.type !== '' && { 'content-type': [draft.type] }),
      ...(draft.coding !== undefined && { 'content-encoding': [draft.coding] }),
      ...(draft.signs && { 'x-hub-signature-256': [signature] }),
    },
    body: bytes,
  };
}

const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;
const canBeSent = ({ headers, url }: RawRequest): boolean =>
  /^[\x21-\x7e]+$/.test(url) && Object.values(headers).every((values) => values.every((value) => SENDABLE.test(value)));

const agent = new Agent({ keepAlive: true });
/** Far beyond what any request takes, so that a request which hangs is told. */
const HANG_MS = 60_000;

/** Sends a request over a socket; answers its status. */
function overHttp(port: number, path: string, { method, url, headers, body }: RawRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
    const sent = httpRequest({ agent, port, method, path: path + query, headers: {} }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.setTimeout(HANG_MS, () => sent.destroy(new Error('no answer')));
    sent.once('error', reject);
    for (const [name, values] of Object.entries(headers)) sent.setHeader(name, [...values]);
    sent.setHeader('content-length', body.length);
    sent.end(body);
  });
}

const heapMiB = (): number => {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
};

/** Requests that are under way at once. */
const AT_ONCE = 50;

export async function fuzz(requests: number, seed: number): Promise<FuzzResult> {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-fuzz-'));
  const ids = createIds(systemClock.now);
  const env = { newId: ids.next, random: ids.random, evaluate: () => ({ ok: false as const, reason: 'not here' }) };
  const store = await openStore({ url: `sqlite:${join(folder, 'fuzz.db')}`, env });
  const webhooks = createWebhooks(store, systemClock, ids);
  const receive = createReceive({
    ...{ store, webhooks, clock: systemClock, ids },
    runExpression: async () => ({ ok: false, reason: 'not here' }),
    documents: { get: async () => ({ type: 'unavailable' }) },
    visit: async () => false,
    onHeld: () => {},
    onFault: (error: unknown) => {
      throw error;
    },
  });
  const tasks = [
    { name: 'w', taskReferenceName: 'w', type: 'WAIT_FOR_WEBHOOK', inputParameters: { matches: { '$.id': '1' } } },
  ];
  await store.definitions.putWorkflow({ name: 'hold', version: 1, tasks }, { overwrite: true, now: systemClock.now() });
  await store.workflows.start({ id: ids.next(), name: 'hold', input: {}, now: systemClock.now() });
  for (const [i, config] of HOOKS.entries()) await webhooks.create(config, { id: `hook-${i}`, createdBy: 'fuzz' });
  const app = fastify({ logger: false });
  takeBytes(app);
  answerFailures(app, createLog('error', { write: () => {} }));
  inboundRoutes(app, { receive, publicUrl: () => 'http://localhost', metrics: createMetrics({ process: false }) });
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  let sockets = 0;
  const statuses: Record<string, number> = {};
  const wrong: string[] = [];
  let slowestMs = 0;
  let early = 0;
  const send = async (draft: Draft): Promise<void> => {
    const from = performance.now();
    try {
      const sent = requestOf(draft);
      const isHttp = canBeSent(sent);
      if (isHttp) sockets += 1;
      const status = isHttp
        ? await overHttp(port, `/webhook/hook-${draft.hook}`, sent)
        : (await receive(`hook-${draft.hook}`, sent)).status;
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status === 500 || status < 200 || status > 599) wrong.push(`${status}: ${JSON.stringify(draft)}`);
    } catch (error) {
      wrong.push(`${(error as Error).stack}: ${JSON.stringify(draft)}`);
    }
    slowestMs = Math.max(slowestMs, performance.now() - from);
  };
  for (let done = 0; done < requests; done += AT_ONCE) {
    const drafts = fc.sample(request, { numRuns: Math.min(AT_ONCE, requests - done), seed: seed + done });
    await Promise.all(drafts.map(send));
    if (early === 0 && done >= requests / 10) early = heapMiB();
  }
  await store.idle();
  agent.destroy();
  await app.close();
  const result = {
    requests,
    overHttp: sockets,
    statuses,
    wrong,
    slowestMs: Math.round(slowestMs),
    heapMiB: [early, heapMiB()] as const,
  };
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  return result;
}

if (import.meta.main) {
  const [, , count = '100000', seed = '1'] = process.argv;
  const { wrong, ...rest } = await fuzz(Number(count), Number(seed));
  console.log(JSON.stringify({ ...rest, wrong: wrong.length }));
  for (const one of wrong.slice(0, 5)) console.log(one);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
