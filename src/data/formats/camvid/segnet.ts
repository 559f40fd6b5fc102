/** CamVid as SegNet's tutorial publishes it: 480 x 360, 11 classes and 11 for unlabeled, in `train` and `trainannot`. */
import { FormatError } from '../../../errors.ts';
import { LABEL_SETS } from '../../../labels/sets/label-sets.ts';
import { IGNORE_INDEX, labelTable } from '../../../labels/label-table.ts';
import { KNOWN_SPLITS } from '../../split-names.ts';
import type { Folder } from '../folder.ts';
import { type FolderPair, pairFolders } from '../folder-layouts.ts';
import type { DatasetFormat } from '../format.ts';

const UNLABELED_ID = 11;

export const camvidSegnet: DatasetFormat = {
  name: 'camvid-segnet',
  looksFor: 'train/ and trainannot/, val/ and valannot/',
  detect: (folder) => pairsOf(folder).length > 0,
  async read(folder) {
    const pairs = pairsOf(folder);
    if (pairs.length === 0) {
      throw new FormatError(
        `${folder.name}: SegNet's layout of CamVid lacks train/ and trainannot/, val/ and valannot/.`,
      );
    }
    const { classes } = LABEL_SETS.camvid;
    const ids = new Map([[UNLABELED_ID, IGNORE_INDEX]]);
    return {
      classes,
      encoding: { kind: 'ids', table: labelTable({ classes: classes.length, ids }) },
      splits: pairFolders(folder, pairs),
      notes: ['11 in the masks is unlabeled and ignored.'],
    };
  },
};

function pairsOf(folder: Folder): FolderPair[] {
  return KNOWN_SPLITS.map((split) => ({ split, images: split, masks: `${split}annot` })).filter(
    ({ images, masks }) => folder.hasFolder(images) && folder.hasFolder(masks),
  );
}
