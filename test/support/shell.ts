// Runs the commands of a guide as a reader would: in a shell, with curl, against a server that listens.

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Block {
  /** `sh`, `json`, … */
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page, in order. */
export function blocksOf(page: URL): readonly Block[] {
  const found = readFileSync(page, 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...found].map(([, language = '', text = '']) => ({ language, text }));
}

/** Why the commands cannot be run on this machine; false: they can. */
export const noCurl = (): false | string =>
  spawnSync('curl', ['--version']).status === 0 && spawnSync('sh', ['-c', 'true']).status === 0
    ? false
    : 'this machine has no curl';

/** Runs commands, stopping at the first that fails; answers what they print. */
export async function runShell(
  commands: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn('sh', ['-e', '-c', commands], { env: { ...process.env, ...env } });
  let output = '';
  const note = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', note);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}
