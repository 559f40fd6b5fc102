/** Clipping of a sum as that of a convolution, with which the CPU engine computes it. */
import { Add, Clip } from '../ops/elementwise.ts';
import { applyOne, type Value } from '../value.ts';
import { identityConvolution, isConvolvable } from './identity-convolution.ts';
import { isConstant, producer, type Rewrite } from './rewrite.ts';

export const clipAfterConvolution: Rewrite = {
  name: 'clip-after-convolution',
  apply({ op, inputs, scope }) {
    const [x, ...bounds] = inputs as [Value, ...Value[]];
    const isClippedSum = op.name === Clip.name && producer(x, Add.name) && bounds.every(isConstant);
    return isClippedSum && isConvolvable(x)
      ? [applyOne(Clip, [identityConvolution(x, scope), ...bounds], null, scope)]
      : null;
  },
};
