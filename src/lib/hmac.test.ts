import assert from 'node:assert/strict';
import { createHmac, createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hmacOf } from './hmac.ts';

describe('HMAC', () => {
  it('is that of a key object, for any bytes of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.uint8Array(), (key, data) => {
        const expected = createHmac('sha256', createSecretKey(key)).update(data).digest('hex');
        assert.equal(hmacOf('sha256', key).update(data).digest('hex'), expected);
      }),
    );
  });

  it('takes text as its UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
        const bytes = hmacOf('sha1', Buffer.from(key, 'utf8')).update('x').digest('hex');
        assert.equal(hmacOf('sha1', key).update('x').digest('hex'), bytes);
      }),
    );
  });
});
