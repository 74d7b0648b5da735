// `fermata serve`: starts the server, says where it is and what to do next, and stops it cleanly on SIGTERM and SIGINT.

import { flushCompileCache } from 'node:module';
import { type Config, readConfig } from '../config.ts';
import { pause, systemClock } from '../lib/clock.ts';
import { type Server, startServer, VERSION } from '../server.ts';

/** Orchestrators kill a process that has not stopped after 30 s (Kubernetes) or 10 s (Docker). */
const STOP_LIMIT_MS = 9_000;

/** Runs until it is told to stop; answers the exit code. */
export async function serve(): Promise<number> {
  const result = readConfig();
  if (!result.ok) {
    for (const problem of result.problems) console.error(`fermata: ${problem}`);
    return 1;
  }
  const { config } = result;
  let server: Server;
  try {
    server = await startServer(config);
  } catch (error) {
    console.error(`fermata: ${explain(error as NodeJS.ErrnoException, config)}`);
    return 1;
  }
  const told = toldToStop();
  console.log(welcome(server.url, config));
  // Now, and not at the end: whoever is killed starts faster the next time, too.
  flushCompileCache();
  const signal = await told;
  console.log(`${signal}: finishing what is under way …`);
  const over = new AbortController();
  const stopping = server.close().then(() => 'stopped' as const);
  const how = await Promise.race([stopping, pause(systemClock, STOP_LIMIT_MS, over.signal), toldToStop()]);
  over.abort();
  if (how === 'stopped') {
    console.log('Stopped.');
    return 0;
  }
  console.error(
    'fermata: stopped before everything was finished; what was accepted is in the database and goes on at the next start.',
  );
  process.exit(1);
}

function toldToStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}

function explain(error: NodeJS.ErrnoException, { host, port, database }: Config): string {
  // An error of the database's thread arrives without its code, but its message names it.
  switch (error.code ?? /\bE[A-Z]{5,}\b/.exec(error.message)?.[0]) {
    case 'EADDRINUSE':
      return `port ${port} is taken by another program; stop it, or choose another port: PORT=${port + 1} npm start`;
    case 'EACCES':
      return `this user may not listen on port ${port} or not open the database; choose a PORT above 1023 and a path you own`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST is ${host}, which is no address of this machine; use 127.0.0.1, or 0.0.0.0 for all`;
    case 'ECONNREFUSED':
      return `the database does not answer; look at DATABASE_URL and whether PostgreSQL runs`;
    default: {
      const what = database.type === 'sqlite' ? `the database ${database.path}` : 'the PostgreSQL database';
      return `the server could not start with ${what}: ${error.message}`;
    }
  }
}

function welcome(url: string, { database, apiKey, publicUrl }: Config): string {
  const place =
    database.type === 'sqlite' ? `SQLite, ${database.path}` : `PostgreSQL, ${withoutPassword(database.url)}`;
  const key = apiKey === undefined ? '' : ` -H "X-Authorization: $FERMATA_API_KEY"`;
  return `𝄐 Fermata ${VERSION} listens on ${url}

  database   ${place}
  access     ${apiKey === undefined ? 'this machine only, no key needed' : 'with FERMATA_API_KEY; inbound addresses are open'}
  webhooks   ${publicUrl ?? url}/webhook/{id}

Next:
  open the web app            ${url}
  read the API                ${url}/docs/api
  see it work from end to end npm run demo
  ask for the definitions     curl${key} ${url}/api/metadata/workflow
Stop with Ctrl-C.`;
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return 'as DATABASE_URL says';
  const shown = new URL(url);
  return `${shown.host}${shown.pathname}`;
}
