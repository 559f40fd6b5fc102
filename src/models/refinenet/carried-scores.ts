/**
 * The scores of a smaller network carried through the narrower paths of a larger one, so that it begins with what the smaller one
 * says. Rectification lets positive numbers pass: each class has a channel for its score and one for its negative.
 */
import type { Tensor } from '../../tensor/tensor.ts';
import type { Weights } from '../../tensor/weights.ts';

/** What scores are multiplied by on their way, so that an activation that ends at 6 cuts none of up to 24. */
const SHARE = 1 / 4;

/** The name of the weight that makes scores. */
export const CLASSIFIER = 'decoder.classifier.weight';

/** What a smaller network makes scores by, and how many channels they take. */
export interface Scores {
  readonly classifier: Tensor;
  readonly channels: number;
}

/** A smaller network's scores; null where it has none, or the paths have too few channels for them. */
export function scoresOf(given: Weights, channels: number): Scores | null {
  const classifier = given.get(CLASSIFIER);
  if (!classifier) return null;
  const scores = { classifier, channels: 2 * (classifier.shape[0] as number) };
  return scores.channels <= channels ? scores : null;
}

/** Convolution weights [out, in, kh, kw], which are written in place. */
export interface Kernel {
  readonly shape: readonly [outputs: number, inputs: number, height: number, width: number];
  readonly values: Float32Array;
}

/** The place of a number in a kernel. */
export const placeIn = (
  { shape: [, inputs, height, width] }: Kernel,
  [output, input, row, column]: readonly [number, number, number, number],
): number => ((output * inputs + input) * height + row) * width + column;

/** The place of a channel's number in the middle of a kernel. */
export const middleOf = (kernel: Kernel, output: number, input: number): number => {
  const [, , height, width] = kernel.shape;
  return placeIn(kernel, [output, input, Math.floor(height / 2), Math.floor(width / 2)]);
};

/** Makes a convolution add nothing to the channels that carry scores, at first. */
export function clearScores({ shape: [outputs, ...others], values }: Kernel, { channels }: Scores): void {
  const perOutput = others.reduce((product, extent) => product * extent, 1);
  values.fill(0, 0, Math.min(outputs, channels) * perOutput);
}

/**
 * Writes what makes scores of features into a convolution [W, C, kh, kw] that makes them narrower. A classifier that sees neighbors
 * is summed over them where the convolution sees none.
 */
export function writeScores(into: Kernel, { classifier }: Scores): void {
  const [classes, inputs, ...sides] = classifier.shape as Kernel['shape'];
  const from: Kernel = { shape: classifier.shape as Kernel['shape'], values: classifier.data as Float32Array };
  const isSame = sides.every((side, axis) => side === into.shape[axis + 2]);
  for (let channel = 0; channel < classes; channel++) {
    for (let input = 0; input < inputs; input++) {
      for (let row = 0; row < sides[0]; row++) {
        for (let column = 0; column < sides[1]; column++) {
          const value = SHARE * (from.values[placeIn(from, [channel, input, row, column])] as number);
          for (const [output, sign] of [
            [channel, 1],
            [classes + channel, -1],
          ] as const) {
            const at = isSame ? placeIn(into, [output, input, row, column]) : middleOf(into, output, input);
            into.values[at] = (into.values[at] as number) + sign * value;
          }
        }
      }
    }
  }
}

/** Makes a classifier [classes, W, kh, kw] give the scores that its first channels carry, and nothing else at first. */
export function readScores(into: Kernel): void {
  const [classes] = into.shape;
  into.values.fill(0);
  for (let channel = 0; channel < classes; channel++) {
    const [positive, negative] = [channel, classes + channel].map((input) => middleOf(into, channel, input)) as [
      number,
      number,
    ];
    into.values[positive] = 1 / SHARE;
    into.values[negative] = -1 / SHARE;
  }
}
