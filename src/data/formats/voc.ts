/** PASCAL VOC 2012: palette PNG masks, and texts with the stems of each split. */
import { FormatError } from '../../errors.ts';
import { LABEL_SETS } from '../../labels/sets/label-sets.ts';
import { fileNameOf, withoutExtension } from '../file-source.ts';
import { labelTable } from '../../labels/label-table.ts';
import type { Pairs } from '../pairing.ts';
import type { DatasetFormat } from './format.ts';
import { readStemList } from './stem-lists.ts';

const LISTS = 'ImageSets/Segmentation';
/** The second holds the masks of the extended training set. */
const MASK_FOLDERS = ['SegmentationClass', 'SegmentationClassAug'];

const masksOf = (stem: string): string[] => MASK_FOLDERS.map((masks) => `${masks}/${stem}.png`);

export const voc: DatasetFormat = {
  name: 'voc',
  looksFor: `JPEGImages/, SegmentationClass/ and ${LISTS}/{train,val}.txt`,
  detect: (folder) => folder.hasFolder('JPEGImages') && folder.hasFolder(LISTS),
  async read(folder) {
    const missing = ['JPEGImages', 'SegmentationClass', LISTS].filter((path) => !folder.hasFolder(path));
    if (missing.length > 0) {
      throw new FormatError(
        `${folder.name}: PASCAL VOC's layout lacks ${missing.map((path) => `${path}/`).join(', ')}.`,
      );
    }
    const splits = new Map<string, Pairs>();
    for (const list of folder.filesIn(LISTS).filter((path) => path.endsWith('.txt'))) {
      const pairs = await readStemList(folder, list, 'JPEGImages', masksOf);
      // The test images were published without masks.
      if (pairs.samples.length > 0 || !/\/test\.txt$/.test(list)) {
        splits.set(withoutExtension(fileNameOf(list)), pairs);
      }
    }
    const { classes } = LABEL_SETS.voc;
    return { classes, encoding: { kind: 'ids', table: labelTable({ classes: classes.length }) }, splits };
  },
};
