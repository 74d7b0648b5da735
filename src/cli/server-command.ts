// What commands have in common that ask a running server for one thing: read the arguments, send a request, tell the answer.

import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';

const DEFAULT_SERVER = 'http://localhost:8080';
const COMMON_USAGE = `[--server ${DEFAULT_SERVER}] [--key <key of the installation>]`;
const COMMON_OPTIONS = { server: { type: 'string', default: DEFAULT_SERVER }, key: { type: 'string' } } as const;

type Say = (line: string) => void;
type Answer = Readonly<Record<string, unknown>>;

/** What was typed: `words` stand without a dash, `values` are the options that are there. */
export interface Typed {
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

export interface ServerCommand {
  /** Without the options that all have. */
  readonly usage: string;
  /** How many words it needs. */
  readonly words: number;
  /** Options of its own. */
  readonly options?: ParseArgsConfig['options'];
  /** Name of the file to read first; undefined: none. */
  readonly file: (typed: Typed) => string | undefined;
  /** `text`: what was in the file. `path` from the slash on, `body` as JSON text. */
  readonly request: (typed: Typed, text: string | undefined) => { readonly path: string; readonly body: string };
  /** Tells the answer; 0 when it is the one that was hoped for, else 1. */
  readonly tell: (answer: Answer, typed: Typed, say: Say) => number;
}

/** Runs it and answers the exit code: 1 also when the server refused or did not answer, 2 when it was asked for wrongly. */
export async function runServerCommand(
  command: ServerCommand,
  args: readonly string[],
  call: typeof fetch,
  say: Say,
): Promise<number> {
  const typed = read(command, args);
  if (!typed) {
    say(`usage: ${command.usage} ${COMMON_USAGE}`);
    return 2;
  }
  const file = command.file(typed);
  const text = file === undefined ? undefined : readText(file);
  if (file !== undefined && text === undefined) {
    say(`${file} cannot be read`);
    return 2;
  }
  const answer = await ask(command.request(typed, text), typed, call, say);
  return answer ? command.tell(answer, typed, say) : 1;
}

/** Undefined: that is not how it is called. */
function read({ words, options }: ServerCommand, args: readonly string[]): Typed | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...COMMON_OPTIONS, ...options },
      allowPositionals: true,
    });
    return positionals.length === words ? { words: positionals, values } : undefined;
  } catch {
    return undefined;
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The answer as an object; undefined when there was none or it was a refusal, which has been said then. */
async function ask(
  { path, body }: { readonly path: string; readonly body: string },
  { values }: Typed,
  call: typeof fetch,
  say: Say,
): Promise<Answer | undefined> {
  const { server, key } = values as { server: string; key?: string };
  const headers = { 'Content-Type': 'application/json', ...(key !== undefined && { 'X-Authorization': key }) };
  let response: Response;
  try {
    response = await call(server.replace(/\/+$/, '') + path, { method: 'POST', headers, body });
  } catch {
    say(`no server answers at ${server}`);
    return undefined;
  }
  const answer = (await response.json().catch(() => ({}))) as Answer;
  if (response.ok) return answer;
  say(`${response.status}: ${String(answer.message ?? 'the server did not say why')}`);
  return undefined;
}
