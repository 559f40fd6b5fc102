/** Calibration: between which numbers each activation of a network lies on real images. */
import { UsageError } from '../errors.ts';
import { reduceMax, reduceMin } from '../graph/ops/reduction.ts';
import type { WeightedGraph } from '../graph/rewrite/fold-constants.ts';
import type { Range } from '../graph/rewrite/quantization-scales.ts';
import { type ActivationRanges, quantizedValues } from '../graph/rewrite/quantize-network.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import type { Value } from '../graph/value.ts';
import type { Image } from '../image/image.ts';
import { preprocess } from '../image/preprocess.ts';
import type { Model } from '../models/model.ts';
import { network } from '../models/network.ts';
import { LOGITS, PIXEL_VALUES, pixelValues } from '../models/pixel-values.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Backend, NamedTensors, SessionOptions } from '../runtime/backend.ts';
import { widenWeights } from '../tensor/float16.ts';
import { checkedNetworkSize } from './network-pixels.ts';
import { simplifyNetwork } from './precision.ts';

const LEAST = 'least:';
const MOST = 'most:';

/**
 * The ranges of a model's activations on images, one after the other. About 30 that look like those to be segmented are
 * enough.
 * @throws UsageError if there is none, ShapeError if one is or would be made too small or too large, RuntimeError if the engine fails.
 */
export async function calibrateModel(
  model: Model,
  images: AsyncIterable<Image> | Iterable<Image>,
  backend: Backend,
  options: SessionOptions = {},
): Promise<ActivationRanges> {
  const { definition, weights, folder, preprocessing } = model;
  const outputs = { [LOGITS]: network(definition, pixelValues()) };
  const engine = { backend, options, ...(folder !== undefined && { folder }) };
  const graph = await simplifyNetwork({ outputs, weights: widenWeights(weights) }, engine);
  const feeds = async function* () {
    for await (const image of images) {
      checkedNetworkSize(image, model, null);
      yield { [PIXEL_VALUES]: preprocess([image], preprocessing) };
    }
  };
  return calibrate(graph, feeds(), backend, options);
}

/**
 * The range of each activation that quantization of a simplified graph needs, over all feeds. The graph reduces them itself,
 * so that two numbers an activation come back.
 * @throws UsageError if there is no feed, RuntimeError if the engine fails.
 */
export async function calibrate(
  { outputs, weights }: WeightedGraph,
  feeds: AsyncIterable<NamedTensors> | Iterable<NamedTensors>,
  backend: Backend,
  options: SessionOptions = {},
): Promise<ActivationRanges> {
  const values = [...quantizedValues(outputs)];
  const axes = (value: Value): number[] => value.shape.map((_, axis) => axis);
  const extremes = Object.fromEntries(
    values.flatMap(([name, value]) => [
      [LEAST + name, reduceMin(value, axes(value), name, false)],
      [MOST + name, reduceMax(value, axes(value), name, false)],
    ]),
  );
  const bytes = encodeModel(toOnnx(extremes, weights, { storage: 'external' }));
  const session = await backend.createSession({ bytes, weights }, options);
  const ranges = new Map<string, Range>();
  try {
    for await (const feed of feeds) {
      const found = await session.run(feed);
      for (const [name] of values) {
        const [least, most] = [found[LEAST + name], found[MOST + name]].map((each) => Number(each?.data[0]));
        ranges.set(name, widened(ranges.get(name), least as number, most as number));
      }
    }
  } finally {
    await session.dispose();
  }
  if (ranges.size === 0) throw new UsageError('Calibration takes at least one image, and none was given.');
  return ranges;
}

const widened = (range: Range | undefined, minimum: number, maximum: number): Range => ({
  minimum: Math.min(range?.minimum ?? minimum, minimum),
  maximum: Math.max(range?.maximum ?? maximum, maximum),
});
