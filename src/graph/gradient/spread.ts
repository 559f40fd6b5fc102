/** The opposite of taking every so-many-th element. */
import { numbersLike } from '../ops/constants.ts';
import { matMul } from '../ops/matmul.ts';
import { pad } from '../ops/pad.ts';
import { reshape } from '../ops/shape.ts';
import { slice } from '../ops/structure.ts';
import { knownShape, type Value } from '../value.ts';

/** x with `step - 1` zeros after each element along an axis, the last one's left out: [a, b] becomes [a, 0, b]. */
export function spread(x: Value, axis: number, step: number): Value {
  const shape = knownShape(x);
  const extent = shape[axis] as number;
  if (step === 1 || extent === 1) return x;
  const length = (extent - 1) * step + 1;
  if (axis === shape.length - 1) {
    // Moving single numbers is what the CPU engine does slowest; a product with zeros and ones is several times faster.
    const ones = Float32Array.from({ length: extent * length }, (_, at) =>
      at % length === Math.floor(at / length) * step ? 1 : 0,
    );
    return matMul(x, numbersLike(x, [extent, length], ones));
  }
  const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)];
  const cells = pad(reshape(x, [...before, extent, 1, ...after]), [{ axis: axis + 1, start: 0, end: step - 1 }]);
  return slice(reshape(cells, [...before, extent * step, ...after]), axis, 0, length);
}
