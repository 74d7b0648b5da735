// On every platform at least ten spoilt variants of a right request are refused with 4xx and a reason, and none throws.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verify } from '../../src/inbound/verifiers/index.ts';
import { arrived } from '../../src/inbound/verifiers/verifier.ts';
import { DOCUMENTS, NOW_MS, SECRET, SENDERS, signedSample } from './senders.ts';
import { tamper } from './tampering.ts';

const LEAST_VARIANTS = 10;

for (const sender of SENDERS.filter(({ platform }) => platform.id !== 'none')) {
  test(`${sender.platform.id}: spoilt requests are refused`, () => {
    const variants = tamper(sender);
    assert.ok(variants.length >= LEAST_VARIANTS, `only ${variants.length} variants`);
    for (const { name, request, nowMs } of variants) {
      const verdict = verify(sender.config, request, nowMs ?? NOW_MS, DOCUMENTS);
      assert.ok(verdict.type === 'refused', `${name}: ${JSON.stringify(verdict)}`);
      assert.ok(verdict.status >= 400 && verdict.status < 500, `${name}: ${verdict.status}`);
      assert.ok(verdict.reason.length > 20, name);
      assert.ok(!JSON.stringify(verdict).includes(SECRET), `${name}: the reason holds the secret`);
    }
    const untouched = verify(sender.config, arrived(signedSample(sender)), NOW_MS, DOCUMENTS);
    assert.equal(untouched.type, 'verified');
  });

  test(`${sender.platform.id}: without its secret a webhook accepts nobody`, () => {
    const bare = { ...sender.config, secrets: [], values: {} };
    const emptied = { ...sender.config, secrets: [{ id: 'empty', value: '' }], values: {} };
    const scheme = sender.config.scheme;
    const judged = scheme.type === 'headers' ? { ...bare, scheme: { ...scheme, headers: [] } } : bare;
    for (const config of scheme.type === 'headers' ? [judged] : [judged, emptied]) {
      const verdict = verify(config, arrived(signedSample(sender)), NOW_MS, DOCUMENTS);
      assert.ok(verdict.type === 'refused' && verdict.status >= 400 && verdict.status < 500, JSON.stringify(verdict));
    }
  });
}
