// Runs the examples of docs/guides/verify.md as they are printed there, and holds its table of waits to the code.
// TypeScript always; Python where it is installed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { nextAttempt } from '../../src/outbound/retry-schedule.ts';
import { verifyCases } from './verify-cases.ts';

const guide = readFileSync(new URL('../../docs/guides/verify.md', import.meta.url), 'utf8');

const path = mkdtempSync(join(tmpdir(), 'fermata-guide-'));
after(() => rmSync(path, { recursive: true }));

function example(name: string): string {
  const marker = `<!-- example ${name} -->\n\`\`\``;
  const start = guide.indexOf(marker);
  assert.notEqual(start, -1, `the guide has no example ${name}`);
  const code = guide.slice(guide.indexOf('\n', start + marker.length));
  return code.slice(1, code.indexOf('\n```\n') + 1);
}

async function load<T>(name: string): Promise<T> {
  writeFileSync(join(path, name), example(name));
  return import(pathToFileURL(join(path, name)).href);
}

type Flow = { verifyFlow(secret: string, header: string, method: string, url: string, body: Uint8Array): boolean };
type Standard = { verifyStandard(secret: string, headers: Record<string, string>, body: Uint8Array): boolean };

describe('TypeScript', async () => {
  const flow = await load<Flow>('flow.ts');
  const standard = await load<Standard>('standard.ts');
  for (const { name, scheme, secret, headers, method, url, body, expected } of verifyCases(Date.now())) {
    test(name, () => {
      const bytes = Buffer.from(body);
      const verdict =
        scheme === 'flow'
          ? flow.verifyFlow(secret, headers['X-Webhook-Signature'] ?? '', method, url, bytes)
          : standard.verifyStandard(secret, headers, bytes);
      assert.equal(verdict, expected);
    });
  }
});

const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0);

test('Python', { skip: python === undefined && 'Python is not installed' }, () => {
  const cases = verifyCases(Date.now());
  writeFileSync(
    join(path, 'run.py'),
    `${example('flow.py')}\n${example('standard.py')}
import json, sys
for case in json.load(sys.stdin):
    body = case["body"].encode()
    if case["scheme"] == "flow":
        header = case["headers"].get("X-Webhook-Signature", "")
        print(verify_flow(case["secret"], header, case["method"], case["url"], body))
    else:
        print(verify_standard(case["secret"], case["headers"], body))
`,
  );
  const run = spawnSync(python ?? '', [join(path, 'run.py')], { input: JSON.stringify(cases), encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  const verdicts = run.stdout.trim().split('\n');
  assert.deepEqual(
    cases.map(({ name }, i) => `${name}: ${verdicts[i]}`),
    cases.map(({ name, expected }) => `${name}: ${expected ? 'True' : 'False'}`),
  );
});

/** The waits in the middle of their jitter, until the schedule gives up. */
function waitsMs(): number[] {
  const waits: number[] = [];
  for (;;) {
    const attempt = waits.length + 1;
    const next = nextAttempt({ attempt, result: { class: '5xx' }, retryOnFailure: true, random: 0.5, nowMs: 0 });
    if (next.type !== 'retry') return waits;
    waits.push(next.atMs);
  }
}

test('the guide names the waits of the schedule', () => {
  const units = { h: 3_600_000, min: 60_000, s: 1_000 };
  const words = waitsMs().map((waitMs) => {
    const [unit, unitMs] = Object.entries(units).find(([, size]) => waitMs % size === 0) ?? assert.fail();
    return `${waitMs / unitMs} ${unit}`;
  });
  assert.ok(guide.replace(/\s+/g, ' ').includes(`these waits between them: ${words.join(', ')}.`), words.join(', '));
  assert.ok(guide.includes(`up to ${words.length + 1} attempts`));
});
