/** The graph that is run on images: the network, upsampling to the image's size, and what is read from it. */

import { div, exp, reciprocal, sub } from '../../graph/ops/elementwise.ts';
import { reduceMax, reduceSum } from '../../graph/ops/reduction.ts';
import { resize } from '../../graph/ops/resize.ts';
import { input, type Value } from '../../graph/value.ts';
import type { ImageSize } from '../../image/preprocess.ts';
import type { NetworkDefinition } from '../../models/families.ts';
import { network } from '../../models/network.ts';
import { pixelValues } from '../../models/pixel-values.ts';
import { entropyOf } from '../entropy-graph.ts';
import { type GraphEnds, HOST_ENDS } from '../graph-ends.ts';

/** The input that says how large the result is to be: int64 [height, width]. */
export const IMAGE_SIZE = 'image_size';

/**
 * What a run can give, for one image of H x W pixels and K classes: `labels` uint8 (uint16 above 256 classes) [1, H, W];
 * `confidence`, the probability of the chosen class, float32 [1, 1, H, W]; `entropy` of the probabilities over log K, float32
 * [1, 1, H, W]; `probabilities` float32 [1, K, H, W]; `logits`, the network's own output, float32 [1, K, ceil(h / s), ceil(w / s)] for the h x w pixels that entered the network and its output stride s, 4 as published.
 */
export const OUTPUTS = ['labels', 'confidence', 'entropy', 'probabilities', 'logits'] as const;

/**
 * A result that `segmentationGraph` can be asked for: for one image of H x W pixels and K classes `labels` [1, H, W],
 * `confidence` and `entropy` [1, 1, H, W], `probabilities` [1, K, H, W], or `logits` [1, K, h, w] before they are
 * enlarged.
 */
export type OutputName = (typeof OUTPUTS)[number];

/**
 * The sum of each place's logits, float32 [1, h, w] of the logits' own size: it is no finite number where one of them is none. Maxima and what
 * softmax gives may not show it.
 */
export const SCORE_SUMS = 'score_sums';

/** What a graph gives whoever runs it. */
type GraphOutput = OutputName | typeof SCORE_SUMS;

const CLASS_AXIS = 1;

/**
 * Everything from `pixel_values` to the wanted outputs in one graph, so that one byte a pixel comes back from the engine; a `Segmenter` has it on
 * WebGPU alone, with `SCORE_SUMS` beside it, and elsewhere takes the logits and `readScores`.
 * Logits are upsampled, not probabilities, bilinearly with half-pixel centers (as light-weight-refinenet's second version
 * and transformers do).
 * @param inputSize of what enters the network; any when left out.
 */
export function segmentationGraph(
  definition: NetworkDefinition,
  wanted: readonly OutputName[],
  inputSize?: ImageSize,
): Partial<Record<OutputName, Value>> {
  return segmentationBetween(pixelValues({ ...inputSize, batch: 1 }), HOST_ENDS, definition, wanted);
}

/**
 * The same from other pixels, float32 [1, 3, height, width], to labels as the ends give them.
 * @param imageSize the result's, where it is known at loading; else it is fed.
 */
export function segmentationBetween<Name extends GraphOutput>(
  pixels: Value,
  ends: Pick<GraphEnds, 'labels'>,
  definition: NetworkDefinition,
  wanted: readonly Name[],
  imageSize?: ImageSize,
): Partial<Record<Name, Value>> {
  const logits = network(definition, pixels);
  const size = input(IMAGE_SIZE, 'int64', [2]);
  const { height = 'image_height', width = 'image_width' } = imageSize ?? {};
  const upsampled = resize(logits, { size, names: [height, width] }, 'half_pixel', 'linear', 'upsampling');
  // exp(logit - largest logit), the stable numerator of softmax; its sum is 1 / the largest probability.
  const numerators = exp(sub(upsampled, reduceMax(upsampled, CLASS_AXIS, 'softmax'), 'softmax'), 'softmax');
  const total = reduceSum(numerators, CLASS_AXIS, 'softmax');
  const probabilities = div(numerators, total, 'probabilities');
  const values: Record<GraphOutput, Value> = {
    labels: ends.labels(upsampled),
    confidence: reciprocal(total, 'confidence'),
    entropy: entropyOf(probabilities, CLASS_AXIS),
    probabilities,
    logits,
    [SCORE_SUMS]: reduceSum(logits, CLASS_AXIS, SCORE_SUMS, false),
  };
  return Object.fromEntries(wanted.map((name) => [name, values[name]])) as Partial<Record<Name, Value>>;
}
