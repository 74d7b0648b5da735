// The web app as a browser gets it: page with nonce and policy, hashed files, compression, and what is left to the API.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { fastify } from 'fastify';
import { serveWebApp } from './web-app.ts';

const PAGE = '<base href="/" /><script nonce="__CSP_NONCE__"></script>';
const HTML = { accept: 'text/html,*/*' };

describe('web app', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-app-'));
  const app = fastify();
  let nonces = 0;

  before(() => {
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), PAGE);
    writeFileSync(join(folder, 'assets', 'index-1a2b.js'), 'export {};'.repeat(100));
    app.setNotFoundHandler((_request, reply) => reply.code(404).send('unknown'));
    serveWebApp(app, { folder, newNonce: () => `nonce-${++nonces}` });
  });
  after(() => rmSync(folder, { recursive: true }));

  it('serves its page at every address of the app, with a fresh nonce and the way up to its root', async () => {
    const first = await app.inject({ url: '/', headers: HTML });
    const second = await app.inject({ url: '/executions/a/b?tab=json', headers: HTML });
    assert.equal(first.body, '<base href="./" /><script nonce="nonce-1"></script>');
    assert.equal(second.body, '<base href="../../" /><script nonce="nonce-2"></script>');
    assert.match(
      String(second.headers['content-security-policy']),
      /default-src 'none'.*'nonce-nonce-2'.*frame-ancestors 'none'/,
    );
    assert.equal(second.headers['cache-control'], 'no-store');
  });

  it('sends files compressed, and those with a hash in their name for ever', async () => {
    const answer = await app.inject({ url: '/assets/index-1a2b.js', headers: { 'accept-encoding': 'gzip, br' } });
    assert.equal(answer.headers['content-encoding'], 'br');
    assert.match(String(answer.headers['cache-control']), /immutable/);
    assert.equal(brotliDecompressSync(answer.rawPayload).toString(), 'export {};'.repeat(100));
  });

  it('leaves to others what is no page: calls of the API, files that are not there, paths that climb out', async () => {
    for (const url of ['/api/nothing', '/webhook/nothing', '/assets/gone.js', '/..%2f..%2fetc%2fpasswd.js'])
      assert.equal((await app.inject({ url, headers: HTML })).statusCode, 404, url);
    assert.equal((await app.inject({ url: '/executions', headers: { accept: 'application/json' } })).statusCode, 404);
  });

  it('answers at the root whoever asks, so that a plain request sees that a server is there', async () => {
    assert.match((await app.inject({ url: '/', headers: { accept: '*/*' } })).body, /<base href/);
  });

  it('is not there when it has not been built', async () => {
    const bare = fastify();
    serveWebApp(bare, { folder: join(folder, 'nowhere'), newNonce: () => '' });
    assert.equal((await bare.inject({ url: '/', headers: HTML })).statusCode, 404);
  });
});
