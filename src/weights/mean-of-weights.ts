/** The mean of several trainings' weights, as one network's. */
import { UsageError, WeightsError } from '../errors.ts';
import { float32Numbers, widenWeights } from '../tensor/float16.ts';
import { describeMismatches, type Mismatch, mismatchOf } from '../tensor/mismatch.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import type { Weights } from '../tensor/weights.ts';

const ADVICE = 'Only trainings of one network, from a common beginning, have a mean that is of use.';

/**
 * The mean of each weight over several trainings that began alike ("model soups", Wortsman et al., ICML 2022): often better than
 * each of them, and as fast as one. Floating-point tensors of any type become float32 ones; others are the first training's.
 * @throws UsageError if there are none; WeightsError if they have not the same tensors, naming those.
 */
export function meanOfWeights(trainings: readonly Weights[]): Weights {
  const [first, ...others] = trainings.map((weights) => widenWeights(weights));
  if (!first) throw new UsageError('There are no weights to take the mean of. Give those of two trainings or more.');
  for (const [index, other] of others.entries()) checkAlike(first, other, `weights ${index + 2}`);
  return new Map(
    [...first].map(([name, one]) => [
      name,
      meanOf(
        one,
        others.map((other) => other.get(name) as Tensor),
      ),
    ]),
  );
}

function checkAlike(first: Weights, other: Weights, subject: string): void {
  const names = new Set([...first.keys(), ...other.keys()]);
  const mismatches = [...names].flatMap((name): Mismatch[] => {
    const expected = first.get(name);
    if (!expected) return [{ kind: 'unexpected', name, detail: '' }];
    const mismatch = mismatchOf(name, other.get(name), expected);
    return mismatch ? [mismatch] : [];
  });
  if (mismatches.length > 0) throw new WeightsError(describeMismatches(subject, mismatches, ADVICE));
}

function meanOf(one: Tensor, others: readonly Tensor[]): Tensor {
  const numbers = float32Numbers(one);
  if (!numbers) return one;
  const all = [numbers, ...others.map((other) => float32Numbers(other) as Float32Array)];
  const mean = numbers.map((_, at) => all.reduce((sum, each) => sum + (each[at] as number), 0) / all.length);
  return tensor('float32', one.shape, mean);
}
