/** bfloat16, the upper half of a float32, which no tensor here holds: it is widened when read. */

/**
 * The float32 numbers with the same values as little-endian bfloat16 ones; exact, also for infinities and NaN payloads.
 * @param bytes two for each number, at any alignment.
 */
export function bfloat16ToFloat32(bytes: Uint8Array): Float32Array {
  const bits = new Uint32Array(bytes.length >> 1);
  for (let index = 0; index < bits.length; index++) {
    bits[index] = ((bytes[2 * index] as number) << 16) | ((bytes[2 * index + 1] as number) << 24);
  }
  return new Float32Array(bits.buffer);
}
