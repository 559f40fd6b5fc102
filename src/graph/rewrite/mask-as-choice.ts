/** x times a mask of 0 and 1 as a choice between x and 0: one launch in place of two. */
import { where } from '../ops/comparison.ts';
import { scalarLike } from '../ops/constants.ts';
import { Mul } from '../ops/elementwise.ts';
import { Cast } from '../ops/structure.ts';
import type { Value } from '../value.ts';
import { producer, type Rewrite } from './rewrite.ts';

export const maskAsChoice: Rewrite = {
  name: 'mask-as-choice',
  apply({ op, inputs, scope }) {
    if (op.name !== Mul.name) return null;
    const [x, mask] = inputs as [Value, Value];
    const condition = producer(mask, Cast.name)?.inputs[0];
    return condition?.dtype === 'bool' ? [where(condition, x, scalarLike(x, 0), scope)] : null;
  },
};
