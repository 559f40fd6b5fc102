/** Parts to files. */

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export const joined = (...parts: readonly (Uint8Array | string | readonly number[])[]): Uint8Array =>
  new Uint8Array(
    Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Uint8Array.from(part))),
    ),
  );

/** A whole number in so many bytes, the lowest first or last. */
export function whole(value: number, bytes: 2 | 4 | 8, isLittle = true): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes));
  if (bytes === 2) view.setUint16(0, value & 0xffff, isLittle);
  else if (bytes === 4) view.setUint32(0, value >>> 0, isLittle);
  else view.setBigUint64(0, BigInt.asUintN(64, BigInt(Math.trunc(value))), isLittle);
  return new Uint8Array(view.buffer);
}
