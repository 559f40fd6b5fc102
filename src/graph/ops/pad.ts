/** Padding with a fixed number, and cropping, its opposite. */
import { ShapeError } from '../../errors.ts';
import { formatShape } from '../../tensor/shape.ts';
import { addToDimension, type Dimension } from '../dimension.ts';
import { applyOne, type Op, required, type Value } from '../value.ts';
import { scalarLike, wholeNumbers } from './constants.ts';

export interface PadAttributes {
  /** Elements added at the start of every axis, then at the end of every axis; negative ones are cut off. */
  readonly pads: readonly number[];
}

/** Inputs: x, pads (int64), the number to pad with. */
export const Pad: Op<PadAttributes> = {
  name: 'Pad',
  infer(inputs, { pads }) {
    const { dtype, shape } = required(inputs, 0);
    if (pads.length !== 2 * shape.length) {
      throw new ShapeError(`${formatShape(shape)} takes ${2 * shape.length} pads, got ${formatShape(pads)}.`);
    }
    const padded = shape.map((extent, axis) =>
      addToDimension(extent, (pads[axis] as number) + (pads[axis + shape.length] as number)),
    );
    if (padded.some((extent) => typeof extent === 'number' && extent < 1)) {
      throw new ShapeError(`pads ${formatShape(pads)} leave nothing of ${formatShape(shape)}.`);
    }
    return [{ dtype, shape: padded as Dimension[] }];
  },
};

/** What is added to (or, if negative, cut off) the start and the end of an axis. */
export interface AxisPad {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/** x padded along some axes with `number`; x itself where nothing is added or cut. */
export function pad(x: Value, along: readonly AxisPad[], number = 0, scope?: string): Value {
  const rank = x.shape.length;
  const pads = new Array<number>(2 * rank).fill(0);
  for (const { axis, start, end } of along) {
    pads[axis] = start;
    pads[axis + rank] = end;
  }
  return padBy(x, pads, number, scope);
}

/** x padded in height and width; pads are top, left, bottom, right, as convolutions have them. */
export const padPlane = (
  x: Value,
  [top, left, bottom, right]: readonly [number, number, number, number],
  number = 0,
): Value =>
  pad(
    x,
    [
      { axis: 2, start: top, end: bottom },
      { axis: 3, start: left, end: right },
    ],
    number,
  );

function padBy(x: Value, pads: readonly number[], number = 0, scope?: string): Value {
  if (pads.every((amount) => amount === 0)) return x;
  return applyOne(Pad, [x, wholeNumbers(...pads), scalarLike(x, number)], { pads }, scope);
}
