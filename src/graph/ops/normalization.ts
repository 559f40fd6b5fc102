/** Batch normalization, with given statistics or those of the batch. */
import { ShapeError } from '../../errors.ts';
import { float } from '../../onnx/model.ts';
import { formatShape } from '../../tensor/shape.ts';
import { applyOne, knownShape, type Op, required, type Value, within } from '../value.ts';
import { scalarLike } from './constants.ts';
import { add, mul, sub } from './elementwise.ts';
import { reduceMean } from './reduction.ts';
import { reshape } from './shape.ts';

export interface BatchNormalizationAttributes {
  readonly epsilon: number;
}

const INPUT_NAMES = ['x', 'weight', 'bias', 'running_mean', 'running_var'] as const;

/** Inputs: x [N, C, ...], then weight, bias, running_mean and running_var, each [C]. */
export const BatchNormalization: Op<BatchNormalizationAttributes> = {
  name: 'BatchNormalization',
  infer(inputs) {
    const x = required(inputs, 0);
    const channels = x.shape[1];
    for (let index = 1; index < INPUT_NAMES.length; index++) {
      const { shape } = required(inputs, index);
      if (shape.length !== 1 || shape[0] !== channels) {
        throw new ShapeError(
          `${INPUT_NAMES[index]} must have shape [${channels}], got ${formatShape(shape)} (x: ${formatShape(x.shape)}).`,
        );
      }
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  onnxAttributes: ({ epsilon }) => ({ epsilon: float(epsilon) }),
};

export interface NormalizedBatch {
  readonly y: Value;
  /** The running statistics after this batch. */
  readonly runningMean: Value;
  readonly runningVar: Value;
}

/**
 * Batch normalization in training: by the batch's own mean and (biased) variance, through which gradients pass. The running
 * statistics move towards the batch's by `momentum`, as PyTorch counts it, and towards the unbiased variance.
 * @throws ShapeError if a channel has fewer than two elements: their variance says nothing.
 */
export function trainingBatchNormalization(
  x: Value,
  [weight, bias, runningMean, runningVar]: readonly [Value, Value, Value, Value],
  { epsilon, momentum }: { readonly epsilon: number; readonly momentum: number },
  scope?: string,
): NormalizedBatch {
  const axes = pixelAxes(x);
  if (elementsPerChannel(x) < 2) {
    const text = `the statistics of a batch need at least two elements a channel, got ${formatShape(x.shape)}. Use larger crops or batches.`;
    throw new ShapeError(scope ? `${scope}: ${text}` : text);
  }
  const build = (): NormalizedBatch => {
    const mean = reduceMean(x, axes, undefined, false);
    const centered = sub(x, alongChannels(mean, x));
    const variance = reduceMean(mul(centered, centered), axes, undefined, false);
    return {
      y: batchNormalization(x, [weight, bias, mean, variance], epsilon),
      runningMean: movedBy(momentum, runningMean, mean),
      runningVar: movedBy(momentum, runningVar, unbiasedVariance(x, variance)),
    };
  };
  return scope === undefined ? build() : within(scope, build);
}

/** The unbiased variance of each channel of x, from the biased one. */
export function unbiasedVariance(x: Value, variance: Value): Value {
  const count = elementsPerChannel(x);
  return mul(variance, scalarLike(variance, count / (count - 1)));
}

/** A running statistic moved towards a batch's by `momentum`, as PyTorch counts it. */
export const movedBy = (momentum: number, running: Value, ofBatch: Value): Value =>
  add(mul(running, scalarLike(running, 1 - momentum)), mul(ofBatch, scalarLike(ofBatch, momentum)));

/** weight (x - mean) / sqrt(variance + epsilon) + bias, per channel. */
export function batchNormalization(
  x: Value,
  [weight, bias, mean, variance]: readonly [Value, Value, Value, Value],
  epsilon: number,
  scope?: string,
): Value {
  return applyOne(BatchNormalization, [x, weight, bias, mean, variance], { epsilon }, scope);
}

/** Every axis but the channels'. */
export const pixelAxes = ({ shape }: Value): number[] => [...shape.keys()].filter((axis) => axis !== 1);

/** How many numbers of x each channel has. */
export const elementsPerChannel = (x: Value): number => {
  const shape = knownShape(x);
  return pixelAxes(x).reduce((product, axis) => product * (shape[axis] as number), 1);
};

/** A value [C] in the shape in which it broadcasts over x [N, C, ...]. */
export const alongChannels = (value: Value, { shape }: Value): Value =>
  reshape(value, [knownShape(value)[0] as number, ...shape.slice(2).map(() => 1)]);
