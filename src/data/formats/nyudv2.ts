/** NYUDv2 with 40 classes as Light-Weight RefineNet's authors lay it out: `train.nyu` and `val.nyu` list image and mask. */
import { FormatError } from '../../errors.ts';
import { LABEL_SETS } from '../../labels/sets/label-sets.ts';
import { labelTable } from '../../labels/label-table.ts';
import type { Pairs } from '../pairing.ts';
import type { Folder } from './folder.ts';
import { pairFolders } from './folder-layouts.ts';
import type { DatasetFormat } from './format.ts';
import { readPathList } from './path-lists.ts';

const SPLITS = ['train', 'val'];

export const nyudv2: DatasetFormat = {
  name: 'nyudv2',
  looksFor: 'train.nyu and val.nyu (image, tab, mask), with train_images/, train_labels/, val_images/, val_labels/',
  detect: (folder) => SPLITS.some((split) => listOf(folder, split) !== undefined),
  async read(folder) {
    const splits = new Map<string, Pairs>();
    for (const split of SPLITS) {
      const list = listOf(folder, split);
      const [images, masks] = [`${split}_images`, `${split}_labels`];
      if (list !== undefined) splits.set(split, await readPathList(folder, list));
      else if (folder.hasFolder(images))
        splits.set(split, pairFolders(folder, [{ split, images, masks }]).get(split) as Pairs);
    }
    if (splits.size === 0) {
      throw new FormatError(
        `${folder.name}: NYUDv2's layout lacks train.nyu and val.nyu, or the folders train_images, train_labels, val_images, val_labels.`,
      );
    }
    const { classes } = LABEL_SETS.nyudv2;
    return {
      classes,
      encoding: { kind: 'ids', table: labelTable({ classes: classes.length }) },
      splits,
      notes: [
        "Ids are 0 (wall) ... 39, as in the authors' masks, and 255 is unlabeled; the original release counts from 1.",
      ],
    };
  },
};

function listOf(folder: Folder, split: string): string | undefined {
  return folder.firstFile([`${split}.nyu`, `data/${split}.nyu`]);
}
