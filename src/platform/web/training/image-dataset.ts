/** The images of a page's run as a data set. */
import * as z from 'zod';
import type { Dataset } from '../../../data/dataset.ts';
import { inSplitOrder } from '../../../data/split-names.ts';
import { FormatError, messageOf, UsageError } from '../../../errors.ts';
import type { LabelClass } from '../../../labels/label-class.ts';
import { IGNORE_INDEX, labelTable } from '../../../labels/label-table.ts';
import type { RunStorage } from '../../../training/run/storage.ts';

export const IMAGES_FILE = 'images.json';

const byte = z.int().min(0).max(255);
const listSchema = z.object({
  version: z.literal(1),
  classes: z.array(z.object({ name: z.string(), color: z.tuple([byte, byte, byte]) })),
  images: z.array(z.object({ name: z.string(), image: z.string(), mask: z.string(), split: z.enum(['train', 'val']) })),
});

/** An image in a run's files. */
export interface KeptImage {
  readonly name: string;
  /** Paths in the run's folder. */
  readonly image: string;
  readonly mask: string;
  readonly split: 'train' | 'val';
}

export interface ImageList {
  readonly classes: readonly LabelClass[];
  readonly images: readonly KeptImage[];
}

/** @throws FormatError if the list is missing or damaged. */
export async function readImageList(storage: RunStorage): Promise<ImageList> {
  const file = `${storage.name}/${IMAGES_FILE}`;
  const bytes = await storage.read(IMAGES_FILE);
  if (!bytes) throw new FormatError(`${file} is missing. Delete the run (deleteRun) and start it anew.`);
  try {
    return listSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    throw new FormatError(
      `${file} is no list of images (${messageOf(error)}). Delete the run (deleteRun) and start it anew.`,
      { cause: error },
    );
  }
}

/** The data set of these images; nothing is read yet. */
export function imageDataset(storage: RunStorage, { classes, images }: ImageList): Dataset {
  const name = `The data of ${storage.name}`;
  const splits = inSplitOrder(images.map(({ split }) => split));
  const read = async (path: string): Promise<Uint8Array> => {
    const bytes = await storage.read(path);
    if (bytes) return bytes;
    throw new FormatError(
      `${storage.name}/${path} is missing. Delete the run (deleteRun) and start it anew with its images.`,
    );
  };
  return {
    name,
    path: '',
    format: 'page',
    classes,
    ignoreIndex: IGNORE_INDEX,
    splits,
    encoding: { kind: 'ids', table: labelTable({ classes: classes.length }) },
    source: {
      name,
      list: async (folder) =>
        images
          .flatMap(({ image, mask }) => [image, mask])
          .filter((path) => folder === '' || path.startsWith(`${folder}/`))
          .sort(),
      read,
      exists: async (path) => (await storage.read(path)) !== undefined,
      size: async (path) => (await read(path)).length,
    },
    notes: [],
    samples(split) {
      if (!splits.includes(split)) {
        throw new UsageError(`${name}: there is no split "${split}". It has ${splits.join(', ')}.`);
      }
      return images.filter((image) => image.split === split).map(({ name, image, mask }) => ({ name, image, mask }));
    },
    faults: () => [],
  };
}
