/** mmsegmentation's own layout: `img_dir/{train,val}` and `ann_dir/{train,val}`, with suffixes after the common stem or none. */
import { FormatError } from '../../errors.ts';
import { splitsOfFolders } from '../split-names.ts';
import { namedClasses } from './class-files.ts';
import type { Folder } from './folder.ts';
import { type FolderPair, pairFolders } from './folder-layouts.ts';
import type { DatasetFormat } from './format.ts';

export const mmsegmentation: DatasetFormat = {
  name: 'mmsegmentation',
  looksFor: 'img_dir/{train,val} and ann_dir/{train,val}',
  colorTable: 'beside the folders',
  detect: (folder) => pairsOf(folder).length > 0,
  async read(folder) {
    const pairs = pairsOf(folder);
    if (pairs.length === 0) {
      throw new FormatError(
        `${folder.name}: mmsegmentation's layout lacks folders of the same name in img_dir/ and ann_dir/, such as img_dir/train and ann_dir/train.`,
      );
    }
    return { classes: await namedClasses(folder), encoding: null, splits: pairFolders(folder, pairs) };
  },
};

function pairsOf(folder: Folder): FolderPair[] {
  const names = folder.foldersIn('img_dir').filter((name) => folder.hasFolder(`ann_dir/${name}`));
  return [...splitsOfFolders(names)].map(([name, split]) => ({
    split,
    images: `img_dir/${name}`,
    masks: `ann_dir/${name}`,
  }));
}
