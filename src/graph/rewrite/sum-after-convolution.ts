/**
 * Sums of chained residual pooling as those of a convolution. Each convolution's result goes into the next pooling and into the
 * sum; the CPU engine adds at the end, when the results have left its caches. A sum that it computes together with a convolution
 * comes right after it.
 */
import { sameShape } from '../../tensor/shape.ts';
import { Conv } from '../ops/conv.ts';
import { Add, add } from '../ops/elementwise.ts';
import type { Value } from '../value.ts';
import { identityConvolution, isConvolvable } from './identity-convolution.ts';
import { producer, type Rewrite } from './rewrite.ts';

/** A convolution that only the sum takes is computed together with it as it is. */
export const sumAfterConvolution: Rewrite = {
  name: 'sum-after-convolution',
  apply({ op, inputs, scope }, original, { uses }) {
    const [a, b] = inputs as [Value, Value];
    if (op.name !== Add.name || !producer(b, Conv.name) || !isConvolvable(b) || !sameShape(a.shape, b.shape))
      return null;
    const joins = original.inputs.some((value) => producer(value, Conv.name) && uses(value as Value) === 1);
    return joins ? null : [add(a, identityConvolution(b, scope), scope)];
  },
};
