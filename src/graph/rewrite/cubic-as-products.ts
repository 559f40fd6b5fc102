/** Cubic interpolation between known sizes as two matrix products: engines compute it one number at a time. */
import { isStatic } from '../dimension.ts';
import { interpolationMatrix } from '../ops/interpolation-matrix.ts';
import { matMul } from '../ops/matmul.ts';
import { Resize, type ResizeAttributes } from '../ops/resize.ts';
import type { Value } from '../value.ts';
import type { Rewrite } from './rewrite.ts';
import { matrixValue } from './winograd/convolution.ts';
import { type Matrix, transposed } from './winograd/matrices.ts';

/** y = A_h x A_w', as interpolation is linear and separable. */
export const cubicAsProducts: Rewrite = {
  name: 'cubic-as-products',
  apply({ op, attributes, inputs, scope }) {
    if (op.name !== Resize.name) return null;
    const { mode, coordinates, size } = attributes as ResizeAttributes;
    const [x] = inputs as [Value];
    const from = x.shape.slice(2);
    if (mode !== 'cubic' || x.dtype !== 'float32' || !isStatic(from) || !isStatic(size)) return null;
    const along = (axis: 0 | 1): Matrix => {
      const [rows, columns] = [size[axis] as number, from[axis] as number];
      return { rows, columns, numbers: Float64Array.from(interpolationMatrix(columns, rows, mode, coordinates)) };
    };
    return [matMul(matMul(matrixValue(x, along(0)), x, scope), matrixValue(x, transposed(along(1))), scope)];
  },
};
