/** COCO-Stuff with 171 classes: masks with COCO's 182 ids, or already with train ids. */
import { FormatError } from '../../errors.ts';
import { COCO_STUFF_CLASSES, COCO_STUFF_MISSING_IDS } from '../../labels/sets/coco-stuff.ts';
import { classesNamed } from '../../labels/classes-named.ts';
import { labelTable } from '../../labels/label-table.ts';
import { Folder } from './folder.ts';
import { type FolderPair, pairFolders } from './folder-layouts.ts';
import type { DatasetFormat } from './format.ts';

const SPLITS = { train: 'train2017', val: 'val2017' } as const;
const IMAGE_FOLDERS = ['images/', ''];
const MASK_FOLDERS = ['annotations/', 'stuffthingmaps/', 'stuffthingmaps_trainval2017/'];
const TRAIN_IDS_END = '_labelTrainIds.png';

/** Masks hold COCO's category number less one. */
const IDS = 182;

export const cocoStuff: DatasetFormat = {
  name: 'coco-stuff',
  looksFor: 'images/{train2017,val2017} and annotations/ (or stuffthingmaps/) {train2017,val2017} with PNG masks',
  detect: (folder) => pairsOf(folder).length > 0,
  async read(folder) {
    const pairs = pairsOf(folder);
    if (pairs.length === 0) {
      throw new FormatError(
        `${folder.name}: COCO-Stuff's layout lacks images/train2017 and annotations/train2017 (or stuffthingmaps/train2017) with PNG masks.`,
      );
    }
    const masks = pairs.flatMap((pair) => folder.under(pair.masks));
    const areConverted = masks.some((path) => path.endsWith(TRAIN_IDS_END));
    // Both may lie side by side.
    const isWanted = (path: string) => path.endsWith(TRAIN_IDS_END) === areConverted || !path.endsWith('.png');
    const wanted = new Folder(
      folder.source,
      folder.paths.filter((path) => !pairs.some((pair) => path.startsWith(`${pair.masks}/`)) || isWanted(path)),
    );
    const classes = classesNamed(COCO_STUFF_CLASSES);
    return {
      classes,
      encoding: {
        kind: 'ids',
        table: areConverted
          ? labelTable({ classes: classes.length })
          : labelTable({ classes: classes.length, ids: trainIds() }),
      },
      splits: pairFolders(wanted, pairs),
      notes: [areConverted ? 'Masks are _labelTrainIds.png.' : "Masks have COCO's 182 ids, of which 171 are classes."],
    };
  },
};

function pairsOf(folder: Folder): FolderPair[] {
  return Object.entries(SPLITS).flatMap(([split, name]) => {
    const images = IMAGE_FOLDERS.map((parent) => parent + name).find((path) => folder.hasFolder(path));
    const masks = MASK_FOLDERS.map((parent) => parent + name).find((path) =>
      folder.under(path).some((file) => file.endsWith('.png')),
    );
    return images !== undefined && masks !== undefined ? [{ split, images, masks }] : [];
  });
}

/** Class id by the mask's id: they count on past those that were never used. */
function trainIds(): Map<number, number> {
  const used = Array.from({ length: IDS }, (_, id) => id).filter((id) => !COCO_STUFF_MISSING_IDS.includes(id));
  return new Map([
    ...COCO_STUFF_MISSING_IDS.map((id): [number, number] => [id, 255]),
    ...used.map((id, position): [number, number] => [id, position]),
  ]);
}
