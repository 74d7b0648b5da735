// Values sealed with AES-256-GCM (NIST SP 800-38D): unreadable without the key, and bound to the name they were sealed for.

import { createCipheriv, createDecipheriv, hash, hkdfSync } from 'node:crypto';

export interface Seal {
  seal(text: string, name: string): Uint8Array;
  /** Undefined: another key, another name, or changed bytes. */
  open(sealed: Uint8Array, name: string): string | undefined;
}

const ALGORITHM = 'aes-256-gcm';
/** First byte of what is sealed, so that another way can follow one day. */
const VERSION = 1;
const KEY_BYTES = 32;
/** The size that the standard recommends; drawn at random for each value. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = 'fermata secrets';

/** `secret`: any text that is hard to guess. `newSecret`: at least 96 random bits as text, other ones each time. */
export function createSeal(secret: string, newSecret: () => string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, KEY_BYTES));
  return {
    seal(text, name) {
      const iv = hash('sha256', newSecret(), 'buffer').subarray(0, IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(name));
      const bytes = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.from([VERSION]), iv, cipher.getAuthTag(), bytes]);
    },
    open(sealed, name) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const start = 1 + IV_BYTES + TAG_BYTES;
      if (bytes.length < start || bytes[0] !== VERSION) return undefined;
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(1, 1 + IV_BYTES));
      decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(1 + IV_BYTES, start));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
