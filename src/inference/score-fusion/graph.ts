/** Score fusion as a graph: from the score maps of one image to its labels, a block of pixels at a time. */

import type { Dimension } from '../../graph/dimension.ts';
import { scalarLike } from '../../graph/ops/constants.ts';
import { add, clip, div, exp, log, mul, sub } from '../../graph/ops/elementwise.ts';
import { matMul, matrixTranspose } from '../../graph/ops/matmul.ts';
import { argMax, reduceMax, reduceSum } from '../../graph/ops/reduction.ts';
import { logSoftmax } from '../../graph/ops/softmax.ts';
import { cast } from '../../graph/ops/structure.ts';
import { input, type Value } from '../../graph/value.ts';
import { entropyOf } from '../entropy-graph.ts';
import type { SamplingKind } from '../axis-sampling.ts';
import type { Averaging } from '../protocols.ts';

export const FUSION_OUTPUTS = ['labels', 'confidence', 'entropy', 'probabilities'] as const;

export type FusionOutput = (typeof FUSION_OUTPUTS)[number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

const CLASS_AXIS = 0;
/** exp(-20) stands for a probability of 0 in the authors' logarithms. */
const LOG_FLOOR = -20;

/** How each way of averaging enlarges and averages. */
interface AveragingRule {
  /** Probabilities [classes, height, width] that sum to one, or are only proportional to such, from logits. */
  readonly average: (logits: readonly Value[]) => Value;
  /** The size at which maps are averaged, from where they are enlarged once more; null for the image's own. */
  readonly averagingSize: ((maps: readonly Size[]) => Size) | null;
  readonly kind: SamplingKind;
  /** Whether both axes are enlarged by the larger of their two factors, as the authors' code does. */
  readonly sharesScale: boolean;
}

export const AVERAGING_RULES: Readonly<Record<Averaging, AveragingRule>> = {
  probabilities: {
    average: (logits) => mean(logits.map((each, index) => softmaxOf(resampled(each, String(index))))),
    averagingSize: null,
    kind: 'bilinear',
    sharesScale: false,
  },
  'log-probabilities': {
    average(logits) {
      const met = logits.map((each, index) =>
        exp(resampled(clip(logSoftmax(each, CLASS_AXIS, 'softmax'), LOG_FLOOR, 0), String(index))),
      );
      const averaged = log(clip(mean(met), Math.exp(LOG_FLOOR), 1));
      // The softmax of logarithms makes the probabilities, which enlarging no longer lets sum to one, do so again.
      return softmaxOf(resampled(averaged, ENLARGED));
    },
    averagingSize: (maps) => ({
      width: Math.max(...maps.map(({ width }) => width)),
      height: Math.max(...maps.map(({ height }) => height)),
    }),
    kind: 'bicubic',
    sharesScale: true,
  },
};

/** What the inputs of the second enlargement are called, in place of a map's number. */
export const ENLARGED = 'image';

/**
 * Makes the graph that fuses blocks of `maps` score maps. Inputs, for each map i: `scores_i` float32
 * [classes, h, w], `rows_i` [H, h] and `columns_i` [W, w], the weights of the enlargement; the authors' averaging also takes
 * `rows_image` and `columns_image`. Outputs: `labels` uint8 (uint16 above 256 classes) [H, W], `confidence`
 * and `entropy` [1, H, W], `probabilities` [classes, H, W].
 */
export function scoreFusionGraph(
  classes: number,
  maps: number,
  averaging: Averaging,
  wanted: readonly FusionOutput[],
): Partial<Record<FusionOutput, Value>> {
  const logits = Array.from({ length: maps }, (_, index) =>
    input(`scores_${index}`, 'float32', [classes, `height_${index}`, `width_${index}`]),
  );
  const probabilities = AVERAGING_RULES[averaging].average(logits);
  const values: Record<FusionOutput, Value> = {
    labels: cast(argMax(probabilities, CLASS_AXIS, 'labels'), classes > 256 ? 'uint16' : 'uint8', 'labels'),
    confidence: reduceMax(probabilities, CLASS_AXIS, 'confidence'),
    entropy: entropyOf(probabilities, CLASS_AXIS),
    probabilities,
  };
  return Object.fromEntries(wanted.map((name) => [name, values[name]]));
}

function resampled(x: Value, name: string): Value {
  const target = name === ENLARGED ? 'image' : 'averaging';
  const [, height, width] = x.shape as readonly [Dimension, Dimension, Dimension];
  const rows = input(`rows_${name}`, 'float32', [`${target}_height`, height]);
  const columns = input(`columns_${name}`, 'float32', [`${target}_width`, width]);
  return matMul(matMul(rows, x, 'upsampling'), matrixTranspose(columns), 'upsampling');
}

/** Written out, because the engine's own operator is slow along the first axis. */
function softmaxOf(x: Value): Value {
  const numerators = exp(sub(x, reduceMax(x, CLASS_AXIS, 'softmax'), 'softmax'), 'softmax');
  return div(numerators, reduceSum(numerators, CLASS_AXIS, 'softmax'), 'softmax');
}

function mean(values: readonly Value[]): Value {
  const sum = values.reduce((total, value) => add(total, value, 'mean'));
  return values.length === 1 ? sum : mul(sum, scalarLike(sum, 1 / values.length), 'mean');
}
