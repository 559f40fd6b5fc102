/** Keeps predictions from being written over the data set that they are scored on. */
import type { Dataset } from '../../data/dataset.ts';
import { joinPaths } from '../../data/file-source.ts';
import { UsageError } from '../../errors.ts';
import { firstOf } from '../../text.ts';
import type { TaskFiles } from '../task-files.ts';
import { writtenOver } from '../written-over.ts';
import { maskFile, probabilitiesFile } from './prediction-files.ts';
import type { EvaluateRequest } from './request.ts';

/** Files that are named in a message. */
const NAMED = 3;

/** @throws UsageError naming images and masks, of any split, that saved predictions would be written over. */
export async function assertDatasetUntouched(
  dataset: Dataset,
  split: string,
  { save, saveProbabilities }: Pick<EvaluateRequest, 'save' | 'saveProbabilities'>,
  files: Pick<TaskFiles, 'realPath' | 'join'>,
): Promise<void> {
  if (save === undefined) return;
  const read = dataset.splits.flatMap((each) => dataset.samples(each).flatMap(({ image, mask }) => [image, mask]));
  const written = dataset
    .samples(split)
    .flatMap((sample) => [maskFile(sample), ...(saveProbabilities ? [probabilitiesFile(sample)] : [])]);
  const clashes = await writtenOver(
    [...new Set(read)].map((path) => joinPaths(dataset.source.name, path)),
    written.map((name) => ({ path: files.join(save, name) })),
    files,
  );
  if (clashes.length === 0) return;
  const named = clashes.map(({ input }) => input);
  throw new UsageError(
    `Predictions would be written over files of the data set: ${firstOf(named, NAMED)}. Name another folder with --save.`,
  );
}
