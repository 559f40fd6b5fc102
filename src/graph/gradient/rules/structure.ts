/** Operators that move or convert numbers: the gradient moves back. */
import { UsageError } from '../../../errors.ts';
import { pad } from '../../ops/pad.ts';
import { reshape, squeeze, transpose, unsqueeze } from '../../ops/shape.ts';
import { type AxisRange, cast, rangeLength, slice, sliceRanges } from '../../ops/structure.ts';
import { knownShape, type Value } from '../../value.ts';
import type { GradientRules } from '../rule.ts';
import { spread } from '../spread.ts';

export const structure = {
  Reshape: ({ gradient: g, input }) => [reshape(g, knownShape(input(0)))],
  Transpose: ({ gradient: g, attributes: { permutation } }) => [
    transpose(
      g,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
  Squeeze: ({ gradient: g, attributes: { axes } }) => [unsqueeze(g, axes)],
  Unsqueeze: ({ gradient: g, attributes: { axes } }) => [squeeze(g, axes)],
  /** What was stretched is summed where gradients are added up. */
  Expand: ({ gradient: g }) => [g],
  /** Only between floating-point types. */
  Cast: ({ gradient: g, input, attributes: { to } }) => {
    const from = input(0).dtype;
    if (!from.startsWith('float') || !to.startsWith('float')) {
      throw new UsageError(`the operator Cast has no gradient from ${from} to ${to}.`);
    }
    return [cast(g, from)];
  },
  Concat: ({ gradient: g, inputs, wants, attributes: { axis } }) => {
    let end = 0;
    return inputs.map((value, index) => {
      const start = end;
      end += knownShape(value as Value)[axis] as number;
      return wants(index) ? slice(g, axis, start, end) : null;
    });
  },
  Slice: ({ gradient: g, input, attributes: { ranges } }) => {
    const extents = knownShape(input(0));
    return [ranges.reduce((part, range) => putBack(part, range, extents[range.axis] as number), g)];
  },
  Pad: ({ gradient: g, attributes: { pads } }) => {
    const rank = g.shape.length;
    const cut = (at: number): number => 0 - (pads[at] as number);
    return [
      pad(
        g,
        g.shape.map((_, axis) => ({ axis, start: cut(axis), end: cut(axis + rank) })),
      ),
    ];
  },
} satisfies Partial<GradientRules>;

/** Puts the elements of a range back to where they were taken from, among zeros. */
function putBack(g: Value, range: AxisRange, extent: number): Value {
  const { axis, start, step } = range;
  const last = start + (rangeLength(range) - 1) * step;
  const spaced = spread(step < 0 ? flip(g, axis) : g, axis, Math.abs(step));
  return pad(spaced, [{ axis, start: Math.min(start, last), end: extent - 1 - Math.max(start, last) }]);
}

/** x with the order of its elements along an axis reversed. */
function flip(x: Value, axis: number): Value {
  const start = (knownShape(x)[axis] as number) - 1;
  return start === 0 ? x : sliceRanges(x, [{ axis, start, end: -1, step: -1 }]);
}
