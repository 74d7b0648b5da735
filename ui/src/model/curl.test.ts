// A shell that runs the command sees exactly the given words.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { curlCommand } from './curl.ts';

test('nothing in a URL, header or body can leave its quotes', () => {
  const text = fc.string({ maxLength: 20 }).filter((s) => !s.includes('\0'));
  fc.assert(
    fc.property(text, text, text, (path, value, body) => {
      const command = curlCommand({ method: 'POST', url: `http://x/${path}`, headers: { 'x-a': value }, body });
      const printed = execFileSync('sh', ['-c', command.replace('curl', `printf '%s\\0'`)], { encoding: 'utf8' });
      assert.deepEqual(printed.split('\0').slice(0, -1), [
        '-X',
        'POST',
        `http://x/${path}`,
        '-H',
        `x-a: ${value}`,
        '--data-raw',
        body,
      ]);
    }),
    { numRuns: 50 },
  );
});
