// The server about itself: health, version, metrics, and the token that Conductor's SDKs ask for.

import { z } from 'zod';
import { json, problem, text } from '../answer.ts';
import type { AppDeps } from '../deps.ts';
import type { Route, RouteNeed } from '../route.ts';
import { route } from '../route.ts';

const tag = { tag: 'Server' };

const Health = z.object({ healthy: z.boolean() });

export function serverRoutes({ store, gate, metrics, version }: AppDeps): readonly Route[] {
  metrics.gauge('fermata_queue_depth', 'Tasks that wait for a worker.', ['queue'], async (gauge) => {
    gauge.reset();
    for (const { queue, size } of await store.tasks.queueSizes()) gauge.inc({ queue }, size);
  });
  const health = (path: '/health' | '/api/health') =>
    route({
      method: 'GET',
      path,
      need: 'open',
      ...tag,
      summary: 'Whether the server and its database work',
      answers: { 200: Health, 503: Health },
      run: async () => {
        const healthy = await store.healthy().catch(() => false);
        return json({ healthy }, healthy ? 200 : 503);
      },
    });
  const read: RouteNeed = 'read';
  return [
    health('/health'),
    health('/api/health'),
    route({
      method: 'GET',
      path: '/api/version',
      need: read,
      ...tag,
      summary: 'Version of the server, as plain text',
      answers: { 200: 'text' },
      run: async () => text(version),
    }),
    route({
      method: 'GET',
      path: '/metrics',
      need: read,
      ...tag,
      summary: 'Numbers for Prometheus',
      answers: { 200: 'text' },
      run: async () => text(await metrics.text(), { 'Content-Type': metrics.contentType }),
    }),
    route({
      method: 'POST',
      path: '/api/token',
      need: 'open',
      ...tag,
      summary: 'A token for the key of the installation: keySecret is the key, keyId is free',
      body: z.object({ keyId: z.string().optional(), keySecret: z.string() }),
      answers: { 200: z.object({ token: z.string() }), 401: 'nothing' },
      run: async ({ body }) => {
        const token = gate.issueToken(body.keySecret);
        return token === undefined ? problem(401, 'keySecret is not the key of this installation') : json({ token });
      },
    }),
  ];
}
