/** Small fixed numbers that operators take as inputs. */
import { UsageError } from '../../errors.ts';
import { int64, TYPED_ARRAYS, tensor } from '../../tensor/tensor.ts';
import { constant, type Value, type ValueType } from '../value.ts';

/** A list of whole numbers, int64 [n]: axes, extents, positions. */
export const wholeNumbers = (...numbers: readonly number[]): Value => constant(int64([numbers.length], numbers));

/** One number of another value's type, of shape []. */
export const scalarLike = (like: ValueType, number: number): Value => numbersLike(like, [], [number]);

/** Numbers of another value's type. */
export function numbersLike(
  { dtype }: Pick<ValueType, 'dtype'>,
  shape: readonly number[],
  numbers: ArrayLike<number>,
): Value {
  if (dtype !== 'float32' && dtype !== 'float64') {
    throw new UsageError(`constants are made in float32 and float64, not in ${dtype}.`);
  }
  return constant(tensor(dtype, shape, TYPED_ARRAYS[dtype].from(numbers)));
}
