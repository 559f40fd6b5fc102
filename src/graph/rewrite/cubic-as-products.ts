/** Cubic interpolation between known sizes as two matrix products: engines compute it one number at a time. */
import { float32 } from '../../tensor/tensor.ts';
import { isStatic } from '../dimension.ts';
import { interpolationMatrix } from '../ops/interpolation-matrix.ts';
import { matMul } from '../ops/matmul.ts';
import { Resize, type ResizeAttributes } from '../ops/resize.ts';
import { constant, type Value } from '../value.ts';
import type { Rewrite } from './rewrite.ts';

/** y = A_h x A_w', as interpolation is linear and separable. */
export const cubicAsProducts: Rewrite = {
  name: 'cubic-as-products',
  apply({ op, attributes, inputs, scope }) {
    if (op.name !== Resize.name) return null;
    const { mode, coordinates, size } = attributes as ResizeAttributes;
    const [x] = inputs as [Value];
    const from = x.shape.slice(2);
    if (mode !== 'cubic' || x.dtype !== 'float32' || !isStatic(from) || !isStatic(size)) return null;
    const [height, width] = from as unknown as Extents;
    const [rows, columns] = size as unknown as Extents;
    const left = constant(float32([rows, height], interpolationMatrix(height, rows, mode, coordinates)));
    const right = transposed(interpolationMatrix(width, columns, mode, coordinates), width);
    return [matMul(matMul(left, x, scope), constant(float32([width, columns], right)), scope)];
  },
};

type Extents = readonly [height: number, width: number];

function transposed(matrix: Float32Array, columns: number): Float32Array {
  const rows = matrix.length / columns;
  return matrix.map((_, index) => matrix[(index % rows) * columns + Math.floor(index / rows)] as number);
}
