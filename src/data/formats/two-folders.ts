/** Two folders, paired by stem: `images/` and `masks/`, with splits as folders in them, around them, or none. */
import { FormatError } from '../../errors.ts';
import { namedClasses } from './class-files.ts';
import { FOLDER_NAMES_IN_WORDS, folderPairs, pairFolders, splitNotes } from './folder-layouts.ts';
import type { DatasetFormat } from './format.ts';

export const twoFolders: DatasetFormat = {
  name: 'folders',
  looksFor: `a folder of images and one of masks (${FOLDER_NAMES_IN_WORDS}), with train/ and val/ inside or around them`,
  colorTable: 'beside the folders',
  detect: (folder) => folderPairs(folder).length > 0,
  async read(folder) {
    const pairs = folderPairs(folder);
    if (pairs.length === 0) {
      throw new FormatError(
        `${folder.name}: no two folders of images and masks. Looked for ${FOLDER_NAMES_IN_WORDS}; it has ${folder.foldersIn('').join(', ') || 'no folders'}.`,
      );
    }
    const classes = await namedClasses(folder);
    return {
      classes,
      encoding: null,
      splits: pairFolders(folder, pairs),
      notes: splitNotes(pairs),
    };
  },
};
