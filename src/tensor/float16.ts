/** float16 (IEEE 754 binary16), which tensors hold as bit patterns. */
import { type DataType, type Tensor, type TensorData, tensor } from './tensor.ts';
import type { Weights, WeightsSource } from './weights.ts';

/** float32 has 13 more digits of fraction and an exponent that is 112 higher. */
const DROPPED_DIGITS = 13;
const EXPONENT_DIFFERENCE = 112;

/** The value of every bit pattern, made when first needed. */
let table: Float32Array | undefined;

/** The float32 numbers with the same values as these float16 bit patterns: exact, also for subnormals and infinities. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  table ??= numbersOfPatterns();
  const values = table;
  const numbers = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index++) numbers[index] = values[bits[index] as number] as number;
  return numbers;
}

/** Exponent and fraction stand in a float32 as they do in a float16, but for its bias, which one product makes up for. */
function numbersOfPatterns(): Float32Array {
  const numbers = new Float32Array(1 << 16);
  const bits = new Uint32Array(numbers.buffer);
  for (let pattern = 0; pattern < bits.length; pattern++) {
    bits[pattern] = ((pattern & 0x8000) << 16) | ((pattern & 0x7fff) << DROPPED_DIGITS);
    const exponentIsFull = (pattern & 0x7c00) === 0x7c00;
    if (exponentIsFull)
      numbers[pattern] = (pattern & 0x3ff) === 0 ? (pattern & 0x8000 ? -Infinity : Infinity) : Number.NaN;
    else numbers[pattern] = (numbers[pattern] as number) * 2 ** EXPONENT_DIFFERENCE;
  }
  return numbers;
}

/** The nearest float16 numbers' bit patterns; halves round to even, what is beyond 65504 becomes an infinity. */
export function float32ToFloat16(numbers: Float32Array): Uint16Array {
  const patterns = new Uint16Array(numbers.length);
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  for (let index = 0; index < numbers.length; index++) patterns[index] = patternOf(bits[index] as number);
  return patterns;
}

function patternOf(single: number): number {
  const sign = (single >>> 16) & 0x8000;
  const magnitude = single & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  const exponent = (magnitude >>> 23) - EXPONENT_DIFFERENCE;
  if (exponent >= 0x1f) return sign | 0x7c00;
  if (exponent > 0) return sign | rounded(magnitude - (EXPONENT_DIFFERENCE << 23), DROPPED_DIGITS);
  if (exponent < -DROPPED_DIGITS) return sign;
  // Subnormal: the leading one becomes a digit of the fraction.
  return sign | rounded((magnitude & 0x7fffff) | 0x800000, DROPPED_DIGITS + 1 - exponent);
}

/** A whole number without its last binary digits; a carry moves into the exponent, as it should. */
function rounded(whole: number, digits: number): number {
  const kept = whole >>> digits;
  const rest = whole & ((1 << digits) - 1);
  const half = 1 << (digits - 1);
  return kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0);
}

/** A float32 tensor in float16; any other as it is. */
export const halfTensor = (value: Tensor): Tensor =>
  value.dtype === 'float32' ? tensor('float16', value.shape, float32ToFloat16(value.data as Float32Array)) : value;

/** Weights with their float32 tensors in float16. */
export const halfWeights = (weights: Weights): Weights =>
  new Map([...weights].map(([name, value]) => [name, halfTensor(value)]));

/** Each floating-point type's numbers as float32. */
const AS_FLOAT32: { readonly [T in DataType]?: (data: TensorData[T]) => Float32Array } = {
  float32: (data) => data,
  float64: (data) => Float32Array.from(data),
  float16: float16ToFloat32,
};

/** The numbers of a floating-point tensor as float32, float32 ones without a copy; undefined for other types. */
export function float32Numbers({ dtype, data }: Tensor): Float32Array | undefined {
  return (AS_FLOAT32[dtype] as ((data: Tensor['data']) => Float32Array) | undefined)?.(data);
}

/**
 * Weights with their float16 and float64 tensors as float32, which networks compute in. All other tensors, and those that are
 * stored in files, are passed on as they are.
 */
export function widenWeights(weights: Weights): Weights;
export function widenWeights(weights: WeightsSource): WeightsSource;
export function widenWeights(weights: WeightsSource): WeightsSource {
  return new Map([...weights].map(([name, value]) => [name, 'stored' in value ? value : widenTensor(value)] as const));
}

function widenTensor(value: Tensor): Tensor {
  const numbers = float32Numbers(value);
  return numbers && numbers !== value.data ? tensor('float32', value.shape, numbers) : value;
}
