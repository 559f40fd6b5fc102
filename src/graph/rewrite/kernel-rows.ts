/**
 * 3 x 3 convolutions to few channels, such as a classifier, with the rows of their kernels as channels of their own. The CPU engine
 * computes output channels in blocks, of which a few classes fill one badly; three times as many fill theirs better.
 */
import { numbersLike } from '../ops/constants.ts';
import { conv } from '../ops/conv.ts';
import { add } from '../ops/elementwise.ts';
import { pad } from '../ops/pad.ts';
import { reshape, transpose } from '../ops/shape.ts';
import { concat, slice } from '../ops/structure.ts';
import { knownShape, type Node, type Value } from '../value.ts';
import type { Rewrite } from './rewrite.ts';
import { isPlain3x3Convolution } from './winograd/rule.ts';

const ROW_AXIS = 2;
const CHANNEL_AXIS = 1;

/**
 * `weight * x (+ bias)` as one convolution with kernels of one row, whose results for the rows of the 3 x 3 kernel are moved by a
 * row each and added: the shift-and-add of kn2row (Vasudevan, Anderson and Gregg, "Parallel Multi Channel Convolution using
 * General Matrix Multiplication", ASAP 2017), along one axis.
 */
export const kernelRows = (isWanted: (convolution: Node) => boolean): Rewrite => ({
  name: 'kernel-rows',
  apply(node) {
    if (!isPlain3x3Convolution(node) || !isWanted(node)) return null;
    const [x, weight, bias = null] = node.inputs as [Value, Value, Value | null | undefined];
    const { scope } = node;
    const [outputs, inputs] = knownShape(weight) as [number, number, number, number];
    const rows = reshape(transpose(weight, [2, 0, 1, 3], scope), [3 * outputs, inputs, 1, 3], scope);
    const none = numbersLike(x, [outputs], new Float32Array(outputs));
    const biases = bias && concat([none, bias, none], 0, scope);
    const ofRows = conv(x, rows, biases, { pads: [0, 1, 0, 1] }, scope);
    const moved = (row: number, down: number): Value => {
      const result = slice(ofRows, CHANNEL_AXIS, row * outputs, (row + 1) * outputs, scope);
      return pad(result, [{ axis: ROW_AXIS, start: down, end: 0 - down }], 0, scope);
    };
    return [add(add(moved(0, 1), moved(1, 0), scope), moved(2, -1), scope)];
  },
});
