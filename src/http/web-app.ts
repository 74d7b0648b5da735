// The web app: the files that the build left in ui/dist, and its one page for every address of the app.
// The page gets a fresh nonce for each answer, so that the policy can refuse every script and style that is not ours.

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
/** Names under assets/ carry a hash of their content, so they never change. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';
/** 5 of 11: within 3 % of the best size for our files, at a tenth of the time. */
const BROTLI_QUALITY = 5;

type Coding = 'br' | 'gzip' | 'identity';
type Bodies = Record<Coding, () => Promise<Buffer>>;

interface File {
  readonly type: string;
  readonly caching: string;
  readonly bodies: Bodies;
}

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};

/** Compressed when first asked for, then kept: all files together are a few megabytes. */
function bodiesOf(body: Buffer): Bodies {
  return {
    identity: async () => body,
    gzip: once(() => promisify(gzip)(body)),
    br: once(() => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })),
  };
}

function codingFor(accepted: string | undefined): Coding {
  const codings = new Set((accepted ?? '').split(',').map((part) => part.split(';', 1)[0]?.trim()));
  return codings.has('br') ? 'br' : codings.has('gzip') ? 'gzip' : 'identity';
}

/** All files of the build by their path in it; undefined when it has not been built. */
function readBuild(folder: string): { page: string; files: Map<string, File> } | undefined {
  const files = new Map<string, File>();
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const type = TYPES[extname(entry.name)];
      if (!entry.isFile() || !type) continue;
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(folder.length + 1).replaceAll('\\', '/');
      const caching = name.startsWith('assets/') ? FOR_EVER : ASK_AGAIN;
      files.set(name, { type, caching, bodies: bodiesOf(readFileSync(path)) });
    }
    return { page: readFileSync(join(folder, 'index.html'), 'utf8'), files };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Nothing may run or be loaded but what the server itself serves; no site may frame the app. */
const policy = (nonce: string): string =>
  `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; ` +
  `connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'`;

/** Serves the app at every address that nothing else answers. Without a build these addresses stay unknown. */
export function serveWebApp(app: FastifyInstance, options: { folder: string; newNonce: () => string }): void {
  const build = readBuild(options.folder);
  if (!build) return;

  const sendFile = async (file: File, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const coding = codingFor(request.headers['accept-encoding']);
    if (coding !== 'identity') reply.header('Content-Encoding', coding);
    return reply
      .headers({
        'Content-Type': file.type,
        'Cache-Control': file.caching,
        Vary: 'Accept-Encoding',
        'X-Content-Type-Options': 'nosniff',
      })
      .send(await file.bodies[coding]());
  };

  const sendPage = (path: string, reply: FastifyReply): FastifyReply => {
    const nonce = options.newNonce();
    const up = '../'.repeat(path.split('/').length - 2) || './';
    return reply
      .headers({
        'Content-Type': 'text/html; charset=utf-8',
        'Cache-Control': 'no-store',
        'Content-Security-Policy': policy(nonce),
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'same-origin',
      })
      .send(build.page.replaceAll('__CSP_NONCE__', nonce).replace('<base href="/" />', `<base href="${up}" />`));
  };

  app.get('/*', (request, reply) => {
    const path = request.url.split('?', 1)[0] as string;
    const file = build.files.get(path.slice(1));
    if (file) return sendFile(file, request, reply);
    const isBrowser = request.headers.accept?.includes('text/html') === true;
    // At the root there is nothing else: whoever looks whether a server is there gets an answer.
    const wantsPage = path === '/' || (isBrowser && extname(path) === '');
    if (wantsPage && !/^\/(api|webhook|callback)(\/|$)/.test(path)) return sendPage(path, reply);
    reply.callNotFound();
    return reply;
  });
}
