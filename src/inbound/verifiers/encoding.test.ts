// Strict decoding and comparison.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeBase64,
  decodeBase64Key,
  decodeBase64Url,
  decodeHex,
  equalHeaderText,
  equalSignature,
  equalText,
} from './encoding.ts';

test('every value is read back, and only from its one spelling', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.string({ minLength: 1, maxLength: 4 }), (bytes, tail) => {
      const value = Buffer.from(bytes);
      assert.deepEqual(decodeHex(value.toString('hex')), value);
      assert.deepEqual(decodeBase64(value.toString('base64')), value);
      assert.deepEqual(decodeBase64Url(value.toString('base64url')), value);
      const junk = `!${tail}`;
      assert.equal(decodeHex(value.toString('hex') + junk), undefined);
      assert.equal(decodeBase64(value.toString('base64') + junk), undefined);
      assert.equal(decodeBase64Url(value.toString('base64url') + junk), undefined);
    }),
  );
});

test('what Buffer.from would let pass is refused', () => {
  assert.equal(decodeHex('abc'), undefined);
  assert.equal(decodeHex('AB'), undefined);
  assert.deepEqual(decodeHex('AB', true), Buffer.from([0xab]));
  assert.equal(decodeHex('ab cd'), undefined);
  assert.equal(decodeBase64('QQ'), undefined);
  assert.equal(decodeBase64('QQ==\n'), undefined);
  assert.equal(decodeBase64('QR=='), undefined);
  assert.equal(decodeBase64('Q_-='), undefined);
  assert.equal(decodeBase64Url('QQ=='), undefined);
});

test('a copied key may lack its padding, nothing else', () => {
  assert.deepEqual(decodeBase64Key('QQ'), Buffer.from('A'));
  assert.deepEqual(decodeBase64Key('QQ=='), Buffer.from('A'));
  assert.equal(decodeBase64Key('QQ='), undefined);
  assert.equal(decodeBase64Key(''), undefined);
  assert.equal(decodeBase64Key('Q Q'), undefined);
});

test('texts of any length compare without an exception', () => {
  assert.equal(equalText('a', 'a'), true);
  assert.equal(equalText('a', 'ab'), false);
  assert.equal(equalText('', ''), true);
});

test('a header value beyond ASCII fits as UTF-8 and as Latin-1, and never by truncation', () => {
  const configured = 'p\u00e4ss';
  assert.equal(equalHeaderText(Buffer.from(configured, 'utf8').toString('latin1'), configured), true);
  assert.equal(equalHeaderText(configured, configured), true);
  assert.equal(equalHeaderText('pass', configured), false);
  assert.equal(equalHeaderText('\u0161ecret', 'aecret'), false);
});

test('signatures of unequal length are unequal, not an exception', () => {
  assert.equal(equalSignature('abc', 'abc'), true);
  assert.equal(equalSignature('abc', 'abd'), false);
  assert.equal(equalSignature('abc', 'ab'), false);
  assert.equal(equalSignature('', 'a'), false);
});
