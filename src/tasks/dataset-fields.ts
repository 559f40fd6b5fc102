/** How a data set is opened: the fields that requests over labeled images share. */
import * as z from 'zod';
import type { Dataset } from '../data/dataset.ts';
import { UNLABELED_CHOICES } from '../data/annotations/unlabeled.ts';
import { DATASET_FORMATS } from '../data/formats/index.ts';
import { type HoldOut, holdOut } from '../data/hold-out.ts';
import { readClasses } from './classes.ts';
import type { TaskFiles } from './task-files.ts';

export const DATASET_FORMAT_NAMES: readonly string[] = DATASET_FORMATS.map(({ name }) => name);

export const DATASET_FIELDS = {
  /** The layout, where it is not recognized. */
  format: z.enum(DATASET_FORMAT_NAMES).optional(),
  /** Names of the classes: a file, or a known set. */
  classes: z.string().optional(),
  /** What images are on which nothing is drawn. */
  unlabeled: z.enum(UNLABELED_CHOICES).optional(),
  /** The part of `train` that is taken for `val`: a share such as `0.2`, or patterns of names such as `clip1*,clip7*`; or `none`: `val` is learned from. */
  holdOut: z.string().optional(),
};

/** These fields of a request. */
export type DatasetFields = z.output<z.ZodObject<typeof DATASET_FIELDS>>;

/** Training and evaluation mean the same images by the same share where the seed is the same. */
const HOLD_OUT_SEED = 0;

/** Opens a data set as the fields say. */
export async function openDataset(
  path: string,
  { format, classes, unlabeled, holdOut: part }: DatasetFields,
  files: TaskFiles,
): Promise<Dataset> {
  const dataset = await files.openDataset(path, {
    ...(format !== undefined && { format }),
    ...(classes !== undefined && { classes: await readClasses(classes, files) }),
    ...(unlabeled !== undefined && { unlabeled }),
  });
  return part === undefined ? dataset : holdOut(dataset, heldOutPart(part));
}

/** A number is a share, anything else names but for `none`. */
function heldOutPart(text: string): HoldOut {
  if (text === 'none') return text;
  const fraction = Number(text);
  if (Number.isFinite(fraction)) return { fraction, seed: HOLD_OUT_SEED };
  return { names: text.split(',').map((name) => name.trim()) };
}
