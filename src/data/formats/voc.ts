/** PASCAL VOC 2012: palette PNG masks, and texts with the stems of each split. */
import { FormatError } from '../../errors.ts';
import { LABEL_SETS } from '../../labels/label-sets.ts';
import { comparable, fileNameOf, withoutExtension } from '../file-source.ts';
import { labelTable } from '../../labels/label-table.ts';
import type { LayoutFault, Pairs } from '../pairing.ts';
import type { Sample } from '../sample.ts';
import type { Folder } from './folder.ts';
import type { DatasetFormat } from './format.ts';

const LISTS = 'ImageSets/Segmentation';
/** The second holds the masks of the extended training set. */
const MASK_FOLDERS = ['SegmentationClass', 'SegmentationClassAug'];

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
      const pairs = await readList(folder, list);
      // The test images were published without masks.
      if (pairs.samples.length > 0 || !/\/test\.txt$/.test(list)) {
        splits.set(withoutExtension(fileNameOf(list)), pairs);
      }
    }
    const { classes } = LABEL_SETS.voc;
    return { classes, encoding: { kind: 'ids', table: labelTable({ classes: classes.length }) }, splits };
  },
};

async function readList(folder: Folder, list: string): Promise<Pairs> {
  const samples: Sample[] = [];
  const faults: LayoutFault[] = [];
  for (const line of await folder.lines(list)) {
    const stem = comparable(fileNameOf(line.split(/\s+/)[0] as string));
    const image = folder.firstFile(['.jpg', '.jpeg', '.png'].map((extension) => `JPEGImages/${stem}${extension}`));
    const mask = folder.firstFile(MASK_FOLDERS.map((masks) => `${masks}/${stem}.png`));
    if (image === undefined) {
      faults.push({ kind: 'missing-listed', path: `JPEGImages/${stem}.jpg`, detail: `listed in ${list}` });
    } else if (mask === undefined) faults.push({ kind: 'missing-mask', path: image });
    else samples.push({ name: stem, image, mask });
  }
  return { samples, faults };
}
