/** NumPy's rule for elementwise operators on values of different shapes. */
import { ShapeError } from '../../errors.ts';
import { formatShape } from '../../tensor/shape.ts';
import type { Dimension } from '../dimension.ts';
import type { Shape } from '../value.ts';

/**
 * The shape of an elementwise result under NumPy's rule: axes are aligned at the end, an extent of 1 stretches.
 * @throws ShapeError if two extents differ and neither is 1.
 */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const shape: Dimension[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[a.length - rank + axis] ?? 1;
    const right = b[b.length - rank + axis] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new ShapeError(`${formatShape(a)} and ${formatShape(b)} do not broadcast: ${left} against ${right}.`);
    }
    shape.push(left === 1 ? right : left);
  }
  return shape;
}
