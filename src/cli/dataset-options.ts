/** How a data set is opened: the options that the commands over labelled images share. */
import type { Command } from 'commander';
import type { Dataset } from '../data/dataset.ts';
import { DATASET_FORMATS } from '../data/formats/index.ts';
import { type HoldOut, holdOut } from '../data/hold-out.ts';
import { openDatasetAt } from '../platform/node/dataset-files.ts';
import { oneOf, readClasses } from './parse.ts';

/** What was typed of them. */
export interface DatasetOptions {
  readonly format?: string;
  readonly classes?: string;
  /** As typed: it is kept with a run. */
  readonly holdOut?: string;
}

/** With one seed, `train` and `val` mean the same images by the same share. */
const HOLD_OUT_SEED = 0;

const FORMAT_NAMES = DATASET_FORMATS.map(({ name }) => name);

/** Adds them to a command. */
export function addDatasetOptions(command: Command): Command {
  return command
    .option(
      '--format <name>',
      `the data set's layout, if it is not recognised: ${FORMAT_NAMES.join(', ')}`,
      oneOf('--format', FORMAT_NAMES),
    )
    .option('--classes <classes>', 'names of the classes: a file, or a known set (voc, cityscapes, camvid, ...)')
    .option(
      '--hold-out <part>',
      "take part of train for val: a share such as 0.2, or names such as 'clip1*,clip7*' (a val that is there is not used)",
    );
}

/** Opens it as the options say. */
export async function openDataset(path: string, options: DatasetOptions): Promise<Dataset> {
  const { format, classes, holdOut: part } = options;
  const dataset = await openDatasetAt(path, {
    ...(format !== undefined && { format }),
    ...(classes !== undefined && { classes: await readClasses(classes) }),
  });
  return part === undefined ? dataset : holdOut(dataset, heldOutPart(part));
}

/** A number is a share, anything else names. */
function heldOutPart(typed: string): HoldOut {
  const fraction = Number(typed);
  if (Number.isFinite(fraction)) return { fraction, seed: HOLD_OUT_SEED };
  return { names: typed.split(',').map((name) => name.trim()) };
}
