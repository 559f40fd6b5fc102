/** Softmax and its logarithm along one axis. */
import { ShapeError } from '../../errors.ts';
import { int } from '../../onnx/model.ts';
import { formatShape } from '../../tensor/shape.ts';
import { applyOne, type Op, required, type Value } from '../value.ts';
import { exp, log, stopGradient, sub } from './elementwise.ts';
import { type AxisAttributes, reduceMax, reduceSum } from './reduction.ts';

export const Softmax: Op<AxisAttributes> = {
  name: 'Softmax',
  infer(inputs, { axis }) {
    const { dtype, shape } = required(inputs, 0);
    if (!(axis in shape)) throw new ShapeError(`${formatShape(shape)} has no axis ${axis}.`);
    return [{ dtype, shape }];
  },
  onnxAttributes: ({ axis }) => ({ axis: int(axis) }),
};

export const softmax = (x: Value, axis: number, scope?: string): Value => applyOne(Softmax, [x], { axis }, scope);

/**
 * log(softmax(x)) along an axis, written out: the engine's own operator is slow on the CPU along other axes than the last,
 * and the WebGPU provider has none.
 */
export function logSoftmax(x: Value, axis: number, scope?: string): Value {
  // The shift cancels, so it needs no gradient.
  const shifted = sub(x, stopGradient(reduceMax(x, axis, scope), scope), scope);
  return sub(shifted, log(reduceSum(exp(shifted, scope), axis, scope), scope), scope);
}
