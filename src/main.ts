#!/usr/bin/env node
// The command `fermata`: finds the file of the asked-for command in cli/ and runs it.

import type { ServerCommand } from './cli/server-command.ts';
import { keepCompiled } from './compile-cache.ts';
import { collectLessOften } from './heap.ts';

collectLessOften();
keepCompiled();
// Only what is imported from here on is kept.
const { VERSION } = await import('./server.ts');

const HELP = `Fermata ${VERSION}: durable workflows that hold until a webhook gives the cue.

  fermata serve      start the server (this is what "fermata" alone does too)
  fermata send-sample <webhook id> [--dry-run] [--body FILE] [--server URL] [--key KEY]
                     send a webhook a signed sample of its platform, or show what it would do
  fermata test-webhook <flow> <file.json> [--server URL] [--key KEY]
                     send a test of an outgoing webhook
  fermata rotate-secret <flow> <webhook id> [--secret-file FILE] [--server URL] [--key KEY]
                     give an outgoing webhook a new secret; the one so far signs beside it
  fermata --version  the version
  fermata --help     this text

Settings are read from the environment: HOST, PORT, DATABASE_URL, FERMATA_API_KEY, FERMATA_SECRET_KEY, PUBLIC_URL,
ALLOWED_NETWORKS, KEEP_EXECUTIONS_DAYS, KEEP_EVENTS_DAYS, KEEP_LOGS_DAYS, KEEP_DELIVERIES_DAYS, KEEP_HISTORY_DAYS,
FLOW_WEBHOOK_LIMIT, DELIVERY_TIMEOUT_SECONDS, LOG_LEVEL. README.md says what each of them means.`;

const ASKING_A_SERVER: Readonly<Record<string, () => Promise<ServerCommand>>> = {
  'send-sample': async () => (await import('./cli/send-sample.ts')).sendSample,
  'test-webhook': async () => (await import('./cli/test-webhook.ts')).testWebhook,
  'rotate-secret': async () => (await import('./cli/rotate-secret.ts')).rotateSecret,
};

const say = (line: string): void => console.log(line);

const [first = 'serve', ...rest] = process.argv.slice(2);
const isHelp = (word: string): boolean => word === '--help' || word === '-h';
const command = [first, ...rest].some(isHelp) ? 'help' : first;
const takesNothing = ['serve', '--version', '-v'].includes(command);

if (command === 'help') say(HELP);
else if (Object.hasOwn(ASKING_A_SERVER, command)) {
  const { runServerCommand } = await import('./cli/server-command.ts');
  const chosen = (await ASKING_A_SERVER[command]?.()) as ServerCommand;
  process.exitCode = await runServerCommand(chosen, rest, fetch, say);
} else if (!takesNothing || rest.length > 0) {
  console.error(`fermata: "${[first, ...rest].join(' ')}" is not a command.\n\n${HELP}`);
  process.exitCode = 2;
} else if (command === 'serve') {
  const { serve } = await import('./cli/serve.ts');
  process.exitCode = await serve();
} else say(VERSION);
