/** A model as a file of weights keeps it. */
import type { Precision } from '../../inference/precision.ts';
import type { Model } from '../../models/model.ts';
import { WeightsError } from '../../errors.ts';
import { halfWeights, widenWeights } from '../../tensor/float16.ts';
import type { Weights } from '../../tensor/weights.ts';
import type { ModelToExport } from './source.ts';

/** A model as it is once it was exported, and the precision that it is run in. */
export interface Measured {
  readonly model: Model;
  readonly precision: Precision;
}

/**
 * float32 keeps the weights as they are. float16 keeps half of their digits, with which all is computed in float32 later; int8
 * keeps the same, of which int8 is made.
 * @throws WeightsError if a number is too large for float16.
 */
export function storedModel(
  { model, weights }: ModelToExport,
  precision: Precision,
): { readonly stored: Weights; readonly measured: Measured } {
  if (precision === 'float32') return { stored: weights, measured: { model, precision } };
  checkRange(weights);
  const stored = halfWeights(weights);
  const { folder: _, ...rest } = model;
  const measured = { ...rest, weights: widenWeights(stored) };
  return { stored, measured: { model: measured, precision: precision === 'int8' ? precision : 'float32' } };
}

/** Numbers from here on are rounded to infinity. */
const FLOAT16_END = 65520;

function checkRange(weights: Weights): void {
  for (const [name, { dtype, data }] of weights) {
    if (dtype !== 'float32') continue;
    const large = (data as Float32Array).find((value) => Math.abs(value) >= FLOAT16_END);
    if (large !== undefined) {
      throw new WeightsError(`${name} holds ${large}, but float16 ends at 65504. Export the model in float32.`);
    }
  }
}
