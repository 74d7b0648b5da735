// The guides for workers and for operation: what they say is run as it is printed, against a server in a process of its own.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { freePort, type ServerProcess, startServer } from '../../bench/server-process.ts';
import { blocksOf, noCurl, runShell } from '../support/shell.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const skip = noCurl();
const urlOf = (guide: string): URL => new URL(`../../docs/guides/${guide}.md`, import.meta.url);
const pageOf = (guide: string): string => readFileSync(urlOf(guide), 'utf8');
const codeOf = (guide: string, language: string): string[] =>
  blocksOf(urlOf(guide))
    .filter((block) => block.language === language)
    .map((block) => block.text);

describe('guides', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-guides-'));
  const database = join(folder, 'fermata.db');
  let server: ServerProcess;
  before(async () => {
    server = await startServer({ databaseUrl: `sqlite:${database}`, port: await freePort() });
  });
  after(async () => {
    await server.kill();
    rmSync(folder, { recursive: true });
  });
  const here = (code: string): string => code.replaceAll('http://localhost:8080', server.url);
  const shell = async (code: string): Promise<string> => {
    // The backup asks for `node`: the one that runs this test.
    const { code: exit, output } = await runShell(here(code), {
      PATH: `${join(process.execPath, '..')}:${process.env.PATH}`,
    });
    assert.equal(exit, 0, output);
    return output;
  };

  test('the first worker adds two numbers', async () => {
    const [program = ''] = codeOf('workers', 'ts');
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-'], {
      cwd: ROOT,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.end(here(program));
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    assert.match(output, /COMPLETED \{ sum: 42 \}/, errors);
  });

  test('two calls are a worker', { skip }, async () => {
    const [commands = ''] = codeOf('workers', 'sh');
    assert.match(await shell(commands), /"status":"COMPLETED"/);
  });

  test('health and metrics, and every metric has its row', { skip }, async () => {
    const [look = ''] = codeOf('operate', 'sh');
    const seen = await shell(look);
    assert.match(seen, /"healthy":true/);
    const all = await (await fetch(`${server.url}/metrics`)).text();
    const metrics = [...all.matchAll(/^# TYPE (fermata_\w+)/gm)].map(([, name]) => name);
    const rows = [...pageOf('operate').matchAll(/^\| `(fermata_\w+)`/gm)].map(([, name]) => name);
    assert.deepEqual(rows.sort(), metrics.sort());
  });

  test('a backup of the running server holds what it knows', async () => {
    const [, backup = ''] = codeOf('operate', 'sh');
    const copy = join(folder, 'copy.db');
    await shell(backup.replace('./data/fermata.db', database).replace('./fermata-backup.db', copy));
    const db = new DatabaseSync(copy, { readOnly: true });
    const { found } = db.prepare("select count(*) as found from workflow_def where name = 'sum'").get() as {
      found: number;
    };
    db.close();
    assert.equal(found, 1);
  });
});
