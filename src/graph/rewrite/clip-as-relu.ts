/**
 * Clipping of a sum to [0, c] as two rectifications. The CPU engine keeps convolutions, sums, poolings and rectifications in an
 * arrangement of its own, but puts everything back for a Clip that follows a sum.
 */
import { numbersLike } from '../ops/constants.ts';
import { Add, Clip, relu } from '../ops/elementwise.ts';
import { batchNormalization } from '../ops/normalization.ts';
import type { Value } from '../value.ts';
import { producer, type Rewrite } from './rewrite.ts';

/** clip(x, 0, c) = c - relu(c - relu(x)); the differences are normalisations, which the engine joins with what is around them. */
export const clipAsRelu: Rewrite = {
  name: 'clip-as-relu',
  apply(node) {
    if (node.op.name !== Clip.name || !producer(node.inputs[0], Add.name)) return null;
    const [x, least, most] = node.inputs as [Value, Value, Value];
    const top = numberOf(most);
    if (typeof x.shape[1] !== 'number' || x.dtype !== 'float32' || numberOf(least) !== 0 || top === null) return null;
    const fromTop = (value: Value): Value => differenceFrom(top, value, node.place);
    return [fromTop(relu(fromTop(relu(x, node.place)), node.place))];
  },
};

/** top - x, as a normalisation with fixed statistics. */
function differenceFrom(top: number, x: Value, place: string): Value {
  const channels = x.shape[1] as number;
  const fixed = (number: number): Value => numbersLike(x, [channels], new Float32Array(channels).fill(number));
  return batchNormalization(x, [fixed(-1), fixed(top), fixed(0), fixed(1)], 0, place);
}

function numberOf({ source }: Value): number | null {
  return source.kind === 'constant' && source.tensor.data.length === 1 ? Number(source.tensor.data[0]) : null;
}
