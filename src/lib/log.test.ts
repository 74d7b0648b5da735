import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from './log.ts';

test('lines are JSON and credentials in them are hidden', () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => lines.push(line) });
  log.debug('not written');
  log.info(
    { traceId: 't1', config: { secretValue: 'hush-1' }, request: { headers: { 'x-api-key': 'hush-2' } } },
    'put',
  );
  log.warn({ apiKey: 'hush-3', token: 'hush-4' }, 'key');
  assert.equal(lines.length, 2);
  assert.equal((JSON.parse(lines[0] ?? '') as { traceId: string }).traceId, 't1');
  assert.ok(!lines.join('').includes('hush'), lines.join(''));
});
