/** Weights for measuring: drawn at random, yet with values of ordinary size everywhere. */
import { toOnnx } from '../graph/to-onnx.ts';
import type { Value } from '../graph/value.ts';
import type { NetworkDefinition } from '../models/families.ts';
import { network, networkParameters } from '../models/network.ts';
import { PIXEL_VALUES, pixelValues } from '../models/pixel-values.ts';
import { initialize } from '../nn/initialize.ts';
import { runningStatistics, STATISTICS_MOMENTUM } from '../nn/running-statistics.ts';
import { type Mode, scope } from '../nn/scope.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Backend, SessionOptions } from '../runtime/backend.ts';
import { type RandomStream, randomStream } from '../tensor/random.ts';
import { elementCount } from '../tensor/shape.ts';
import { float32, type Tensor, tensor } from '../tensor/tensor.ts';
import type { Weights } from '../tensor/weights.ts';

const SEED = 1;

/** Large enough for a batch's variance, small enough to cost nothing. */
const DRAWN = { batch: 2, height: 128, width: 128 };

const BATCH_STATISTICS: Mode = { dropout: false, batchStatistics: () => true };

/** Normalized pixels of a drawn image, float32 [N, 3, H, W]. */
export function drawnPixels(batch: number, height: number, width: number): Tensor<'float32'> {
  const { normal } = randomStream(SEED, 'pixels', batch, height, width);
  const shape = [batch, 3, height, width];
  return tensor('float32', shape, Float32Array.from({ length: elementCount(shape) }, normal));
}

/** Class ids, uint8 [N, H, W]. */
export function drawnLabels(batch: number, height: number, width: number, classes: number): Tensor<'uint8'> {
  const random: RandomStream = randomStream(SEED, 'labels', batch, height, width);
  const shape = [batch, height, width];
  return tensor(
    'uint8',
    shape,
    Uint8Array.from({ length: elementCount(shape) }, () => random.integer(classes)),
  );
}

/**
 * Drawn weights whose batch normalizations have the statistics of a drawn batch. With those of a fresh network values grow or
 * fade from layer to layer until they overflow or are denormal, and denormal numbers are slow.
 */
export async function drawnWeights(
  definition: NetworkDefinition,
  backend: Backend,
  options: SessionOptions = {},
): Promise<Weights> {
  const weights = withSmallBranches(initialize(networkParameters(definition), SEED));
  const logits = network(definition, pixelValues(DRAWN), scope('', BATCH_STATISTICS));
  const moved = runningStatistics([logits]);
  const named = [...moved].map(([name, value]): [string, Value] => [`next:${name}`, value]);
  const model = toOnnx(Object.fromEntries(named), weights, { storage: 'external' });
  const session = await backend.createSession({ bytes: encodeModel(model), weights }, options);
  try {
    const results = await session.run({ [PIXEL_VALUES]: drawnPixels(DRAWN.batch, DRAWN.height, DRAWN.width) });
    const measured = [...moved.keys()].map((name): [string, Tensor] => [
      name,
      unmoved(results[`next:${name}`] as Tensor, weights.get(name) as Tensor),
    ]);
    return new Map([...weights, ...measured]);
  } finally {
    await session.dispose();
  }
}

/** What the last normalization of a bottleneck's residual branch is multiplied by. */
const BRANCH_SCALE = 0.25;

/**
 * With branches as large as their trunk, a random network of a hundred layers is chaotic: rounding alone moved RefineNet-101's
 * logits by 1.1e-4 between two engines. Training makes branches smaller than that.
 */
function withSmallBranches(weights: Weights): Weights {
  const scaled = ({ shape, data }: Tensor): Tensor =>
    float32(
      shape,
      (data as Float32Array).map((value) => BRANCH_SCALE * value),
    );
  return new Map(
    [...weights].map(([name, value]) => [name, /\.bn3\.weight$/.test(name) ? scaled(value) : value] as const),
  );
}

/** The batch's statistic, from the running one after it and before it. */
function unmoved(after: Tensor, before: Tensor): Tensor {
  const kept = 1 - STATISTICS_MOMENTUM;
  const [next, old] = [after.data as Float32Array, before.data as Float32Array];
  return float32(
    after.shape,
    next.map((value, index) => (value - kept * (old[index] as number)) / STATISTICS_MOMENTUM),
  );
}
