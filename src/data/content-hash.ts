/** Telling equal files from different ones, quickly and without a platform's cryptography. */

/**
 * A short text that equal bytes have in common: the length and two 32-bit multiplicative hashes. Different files may share
 * it by a rare accident, so compare the bytes of those that do.
 */
export function contentHash(bytes: Uint8Array): string {
  let first = 0x811c9dc5;
  let second = 0x9747b28c;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] as number;
    first = Math.imul(first ^ byte, 0x01000193);
    second = Math.imul(second ^ byte, 0x5bd1e995) + 1;
    second ^= second >>> 15;
  }
  return `${bytes.length}-${(first >>> 0).toString(16)}-${(second >>> 0).toString(16)}`;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
