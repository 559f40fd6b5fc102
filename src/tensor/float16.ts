/** float16 (IEEE 754 binary16), which tensors hold as bit patterns. */

const SUBNORMAL_UNIT = 2 ** -24;

/** The value of every bit pattern, made when first needed. */
let table: Float32Array | undefined;

/** The float32 numbers with the same values as these float16 bit patterns: exact, also for subnormals and infinities. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 1 << 16 }, (_, pattern) => numberOf(pattern));
  const numbers = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index++) numbers[index] = table[bits[index] as number] as number;
  return numbers;
}

function numberOf(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >> 10) & 0x1f;
  const fraction = pattern & 0x3ff;
  if (exponent === 0) return sign * fraction * SUBNORMAL_UNIT;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
