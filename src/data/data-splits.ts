/** Which parts of a data set are learned from, and which is measured on meanwhile. */
import { UsageError } from '../errors.ts';
import type { Dataset } from './dataset.ts';
import type { LayoutFault } from './pairing.ts';

export interface DataSplits {
  readonly train: string;
  readonly validation: string | undefined;
}

/**
 * `train`, and `val` (or `test` where there is no `val`; none where it is empty). Without `train`, the first split that has images.
 * @throws UsageError if there is nothing to train on, with what was found instead.
 */
export function dataSplits(dataset: Dataset): DataSplits {
  const isThere = (split: string) => dataset.splits.includes(split) && dataset.samples(split).length > 0;
  const train = ['train', ...dataset.splits].find(isThere);
  if (train === undefined) {
    throw new UsageError(`${dataset.name}: there are no images to train on${whatIsThere(dataset)}.`);
  }
  const candidate = dataset.splits.includes('val') ? 'val' : 'test';
  return { train, validation: candidate !== train && isThere(candidate) ? candidate : undefined };
}

/** What a fault is, for one file and for several. */
const IN_WORDS: Readonly<Record<LayoutFault['kind'], readonly [string, string]>> = {
  'missing-mask': ['image without a mask', 'images without a mask'],
  'missing-image': ['mask without an image', 'masks without an image'],
  'missing-listed': ['file that is listed but not there', 'files that are listed but not there'],
  'ambiguous-name': ['file that is there twice', 'files that are there twice'],
  'unreadable-format': ['file of a format that is not read', 'files of a format that is not read'],
};

function whatIsThere({ splits, faults }: Dataset): string {
  const all = splits.flatMap((split) => faults(split));
  const found = Object.entries(IN_WORDS)
    .map(([kind, words]) => ({ words, paths: all.filter((fault) => fault.kind === kind).map(({ path }) => path) }))
    .filter(({ paths }) => paths.length > 0)
    .map(
      ({ words: [one, several], paths }) =>
        `${paths.length} ${paths.length === 1 ? one : several}, such as ${paths[0]}`,
    );
  return found.length === 0 ? '' : `, only ${found.join('; ')}`;
}
