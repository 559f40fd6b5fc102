/** Products that are linear in each of two inputs, convolution among them, and what is linear by a fixed matrix. */
import type { Dimension } from '../../dimension.ts';
import { numbersLike } from '../../ops/constants.ts';
import { matMul, matrixTranspose } from '../../ops/matmul.ts';
import { reduceSum } from '../../ops/reduction.ts';
import { knownShape, type Value } from '../../value.ts';
import type { Extents } from '../convolution/attributes.ts';
import { convInputGradient } from '../convolution/input-gradient.ts';
import { convWeightGradient } from '../convolution/weight-gradient.ts';
import type { GradientRules } from '../rule.ts';
import { interpolationMatrix } from '../../ops/interpolation-matrix.ts';
import { bilinear } from './makers.ts';

export const product = {
  MatMul: bilinear(
    (g, b) => matMul(g, matrixTranspose(b)),
    (g, a) => matMul(matrixTranspose(a), g),
  ),
  Conv: ({ gradient: g, input, wants, attributes }) => [
    wants(0) ? convInputGradient(g, input(1), input(0), attributes) : null,
    wants(1) ? convWeightGradient(g, input(0), input(1), attributes) : null,
    wants(2) ? reduceSum(g, [0, 2, 3], undefined, false) : null,
  ],
  /** Interpolation is linear and separable: y = A_h x A_w', so the gradient is A_h' g A_w. */
  Resize: ({ gradient: g, input, attributes: { mode, coordinates, size } }) => {
    const [, , height, width] = knownShape(input(0)) as Extents;
    const matrix = (from: number, to: Dimension): Value =>
      numbersLike(g, [to as number, from], interpolationMatrix(from, to as number, mode, coordinates));
    return [matMul(matrixTranspose(matrix(height, size[0])), matMul(g, matrix(width, size[1])))];
  },
} satisfies Partial<GradientRules>;
