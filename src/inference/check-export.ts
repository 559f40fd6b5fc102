/** The check an exported model must pass before it is kept: the same logits as our own graph gives. */
import { RuntimeError } from '../errors.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import type { Model } from '../models/model.ts';
import { network } from '../models/network.ts';
import { LOGITS, PIXEL_VALUES, pixelValues } from '../models/pixel-values.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Backend, ExecutableModel } from '../runtime/backend.ts';
import { randomStream } from '../tensor/random.ts';
import { widenWeights } from '../tensor/float16.ts';
import { elementCount } from '../tensor/shape.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';

/** Allowed norm of the difference over the norm of ours: float32 sums differ in their last digits. */
export const EXPORT_TOLERANCE = 1e-4;

/** The same for float16, whose numbers have three digits, after some hundred operators in a row. */
export const FLOAT16_TOLERANCE = 2e-2;

/** Shapes that are tried: an even one, and an odd one in a batch. */
const SHAPES = [
  [1, 3, 64, 96],
  [2, 3, 97, 131],
] as const;

/**
 * Runs exported bytes and our own graph on the same random pixels.
 * @returns the largest relative difference.
 * @throws RuntimeError if it exceeds the tolerance, or the engine refuses the export.
 */
export async function checkExport(
  bytes: Uint8Array,
  model: Model,
  backend: Backend,
  tolerance: number = EXPORT_TOLERANCE,
): Promise<number> {
  const weights = widenWeights(model.weights);
  const own: ExecutableModel = {
    bytes: encodeModel(
      toOnnx({ [LOGITS]: network(model.definition, pixelValues()) }, weights, { storage: 'external' }),
    ),
    weights,
    ...(model.folder === undefined ? {} : { folder: model.folder }),
  };
  // One after the other, so that only one copy of the weights is in the engine at a time.
  const expected = await logitsOf(own, backend);
  const got = await logitsOf({ bytes, weights: new Map() }, backend);
  const differences = expected.map((values, index) => relativeDifference(got[index] as Float32Array, values));
  const worst = Math.max(...differences);
  if (!(worst <= tolerance)) {
    throw new RuntimeError(
      `The exported model gives other logits than ours: relative difference ${worst.toExponential(1)}, allowed ${tolerance}. It was not kept.`,
    );
  }
  return worst;
}

/** Norm of the difference over the norm of the reference. */
export function relativeDifference(values: Float32Array, reference: Float32Array): number {
  if (values.length !== reference.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let norm = 0;
  for (let index = 0; index < reference.length; index++) {
    const expected = reference[index] as number;
    difference += ((values[index] as number) - expected) ** 2;
    norm += expected ** 2;
  }
  return Math.sqrt(difference / norm);
}

async function logitsOf(model: ExecutableModel, backend: Backend): Promise<Float32Array[]> {
  const session = await backend.createSession(model);
  try {
    const results: Float32Array[] = [];
    for (const shape of SHAPES) {
      const { normal } = randomStream(0, 'pixels', ...shape);
      const pixels = tensor('float32', shape, Float32Array.from({ length: elementCount(shape) }, normal));
      const { [LOGITS]: logits } = await session.run({ [PIXEL_VALUES]: pixels });
      results.push((logits as Tensor<'float32'>).data);
    }
    return results;
  } finally {
    await session.dispose();
  }
}
