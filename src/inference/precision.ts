/** The network in other precisions than float32. */
import { UsageError } from '../errors.ts';
import { foldBatchNormalization } from '../graph/rewrite/fold-batch-normalization.ts';
import { type FoldingEngine, foldConstants, type WeightedGraph } from '../graph/rewrite/fold-constants.ts';
import { toFloat16 } from '../graph/rewrite/float16.ts';
import { mergePointwise } from '../graph/rewrite/merge/pointwise.ts';
import { type ActivationRanges, quantize } from '../graph/rewrite/quantize-network.ts';
import { removeRepeatedRelu } from '../graph/rewrite/remove-repeated-relu.ts';
import { type Outputs, type Rewrite, rewrite } from '../graph/rewrite/rewrite.ts';

/**
 * What a network computes in. `float16`: half the bytes, for GPUs. `int8`: a quarter of the bytes, for CPUs; activations have
 * ranges that calibration finds.
 */
export const PRECISIONS = ['float32', 'float16', 'int8'] as const;

/** One of `PRECISIONS`. */
export type Precision = (typeof PRECISIONS)[number];

/** The precisions that take fewer bytes than float32, and give results that differ a little. */
export type ReducedPrecision = Exclude<Precision, 'float32'>;

/** Fewer operators, and one weight for each: batch norm and pairs of linear convolutions are no longer there. */
const SIMPLIFICATIONS: readonly Rewrite[] = [removeRepeatedRelu, mergePointwise, foldBatchNormalization()];

/** A graph as it is calibrated and quantized, its weights in memory. */
export async function simplifyNetwork<T extends Outputs>(
  { outputs, weights }: WeightedGraph<T>,
  engine: FoldingEngine,
): Promise<WeightedGraph<T>> {
  return foldConstants({ outputs: SIMPLIFICATIONS.reduce(rewrite, outputs) as T, weights }, engine);
}

/**
 * A graph in a lower precision. It takes the same inputs and gives outputs of the same types.
 * @param ranges of the model's activations, which int8 needs.
 * @throws UsageError if it has none.
 */
export async function reducePrecision<T extends Outputs>(
  graph: WeightedGraph<T>,
  engine: FoldingEngine,
  precision: ReducedPrecision,
  ranges: ActivationRanges | undefined,
): Promise<WeightedGraph<T>> {
  if (precision === 'int8' && !ranges) {
    throw new UsageError(
      'The model was not calibrated for int8, so the ranges of its activations are not known. Calibrate it on some of your images: ' +
        'refinenet export MODEL --format folder --precision int8 --calibration FOLDER --output DIR, and give DIR as the model.',
    );
  }
  const simple = await simplifyNetwork(graph, engine);
  return precision === 'float16' ? toFloat16(simple) : quantize(simple, ranges as ActivationRanges);
}
