/** Matrix products. */
import { ShapeError } from '../../errors.ts';
import { formatShape } from '../../tensor/shape.ts';
import type { Dimension } from '../dimension.ts';
import { applyOne, type Op, required, type Value } from '../value.ts';
import { broadcastShapes } from './broadcast.ts';
import { transpose } from './shape.ts';

/** a [..., m, k] times b [..., k, n]; the axes before the last two broadcast. */
export const MatMul: Op<null> = {
  name: 'MatMul',
  infer(inputs) {
    const a = required(inputs, 0);
    const b = required(inputs, 1);
    const fits = a.shape.length >= 2 && b.shape.length >= 2 && a.shape.at(-1) === b.shape.at(-2);
    if (!fits || a.dtype !== b.dtype) {
      throw new ShapeError(`${formatShape(a.shape)} and ${formatShape(b.shape)} cannot be multiplied as matrices.`);
    }
    const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return [{ dtype: a.dtype, shape: [...batch, a.shape.at(-2) as Dimension, b.shape.at(-1) as Dimension] }];
  },
  multiplyAdds: ([a], [y]) =>
    ((y as Value).shape as number[]).reduce((product, extent) => product * extent, (a as Value).shape.at(-1) as number),
};

export const matMul = (a: Value, b: Value, scope?: string): Value => applyOne(MatMul, [a, b], null, scope);

/** x with its last two axes exchanged. The engine joins this with the product that takes it. */
export function matrixTranspose(x: Value): Value {
  const rank = x.shape.length;
  return transpose(x, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}
