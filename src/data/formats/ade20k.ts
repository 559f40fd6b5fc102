/** ADE20K's scene parsing benchmark: 150 classes, 0 for none of them. */
import { FormatError } from '../../errors.ts';
import { ADE20K_CLASSES } from '../../labels/sets/ade20k.ts';
import { classesNamed } from '../../labels/classes-named.ts';
import { labelTable } from '../../labels/label-table.ts';
import { folderPairs, pairFolders } from './folder-layouts.ts';
import type { DatasetFormat } from './format.ts';

export const ade20k: DatasetFormat = {
  name: 'ade20k',
  looksFor:
    'images/{training,validation} and annotations/{training,validation} with files ADE_train_*, or objectInfo150.txt',
  detect: (folder) =>
    folder.hasFolder('images/training') &&
    folder.hasFolder('annotations/training') &&
    (folder.hasFile('objectInfo150.txt') ||
      folder.under('images/training').some((path) => /\/ADE_(frame_)?train_\d+\.\w+$/.test(path))),
  async read(folder) {
    const pairs = folderPairs(folder);
    if (pairs.length === 0) {
      throw new FormatError(
        `${folder.name}: ADE20K's layout lacks images/training, annotations/training, images/validation and annotations/validation.`,
      );
    }
    return {
      classes: classesNamed(ADE20K_CLASSES),
      encoding: { kind: 'ids', table: labelTable({ classes: ADE20K_CLASSES.length, reduceZero: true }) },
      splits: pairFolders(folder, pairs),
      notes: ['0 in the masks is none of the 150 classes and ignored; 1 ... 150 become 0 ... 149.'],
    };
  },
};
