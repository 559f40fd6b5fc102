/** Changes of shape in a row are the last one alone, and one to the shape that is there already is none. */
import { sameShape } from '../../../tensor/shape.ts';
import { isStatic } from '../../dimension.ts';
import { Reshape, reshape } from '../../ops/shape.ts';
import type { Value } from '../../value.ts';
import { producer, type Rewrite } from '../rewrite.ts';

export const mergeReshapes: Rewrite = {
  name: 'merge-reshapes',
  apply({ op, inputs, outputs, scope }) {
    const [{ shape }] = outputs as readonly [Value];
    if (op.name !== Reshape.name || !isStatic(shape)) return null;
    const [x] = inputs as readonly [Value];
    const from = (producer(x, Reshape.name)?.inputs[0] ?? x) as Value;
    if (!isStatic(from.shape)) return null;
    if (sameShape(from.shape, shape)) return [from];
    return from === x ? null : [reshape(from, shape, scope)];
  },
};
