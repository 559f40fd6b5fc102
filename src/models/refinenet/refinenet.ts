/** The whole network: encoders, the cascade of RefineNet blocks from coarse to fine, and the classifier. */
import { ShapeError } from '../../errors.ts';
import { add } from '../../graph/ops/elementwise.ts';
import { reduceMean } from '../../graph/ops/reduction.ts';
import { resizeByDivisor } from '../../graph/ops/resize.ts';
import type { Value } from '../../graph/value.ts';
import { conv2d, dropout } from '../../nn/layers.ts';
import { type Scope, scope } from '../../nn/scope.ts';
import { type BlockInput, refineNetBlock, residualConvUnits } from './blocks.ts';
import { checkPaths } from './check-paths.ts';
import { conditionalRandomField } from './crf.ts';
import type { DecoderDefinition, RefineNetDefinition } from './definition.ts';
import { ACTIVATIONS } from '../activations.ts';
import { ENCODERS } from '../encoders/index.ts';
import { type Tap, tapsAtStride } from '../encoders/encoder.ts';

/**
 * Class scores for normalized images x [N, 3, H, W]: logits [N, classes, ceil(H / s), ceil(W / s)], before softmax, where s is the
 * stride of the finest tap, 4 in the published forms.
 * Parameters are `encoder.*` (`encoders.i.*` when there are several) and `decoder.*`.
 */
export function refineNet(definition: RefineNetDefinition, x: Value, root: Scope = scope()): Value {
  const features = encode(definition, x, root);
  const scope = root.at('decoder');
  const logits = decode(definition, features, scope);
  const { crf } = definition.decoder;
  return crf ? conditionalRandomField(scope.at('crf'), logits, x, outputStride(definition), crf) : logits;
}

/** How many pixels of the image lie between neighbors of the scores, which are as fine as the finest tapped feature of the largest scale. */
export function outputStride({ encoder, encoderStride, imageDivisors, decoder }: RefineNetDefinition): number {
  const taps = tapsAtStride(ENCODERS[encoder], encoderStride).filter(({ name }) => decoder.taps.includes(name));
  return Math.min(...taps.map(({ stride }) => stride)) * Math.min(...imageDivisors);
}

/** One path from an encoder to a block of the decoder. */
interface Path {
  readonly value: Value;
  /** Whether its feature is one of the two coarsest levels. */
  readonly isCoarse: boolean;
}

/** The tapped features of every encoder, in the order of the definition's taps, repeated for each scale. */
function encode(
  { encoder, stridePlacement, encoderStride, imageDivisors, decoder }: RefineNetDefinition,
  x: Value,
  root: Scope,
): Path[] {
  const { forward } = ENCODERS[encoder];
  const taps: readonly Tap[] = ENCODERS[encoder].taps;
  return imageDivisors.flatMap((divisor, index) => {
    const scope = imageDivisors.length === 1 ? root.at('encoder') : root.at('encoders').at(index);
    const image = resizeByDivisor(x, divisor, scope.name);
    const values = forward(scope, image, { stridePlacement, encoderStride });
    let before = image;
    for (const [at, { name }] of taps.entries()) {
      if (decoder.taps.includes(name)) before = scope.at(name).mark([before], values[at] as Value);
    }
    return decoder.taps.map((name) => {
      const at = taps.findIndex((tap) => tap.name === name);
      if (at < 0) {
        throw new ShapeError(
          `${scope.name}: ${encoder} has no tap "${name}". Its taps are ${taps.map((tap) => tap.name).join(', ')}.`,
        );
      }
      // Dilated or not, these are the features that know most and repeat themselves.
      return { value: values[at] as Value, isCoarse: (taps[at] as Tap).stride >= 16 };
    });
  });
}

/** Refines features, coarse to fine, to logits at the finest feature's size. */
function decode(definition: RefineNetDefinition, paths: readonly Path[], scope: Scope): Value {
  const { decoder, classes } = definition;
  const { cascade, widths, kernel, units, fusion, dropout: probabilities } = decoder;
  checkPaths(scope.name, definition, paths.length);
  const reduced = paths.map(({ value, isCoarse }, index): BlockInput => {
    const reduction = scope.at('reduction').at(index);
    const regularized = isCoarse ? dropout(reduction, value, probabilities.features) : value;
    const channels = widths[index % widths.length] as number;
    const own = conv2d(reduction, regularized, { channels, kernel });
    const isCoarsest = index % widths.length === 0;
    const result = isCoarsest ? withPooledImage(reduction, own, value, decoder) : own;
    return { value: reduction.mark([value], result), fuse: fusion === 'all' };
  });
  const blocks = Math.max(...cascade);
  const poolings = poolingsByBlock(decoder, blocks);
  let y: Value | null = null;
  for (let block = 1; block <= blocks; block++) {
    const own = reduced.filter((_, index) => cascade[index] === block);
    const inputs: readonly BlockInput[] = y ? [{ value: y, fuse: true }, ...own] : own;
    // The paper counts blocks from fine to coarse: RefineNet-4 is the coarsest of four.
    const pooling = { ...decoder.pooling, count: poolings[block - 1] as number };
    y = refineNetBlock(scope.at(`refinenet${blocks + 1 - block}`), inputs, { ...decoder, pooling });
  }
  const refined = residualConvUnits(scope.at('head'), y as Value, units.head, decoder);
  const classifier = scope.at('classifier');
  const regularized = dropout(classifier, refined, probabilities.classifier);
  const logits = conv2d(classifier, regularized, { channels: classes, kernel: decoder.classifier, bias: true });
  return classifier.mark([refined], logits);
}

/**
 * How many poolings the chain of each block has, the coarsest first.
 * @throws ShapeError if there are other than one for each block or one for all.
 */
export function poolingsByBlock({ pooling: { count } }: DecoderDefinition, blocks: number): readonly number[] {
  if (typeof count === 'number') return Array.from({ length: blocks }, () => count);
  if (count.length === blocks) return count;
  throw new ShapeError(
    `decoder: pooling.count has ${count.length} numbers for ${blocks} blocks. Give one for each, the coarsest first, or one for all.`,
  );
}

/**
 * A reduced feature [N, C, h, w] and a 1x1 convolution of the feature's mean over the image, [N, C, 1, 1]: summed as they are, or
 * each activated and summed after a 1x1 convolution of its own, which is DeepLabv3's projection of both, one behind the other.
 */
function withPooledImage(
  reduction: Scope,
  reduced: Value,
  feature: Value,
  { imagePooling, activation }: DecoderDefinition,
): Value {
  if (!imagePooling) return reduced;
  const channels = reduced.shape[1] as number;
  const scope = reduction.at('image_pooling');
  const mean = reduceMean(feature, [2, 3], scope.name);
  const pooled = conv2d(scope, mean, { channels, kernel: 1, bias: true });
  if (imagePooling !== 'projected') return add(reduced, pooled);
  const projected = [reduced, pooled].map((value, index) => {
    const projection = reduction.at('projection').at(index);
    const activated = ACTIVATIONS[activation](value, projection.name);
    return conv2d(projection, activated, { channels, kernel: 1, bias: value === pooled });
  });
  return add(projected[0] as Value, projected[1] as Value);
}
