/** The labeled images that something is measured on. */
import type { Dataset } from '../data/dataset.ts';
import type { Sample } from '../data/sample.ts';
import { UsageError } from '../errors.ts';

/**
 * Those of a split.
 * @param path the data set's, for messages.
 * @throws UsageError if it has none, naming the splits that have some.
 */
export function labeledSamples(dataset: Dataset, split: string, path: string): readonly Sample[] {
  const samples = dataset.samples(split);
  if (samples.length > 0) return samples;
  const others = dataset.splits
    .map((name) => ({ name, count: dataset.samples(name).length }))
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${name} (${count})`);
  const advice =
    others.length > 0
      ? `Choose a split that has some with --split: ${others.join(', ')}.`
      : `No split has any; "refinenet dataset verify ${path}" says why.`;
  throw new UsageError(`${path}: the split ${split} has no labeled image to measure on. ${advice}`);
}
