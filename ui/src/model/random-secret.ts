// A secret that nobody can guess: 32 random bytes as hex.
const BYTES = 32;

export const randomSecret = (): string =>
  [...globalThis.crypto.getRandomValues(new Uint8Array(BYTES))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
