/** Operators that pick elements by index: what was picked gets the gradient back, added up where it was picked twice. */
import { elementCount } from '../../../tensor/shape.ts';
import { scalarLike } from '../../ops/constants.ts';
import { gatherElements, ScatterElements } from '../../ops/gather.ts';
import { expand, reshape } from '../../ops/shape.ts';
import { applyOne, knownShape, type Value } from '../../value.ts';
import type { GradientRules } from '../rule.ts';

export const gather = {
  Gather: ({ gradient: g, input, attributes: { axis } }) => {
    const shape = knownShape(input(0));
    const count = elementCount(knownShape(input(1)));
    const flat = shape.with(axis, count);
    const positions = reshape(input(1), shape.map(() => 1).with(axis, count));
    return [scatterAdd(shape, expand(positions, flat), reshape(g, flat), axis)];
  },
  GatherElements: ({ gradient: g, input, attributes: { axis } }) => [
    scatterAdd(knownShape(input(0)), input(1), g, axis),
  ],
  ScatterElements: ({ gradient: g, input, wants, attributes: { axis } }) => [
    g,
    null,
    wants(2) ? gatherElements(g, input(1), axis) : null,
  ],
  TopK: ({ gradient: g, input, outputs: [, positions], attributes: { axis } }) => [
    scatterAdd(knownShape(input(0)), positions as Value, g, axis),
  ],
} satisfies Partial<GradientRules>;

/** Zeros of `shape` to which the updates are added at the given positions of an axis. */
const scatterAdd = (shape: readonly number[], positions: Value, updates: Value, axis: number): Value =>
  applyOne(ScatterElements, [expand(scalarLike(updates, 0), shape), positions, updates], { axis });
