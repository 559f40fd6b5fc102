/** Running sums along an axis. */
import { ShapeError } from '../../errors.ts';
import { int } from '../../onnx/model.ts';
import { formatShape } from '../../tensor/shape.ts';
import { int64 } from '../../tensor/tensor.ts';
import { applyOne, constant, type Op, required, type Value } from '../value.ts';

export interface CumSumAttributes {
  readonly axis: number;
  /** Whether sums run from the end. */
  readonly reverse: boolean;
}

/** Inputs: x, axis (int64). Each element becomes the sum of those before it and itself. */
export const CumSum: Op<CumSumAttributes> = {
  name: 'CumSum',
  infer(inputs, { axis }) {
    const { dtype, shape } = required(inputs, 0);
    if (!(axis in shape)) throw new ShapeError(`${formatShape(shape)} has no axis ${axis}.`);
    return [{ dtype, shape }];
  },
  onnxAttributes: ({ reverse }) => ({ reverse: int(reverse ? 1 : 0) }),
};

export const cumulativeSum = (x: Value, axis: number, reverse = false, scope?: string): Value =>
  applyOne(CumSum, [x, constant(int64([], [axis]))], { axis, reverse }, scope);
