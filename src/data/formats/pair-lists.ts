/** Lists of path pairs, `train.txt` and `val.txt`: an image and its mask a line, relative to the root. */
import { FormatError, RefineNetError } from '../../errors.ts';
import { extensionOf } from '../file-source.ts';
import type { Pairs } from '../pairing.ts';
import { classColors } from './class-colors.ts';
import { namedClasses } from './class-files.ts';
import type { Folder } from './folder.ts';
import type { DatasetFormat } from './format.ts';
import { KNOWN_SPLITS } from '../split-names.ts';
import { pathPair, readPathList, splitOfList } from './path-lists.ts';

const LIST_EXTENSIONS = ['.txt', '.lst', '.tsv', '.list'];

export const pairLists: DatasetFormat = {
  name: 'pair-lists',
  looksFor: 'train.txt, val.txt, ... with two paths a line (image, mask), separated by a tab or a space',
  colorTable: 'beside the lists',
  detect: async (folder) => (await listsOf(folder)).length > 0,
  async read(folder) {
    const lists = await listsOf(folder);
    if (lists.length === 0) {
      throw new FormatError(
        `${folder.name}: no list of pairs. Looked for texts (${LIST_EXTENSIONS.join(', ')}) whose lines are two paths of images; ` +
          `it has ${folder.filesIn('').slice(0, 8).join(', ') || 'no files'}.`,
      );
    }
    const splits = new Map<string, Pairs>();
    for (const list of lists) splits.set(splitOfList(list), await readPathList(folder, list));
    const classes = await namedClasses(folder);
    const colors = await classColors(folder, [''], splits.values(), classes);
    return colors ? { ...colors, splits } : { classes, encoding: null, splits };
  },
};

async function listsOf(folder: Folder): Promise<string[]> {
  const lists: string[] = [];
  const candidates = folder.entry === undefined ? folder.filesIn('') : [folder.entry];
  for (const path of candidates.filter((each) => LIST_EXTENSIONS.includes(extensionOf(each)))) {
    const [first] = await folder.lines(path).catch((error: unknown) => {
      // What is not called as a split is no list if it is no text, such as a README in another alphabet.
      const isNamed = folder.entry !== undefined || KNOWN_SPLITS.includes(splitOfList(path));
      if (error instanceof RefineNetError && !isNamed) return [];
      throw error;
    });
    if (first !== undefined && pathPair(first)) lists.push(path);
  }
  return lists;
}
