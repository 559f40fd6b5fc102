/** Masks painted in the colors of a class table (`class_dict.csv`: name,r,g,b). */
import { FormatError } from '../../errors.ts';
import { parseColorTable } from '../../labels/color-table.ts';
import { colorEncoding } from './color-encoding.ts';
import { COLOR_TABLE_FILES } from './class-files.ts';
import { FOLDER_NAMES_IN_WORDS, folderPairs, pairFolders, splitNotes } from './folder-layouts.ts';
import type { DatasetFormat } from './format.ts';

export const colorMasks: DatasetFormat = {
  name: 'color-masks',
  looksFor: 'class_dict.csv (name,r,g,b) or label_colors.txt beside folders of images and of masks in those colors',
  colorTable: 'beside the folders',
  detect: (folder) => folder.firstFile(COLOR_TABLE_FILES) !== undefined && folderPairs(folder).length > 0,
  async read(folder) {
    const pairs = folderPairs(folder);
    const file = folder.firstFile(COLOR_TABLE_FILES);
    const missing = [
      ...(file === undefined ? [`a class table (${COLOR_TABLE_FILES.join(', ')})`] : []),
      ...(pairs.length === 0 ? [`two folders of images and masks (${FOLDER_NAMES_IN_WORDS})`] : []),
    ];
    if (file === undefined || missing.length > 0) {
      throw new FormatError(`${folder.name}: masks coded by color need what is not there: ${missing.join(', and ')}.`);
    }
    const { classes, encoding, ignored } = colorEncoding(parseColorTable(await folder.text(file), file));
    return {
      classes,
      encoding,
      splits: pairFolders(folder, pairs),
      notes: [...(ignored.length > 0 ? [`${ignored.join(', ')} is no class and ignored.`] : []), ...splitNotes(pairs)],
    };
  },
};
