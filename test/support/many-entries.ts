/** ZIP files with more entries than anybody has. */
import { zipSync } from 'fflate';

/**
 * A ZIP with one entry, which its directory has many times, and of which it says how often.
 * @param said what it says, if that is not true.
 */
export function manyEntries(count: number, said = count): Uint8Array {
  const zip = Buffer.from(zipSync({ a: new Uint8Array(0) }, { level: 0 }));
  const start = zip.indexOf('PK\x01\x02');
  const entry = zip.subarray(start, zip.indexOf('PK\x05\x06'));
  const directory = Buffer.alloc(entry.length * count, entry);
  // The end with 64 bits, where it is, and the end of old, which has nothing but ones.
  const end = Buffer.alloc(56 + 20 + 22, 0);
  end.write('PK\x06\x06', 0, 'latin1');
  end.writeBigUInt64LE(BigInt(said), 32);
  end.writeBigUInt64LE(BigInt(start), 48);
  end.write('PK\x06\x07', 56, 'latin1');
  end.writeBigUInt64LE(BigInt(start + directory.length), 56 + 8);
  end.write('PK\x05\x06', 76, 'latin1');
  end.fill(255, 76 + 8, 76 + 20);
  return new Uint8Array(Buffer.concat([zip.subarray(0, start), directory, end]));
}
