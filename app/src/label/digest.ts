/** What tells pictures apart that are called alike: their content. */

const digests = new WeakMap<Blob, string>();

/** 64 bits of a file's content, in 16 hexadecimal digits. Pages without TLS have no `crypto.subtle`. */
export async function digestOf(file: Blob): Promise<string> {
  const known = digests.get(file);
  if (known !== undefined) return known;
  const digest = digestOfBytes(new Uint8Array(await file.arrayBuffer()));
  digests.set(file, digest);
  return digest;
}

/** Two hashes as Fowler, Noll and Vo have them (FNV-1a), from two beginnings. */
export function digestOfBytes(bytes: Uint8Array): string {
  let [one, two] = [0x811c9dc5, 0x2f0b4c47];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    one = Math.imul(one ^ byte, 0x01000193);
    two = Math.imul(two ^ byte ^ (one >>> 24), 0x01000193);
  }
  return [one, two].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
}
