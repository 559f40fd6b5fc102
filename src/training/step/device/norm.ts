/** The norm of gradients that lie in packs, by sums that many launches' worth of threads share. */
import { add, mul, sqrt } from '../../../graph/ops/elementwise.ts';
import { reduceSum } from '../../../graph/ops/reduction.ts';
import { reshape } from '../../../graph/ops/shape.ts';
import type { Outputs } from '../../../graph/rewrite/rewrite.ts';
import { knownShape, type Value } from '../../../graph/value.ts';
import { isGradient } from '../gradient-graph.ts';
import { REPORT } from '../graph.ts';

/** Numbers that are summed one after another at first: a device sums each such row apart. Packs have whole rows. */
export const ROW = 1024;

/** The outputs, and the Euclidean norm of all gradients among them. @param outputs their gradients are packs. */
export function withNorm(outputs: Outputs): Outputs {
  const sums = Object.entries(outputs).flatMap(([name, value]) => (isGradient(name) ? [sumOfSquares(value)] : []));
  return { ...outputs, [REPORT.gradientNorm]: sqrt(sums.reduce((sum, one) => add(sum, one))) };
}

function sumOfSquares(pack: Value): Value {
  const [count] = knownShape(pack) as [number];
  const rows = reshape(mul(pack, pack), [count / ROW, ROW]);
  return reduceSum(reduceSum(rows, 1, undefined, false), 0, undefined, false);
}
