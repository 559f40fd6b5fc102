/** A model as an ONNX file in another precision, and how its labels compare with those of the model itself. */
import { RuntimeError } from '../errors.ts';
import type { Image } from '../image/image.ts';
import { preprocess } from '../image/preprocess.ts';
import { onnxFile } from '../models/export-onnx.ts';
import type { Model } from '../models/model.ts';
import { network } from '../models/network.ts';
import { LOGITS, PIXEL_VALUES, pixelValues } from '../models/pixel-values.ts';
import type { Backend, Session } from '../runtime/backend.ts';
import { percent } from '../text.ts';
import { widenWeights } from '../tensor/float16.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkedNetworkSize } from './network-pixels.ts';
import { networkSession } from './network-session.ts';
import { type ReducedPrecision, reducePrecision } from './precision.ts';

/** What exports are called in folders for transformers.js, by precision. */
export const ONNX_FILES = {
  float32: 'model.onnx',
  float16: 'model_fp16.onnx',
  int8: 'model_quantized.onnx',
} as const satisfies Record<ReducedPrecision | 'float32', string>;

/** The share of pixels with the same label under which an export is taken for broken, and not kept. */
export const LEAST_AGREEMENT = 0.5;
/** The share under which it may still be what is wanted, but somebody should look. */
export const EXPECTED_AGREEMENT = 0.95;

/**
 * The bytes of an ONNX model with inputs and outputs as those of `exportOnnx`, float32 too. In float16 it also computes in
 * float16. In int8, operators are in the QDQ form, but for the classifier, which stays float32.
 * @throws UsageError if int8 is asked for of a model without ranges.
 */
export async function exportReduced(model: Model, backend: Backend, precision: ReducedPrecision): Promise<Uint8Array> {
  const { definition, weights, folder, ranges } = model;
  const outputs = { [LOGITS]: network(definition, pixelValues()) };
  const engine = { backend, ...(folder !== undefined && { folder }) };
  const graph = await reducePrecision({ outputs, weights: widenWeights(weights) }, engine, precision, ranges);
  return onnxFile(model, graph.outputs, graph.weights);
}

/**
 * The share of pixels, of the logits, that exported bytes give the label that the model gives in float32; in [0, 1].
 * @throws ShapeError if an image is or would be made too small or too large, RuntimeError if it is under `LEAST_AGREEMENT`, or the engine refuses the export.
 */
export async function checkAgreement(
  bytes: Uint8Array,
  model: Model,
  images: AsyncIterable<Image> | Iterable<Image>,
  backend: Backend,
): Promise<number> {
  const own = await networkSession({ [LOGITS]: network(model.definition, pixelValues()) }, model, backend);
  let agreement: number;
  try {
    const exported = await backend.createSession({ bytes, weights: new Map() });
    try {
      agreement = await compareLabels(own, exported, model, images);
    } finally {
      await exported.dispose();
    }
  } finally {
    await own.dispose();
  }
  if (agreement >= LEAST_AGREEMENT) return agreement;
  throw new RuntimeError(
    `The exported model gives only ${percent(agreement)} of the pixels the label that the model gives them in float32; at least ${percent(LEAST_AGREEMENT)} are wanted. ` +
      'It was not kept. Calibrate on more images, and such as are to be segmented, or export in float16.',
  );
}

async function compareLabels(
  own: Session,
  exported: Session,
  model: Model,
  images: AsyncIterable<Image> | Iterable<Image>,
): Promise<number> {
  let [same, total] = [0, 0];
  for await (const image of images) {
    checkedNetworkSize(image, model, null);
    const feed = { [PIXEL_VALUES]: preprocess([image], model.preprocessing) };
    const expected = labelsOf(await own.run(feed));
    const got = labelsOf(await exported.run(feed));
    total += expected.length;
    for (const [pixel, label] of expected.entries()) if (got[pixel] === label) same++;
  }
  return same / total;
}

/** The class of the largest logit for each pixel; none, 65535, where there is no number. */
function labelsOf({ [LOGITS]: logits }: Awaited<ReturnType<Session['run']>>): Uint16Array {
  const { data, shape } = logits as Tensor<'float32'>;
  const classes = shape[1] as number;
  const labels = new Uint16Array(data.length / classes).fill(65535);
  const best = new Float32Array(labels.length).fill(Number.NEGATIVE_INFINITY);
  for (let index = 0; index < data.length; index++) {
    const pixel = index % labels.length;
    if ((data[index] as number) <= (best[pixel] as number) || Number.isNaN(data[index])) continue;
    best[pixel] = data[index] as number;
    labels[pixel] = Math.floor(index / labels.length);
  }
  return labels;
}
