// A whole server as a child process, for benchmarks and kill tests: started, waited for, killed, started again.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts');
/** A start takes 3 s of processor time; with a dozen others on two cores that is half a minute. */
const START_DEADLINE_MS = 60_000;
const HEALTH_LIMIT_MS = 5_000;

export interface ServerProcess {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  /** Ends the process as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to stop, as a supervisor would; answers its exit code. */
  stop(): Promise<number | null>;
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts `fermata serve` and answers when it is healthy. Its output is shown only when it fails to start. */
export async function startServer(options: {
  databaseUrl: string;
  port: number;
  env?: Record<string, string>;
}): Promise<ServerProcess> {
  const { databaseUrl, port, env } = options;
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      LOG_LEVEL: 'error',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (output = (output + String(chunk)).slice(-4_000)));
  const url = `http://127.0.0.1:${port}`;
  const giveUpAt = Date.now() + START_DEADLINE_MS;
  while (!(await isHealthy(url))) {
    if (child.exitCode !== null || Date.now() > giveUpAt) {
      child.kill('SIGKILL');
      throw new Error(`the server did not start:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return {
    port,
    url,
    pid: child.pid as number,
    kill: () => end(child, 'SIGKILL').then(() => undefined),
    stop: () => end(child, 'SIGTERM'),
  };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`, { signal: AbortSignal.timeout(HEALTH_LIMIT_MS) })).ok;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
  return child.exitCode;
}
