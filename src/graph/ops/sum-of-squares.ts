/** The sum of the squares of everything in one pass. */
import { int } from '../../onnx/model.ts';
import { applyOne, type Op, required, type Value } from '../value.ts';

/** Over all axes, which go away. */
export const ReduceSumSquare: Op<null> = {
  name: 'ReduceSumSquare',
  infer: (inputs) => [{ dtype: required(inputs, 0).dtype, shape: [] }],
  onnxAttributes: () => ({ keepdims: int(0) }),
};

export const sumOfSquares = (x: Value, scope?: string): Value => applyOne(ReduceSumSquare, [x], null, scope);
