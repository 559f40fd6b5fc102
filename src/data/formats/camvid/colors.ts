/** CamVid's 701 original masks, `x_L.png` painted in the colors of 32 classes, which become the usual 11. */
import { FormatError } from '../../../errors.ts';
import { LABEL_SETS } from '../../../labels/sets/label-sets.ts';
import { colorKey, parseColorTable } from '../../../labels/color-table.ts';
import { CAMVID_11_OF_32, CAMVID_32 } from '../../../labels/sets/camvid.ts';
import type { LabelClass } from '../../../labels/label-class.ts';
import { isImage } from '../../file-source.ts';
import { IGNORE_INDEX } from '../../../labels/label-table.ts';
import { COLOR_TABLE_FILES } from '../class-files.ts';
import type { Folder } from '../folder.ts';
import { type FolderPair, folderPairs, pairFolders, splitNotes } from '../folder-layouts.ts';
import type { DatasetFormat } from '../format.ts';

/** Folders of the original release. */
const ORIGINAL: FolderPair = { split: 'train', images: '701_StillsRaw_full', masks: 'LabeledApproved_full' };

export const camvidColors: DatasetFormat = {
  name: 'camvid-colors',
  looksFor:
    "folders of images and of masks *_L.png with class_dict.csv (CamVid's 32 classes), or 701_StillsRaw_full/ and LabeledApproved_full/",
  async detect(folder) {
    const masks = pairsOf(folder)
      .flatMap((pair) => folder.under(pair.masks))
      .filter(isImage);
    if (masks.length === 0 || !masks.some((path) => path.endsWith('_L.png'))) return false;
    const table = await tableOf(folder).catch(() => null);
    return table?.every(({ name }) => Object.hasOwn(CAMVID_11_OF_32, name)) ?? false;
  },
  async read(folder) {
    const pairs = pairsOf(folder);
    if (pairs.length === 0) {
      throw new FormatError(
        `${folder.name}: CamVid with color-coded masks lacks a folder of images and one of masks (x.png and x_L.png), such as train/ and train_labels/.`,
      );
    }
    const table = await tableOf(folder);
    const unknown = table.filter(({ name }) => !Object.hasOwn(CAMVID_11_OF_32, name));
    if (unknown.length > 0) {
      throw new FormatError(
        `${folder.name}: the table has classes that CamVid does not: ${unknown.map(({ name }) => name).join(', ')}. Use the format color-masks.`,
      );
    }
    const { classes } = LABEL_SETS.camvid;
    const ids = new Map(
      table.map(({ name, color }): [number, number] => {
        const target = CAMVID_11_OF_32[name];
        const id = classes.findIndex((each) => each.name === target);
        return [colorKey(color), id < 0 ? IGNORE_INDEX : id];
      }),
    );
    return {
      classes,
      encoding: { kind: 'colors', classes: ids },
      splits: pairFolders(folder, pairs),
      notes: ['The 32 classes are merged to the usual 11; Void is ignored.', ...splitNotes(pairs)],
    };
  },
};

function pairsOf(folder: Folder): readonly FolderPair[] {
  return folder.hasFolder(ORIGINAL.images) && folder.hasFolder(ORIGINAL.masks) ? [ORIGINAL] : folderPairs(folder);
}

async function tableOf(folder: Folder): Promise<readonly LabelClass[]> {
  const file = folder.firstFile(COLOR_TABLE_FILES);
  return file === undefined ? CAMVID_32 : parseColorTable(await folder.text(file), file);
}
