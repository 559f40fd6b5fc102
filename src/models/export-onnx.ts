/** A model as one self-contained ONNX file: normalized pixels in, logits out. */
import type { Outputs } from '../graph/rewrite/rewrite.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import { encodeModel } from '../onnx/encode.ts';
import { widenWeights } from '../tensor/float16.ts';
import type { Weights, WeightsSource } from '../tensor/weights.ts';
import type { ModelDescription } from './model.ts';
import { architectureName } from './architectures.ts';
import { network } from './network.ts';
import { LOGITS, pixelValues } from './pixel-values.ts';

/**
 * The bytes of an ONNX model with input `pixel_values` float32 [batch, 3, height, width] and output `logits` float32
 * [batch, classes, ceil(height / s), ceil(width / s)], where s is the network's output stride, 4 as published; batch, height
 * and width stay open. Class names and preprocessing are in its metadata.
 */
export function exportOnnx(description: ModelDescription, weights: Weights): Uint8Array {
  const outputs = { [LOGITS]: network(description.definition, pixelValues()) };
  return onnxFile(description, outputs, widenWeights(weights));
}

/** A graph of a model, in whatever form, as a self-contained ONNX file with the model's metadata. */
export function onnxFile(
  { definition, classes, preprocessing }: ModelDescription,
  outputs: Outputs,
  weights: WeightsSource,
): Uint8Array {
  return encodeModel(
    toOnnx(outputs, weights, {
      name: architectureName(definition),
      storage: 'inline',
      metadata: {
        classes: JSON.stringify(classes.map(({ name }) => name)),
        preprocessing: JSON.stringify(preprocessing),
      },
    }),
  );
}
