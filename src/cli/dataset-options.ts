/** How a data set is opened: the options that the commands over labeled images share. */
import { type Command, Option } from 'commander';
import { UNLABELED_CHOICES, type Unlabeled } from '../data/annotations/unlabeled.ts';
import type { Dataset } from '../data/dataset.ts';
import { nodeTaskFiles } from '../platform/node/task-files.ts';
import { DATASET_FORMAT_NAMES, openDataset as openDatasetIn } from '../tasks/dataset-fields.ts';
import { oneOf } from './parse.ts';

/** What was typed of them. */
export interface DatasetOptions {
  readonly format?: string;
  readonly classes?: string;
  readonly unlabeled?: Unlabeled;
  /** The British spelling, which many type. */
  readonly unlabelled?: Unlabeled;
  /** What was typed: it is kept with a run. */
  readonly holdOut?: string;
}

/** Adds them to a command. */
export function addDatasetOptions(command: Command): Command {
  return command
    .option(
      '--format <name>',
      `the data set's layout, if it is not recognized: ${DATASET_FORMAT_NAMES.join(', ')}`,
      oneOf('--format', DATASET_FORMAT_NAMES),
    )
    .option('--classes <classes>', 'names of the classes: a file, or a known set (voc, cityscapes, camvid, ...)')
    .option(
      '--unlabeled <choice>',
      'what images without shapes are, where shapes are drawn: background or skip',
      oneOf('--unlabeled', UNLABELED_CHOICES),
    )
    .addOption(new Option('--unlabelled <choice>').argParser(oneOf('--unlabelled', UNLABELED_CHOICES)).hideHelp())
    .option(
      '--hold-out <part>',
      "take part of train for val: a share such as 0.2, or names such as 'clip1*,clip7*' (a val that is there is not used), or none: what is in val counts as train",
    );
}

/** The fields of a request that they are. */
export const datasetFields = ({
  format,
  classes,
  unlabelled,
  unlabeled = unlabelled,
  holdOut,
}: DatasetOptions): Omit<DatasetOptions, 'unlabelled'> => ({
  ...(format !== undefined && { format }),
  ...(classes !== undefined && { classes }),
  ...(unlabeled !== undefined && { unlabeled }),
  ...(holdOut !== undefined && { holdOut }),
});

/** Opens it as the options say. */
export function openDataset(path: string, options: DatasetOptions): Promise<Dataset> {
  return openDatasetIn(path, datasetFields(options), nodeTaskFiles);
}
