/** Strict loading: the tensors are exactly those of the network, or one error says everything that is not. */
import { WeightsError } from '../errors.ts';
import type { Parameter } from '../graph/value.ts';
import { float32Numbers } from '../tensor/float16.ts';
import { describeMismatches, type Mismatch } from '../tensor/mismatch.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import type { Weights } from '../tensor/weights.ts';

export interface FitOptions {
  /** What is being loaded, to begin the error with: a file's name. */
  readonly subject?: string;
  /** Names that are neither wanted nor refused. */
  readonly ignore?: (name: string) => boolean;
  /** What to do about the mismatches: the error's last sentence. */
  readonly advise?: (mismatches: readonly Mismatch[]) => string;
}

const ADVICE = 'Check that the weights and the architecture belong together.';

/**
 * Float32 tensors for all parameters, in the parameters' order; float32 ones share the given memory, float64 and float16
 * are converted.
 * @throws WeightsError telling how many tensors are missing, unexpected, misshapen, of an integer type or not finite, and
 * naming the first of each kind.
 */
export function fitWeights(
  weights: Weights,
  parameters: ReadonlyMap<string, Parameter>,
  { subject = 'The weights', ignore = () => false, advise = () => ADVICE }: FitOptions = {},
): Weights {
  const fitted = new Map<string, Tensor>();
  const mismatches: Mismatch[] = [];
  for (const [name, { shape }] of parameters) {
    if (ignore(name)) continue;
    const result = fitOne(weights.get(name), shape);
    if ('dtype' in result) fitted.set(name, result);
    else mismatches.push({ name, ...result });
  }
  for (const [name, { shape }] of weights) {
    if (!parameters.has(name) && !ignore(name)) {
      mismatches.push({ kind: 'unexpected', name, detail: formatShape(shape) });
    }
  }
  if (mismatches.length > 0) throw new WeightsError(describeMismatches(subject, mismatches, advise(mismatches)));
  return fitted;
}

function fitOne(found: Tensor | undefined, shape: readonly number[]): Tensor | Omit<Mismatch, 'name'> {
  if (!found) return { kind: 'missing', detail: formatShape(shape) };
  if (!sameShape(found.shape, shape)) {
    return { kind: 'shape', detail: `${formatShape(found.shape)} -> ${formatShape(shape)}` };
  }
  const data = float32Numbers(found);
  if (!data) return { kind: 'type', detail: found.dtype };
  const at = firstNotFinite(data);
  if (at >= 0) return { kind: 'value', detail: `${data[at]} at element ${at}` };
  return data === found.data ? found : tensor('float32', shape, data);
}

/** Where the first number is that is NaN or infinite, -1 if none is. */
export function firstNotFinite(data: Float32Array): number {
  // 0 times a finite number is 0, times any other NaN: one pass without a branch, as weights are hundreds of megabytes.
  let sum = 0;
  for (let index = 0; index < data.length; index++) sum += (data[index] as number) * 0;
  return sum === 0 ? -1 : data.findIndex((value) => !Number.isFinite(value));
}
