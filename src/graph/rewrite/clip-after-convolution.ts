/**
 * Clipping of a sum as that of a convolution. The CPU engine keeps convolutions, sums and poolings in an arrangement of its own,
 * but puts everything back for a Clip that follows a sum; one that follows a convolution it computes together with that.
 */
import { numbersLike } from '../ops/constants.ts';
import { conv } from '../ops/conv.ts';
import { Add, Clip } from '../ops/elementwise.ts';
import { applyOne, type Value } from '../value.ts';
import { isConstant, producer, type Rewrite } from './rewrite.ts';

/** clip(x) = clip(1 x), with a 1 x 1 convolution of single planes. */
export const clipAfterConvolution: Rewrite = {
  name: 'clip-after-convolution',
  apply(node) {
    if (node.op.name !== Clip.name || !producer(node.inputs[0], Add.name)) return null;
    const [x, ...bounds] = node.inputs as [Value, ...Value[]];
    const [, channels] = x.shape;
    if (x.shape.length !== 4 || typeof channels !== 'number' || x.dtype !== 'float32') return null;
    if (!bounds.every(isConstant)) return null;
    const ones = numbersLike(x, [channels, 1, 1, 1], new Float32Array(channels).fill(1));
    const same = conv(x, ones, null, { groups: channels }, node.place);
    return [applyOne(Clip, [same, ...bounds], null, node.place)];
  },
};
