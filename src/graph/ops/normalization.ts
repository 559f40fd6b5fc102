/** Batch normalisation with given statistics. */
import { ShapeError } from '../../errors.ts';
import { float } from '../../onnx/model.ts';
import { formatShape } from '../../tensor/shape.ts';
import { applyOne, type Op, required, type Value } from '../value.ts';

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

/** weight (x - mean) / sqrt(variance + epsilon) + bias, per channel. */
export function batchNormalization(
  x: Value,
  [weight, bias, mean, variance]: readonly [Value, Value, Value, Value],
  epsilon: number,
  place?: string,
): Value {
  return applyOne(BatchNormalization, [x, weight, bias, mean, variance], { epsilon }, place);
}
