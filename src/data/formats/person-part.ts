/** PASCAL-Person-Part with seven classes: PASCAL-Part's MAT files, whose parts are merged, or PNG with the ids 0 ... 6. */
import { FormatError } from '../../errors.ts';
import { LABEL_SETS } from '../../labels/sets/label-sets.ts';
import { labelTable } from '../../labels/label-table.ts';
import { folderOf, joinPaths } from '../file-source.ts';
import { ONLY_TRAIN } from './folder-layouts.ts';
import type { DatasetFormat } from './format.ts';
import { foldersNamed, listedSplits, splitLists } from './stem-lists.ts';

const MASK_FOLDERS = ['pascal_person_part_gt', 'Annotations_Part'];
const LISTS = ['pascal_person_part_trainval_list', 'SegmentationPersonPart'];

export const personPart: DatasetFormat = {
  name: 'person-part',
  looksFor: 'JPEGImages/, and Annotations_Part/ with .mat or pascal_person_part_gt/ with PNG',
  detect: (folder) => foldersNamed(folder, ['JPEGImages']).length > 0 && foldersNamed(folder, MASK_FOLDERS).length > 0,
  async read(folder) {
    const [images] = foldersNamed(folder, ['JPEGImages']);
    const masks = MASK_FOLDERS.flatMap((name) => foldersNamed(folder, [name]))[0];
    if (images === undefined || masks === undefined) {
      const missing = images === undefined ? 'JPEGImages/' : MASK_FOLDERS.map((name) => `${name}/`).join(' or ');
      throw new FormatError(`${folder.name}: PASCAL-Person-Part's layout lacks ${missing}.`);
    }
    const lists = splitLists(folder, [
      ...foldersNamed(folder, LISTS),
      joinPaths(folderOf(images), 'ImageSets/Segmentation'),
    ]);
    const { classes } = LABEL_SETS['person-part'];
    return {
      classes,
      encoding: { kind: 'ids', table: labelTable({ classes: classes.length }) },
      splits: await listedSplits(folder, lists, images, masks),
      notes: [
        'Parts of people are merged to seven classes: hands belong to the lower arms, feet to the lower legs, necks to the torso.',
        ...(lists.length === 0 ? [ONLY_TRAIN] : []),
      ],
    };
  },
};
