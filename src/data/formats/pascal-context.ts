/** PASCAL-Context with 59 classes and a background: MAT files with 459 ids as published, or PNG that others made of them. */
import { FormatError } from '../../errors.ts';
import { LABEL_SETS } from '../../labels/sets/label-sets.ts';
import { labelTable } from '../../labels/label-table.ts';
import { extensionOf, fileNameOf, folderOf, joinPaths } from '../file-source.ts';
import type { MaskEncoding } from '../mask.ts';
import type { Folder } from './folder.ts';
import { ONLY_TRAIN } from './folder-layouts.ts';
import type { DatasetFormat } from './format.ts';
import { foldersNamed, listedSplits, splitLists } from './stem-lists.ts';

const { classes: CLASSES } = LABEL_SETS['pascal-context'];
const ALL_IDS = 459;

/** Of the 459 published ids those of the 59 classes, in the order of their names in the alphabet. Source: labels.txt beside them. */
const PUBLISHED_IDS = [
  2, 9, 18, 19, 22, 23, 25, 31, 33, 34, 44, 45, 46, 59, 65, 68, 72, 80, 85, 98, 104, 105, 113, 115, 144, 158, 159, 162,
  187, 189, 207, 220, 232, 258, 259, 260, 284, 295, 296, 308, 324, 326, 347, 349, 354, 355, 360, 366, 368, 397, 415,
  416, 420, 424, 427, 440, 445, 454, 458,
];

const byAlphabet = CLASSES.map(({ name }, id) => ({ name, id }))
  .slice(1)
  .sort((a, b) => (a.name < b.name ? -1 : 1))
  .map(({ id }) => id);

/** The published ids that are none of the 59 classes are background. */
const PUBLISHED: MaskEncoding = {
  kind: 'ids',
  table: labelTable({
    classes: CLASSES.length,
    ids: new Map([
      ...Array.from({ length: ALL_IDS + 1 }, (_, id): [number, number] => [id, 0]),
      ...PUBLISHED_IDS.map((id, place): [number, number] => [id, byAlphabet[place] as number]),
    ]),
  }),
};
/** mmsegmentation's conversion numbers the 59 by the alphabet. */
const ALPHABETICAL: MaskEncoding = {
  kind: 'ids',
  table: labelTable({
    classes: CLASSES.length,
    ids: new Map([[0, 0], ...byAlphabet.map((id, place): [number, number] => [place + 1, id])]),
  }),
};
/** The authors' own PNG have them in the order of their 59_labels.txt, which is that of the label set. */
const AUTHORS: MaskEncoding = { kind: 'ids', table: labelTable({ classes: CLASSES.length }) };

interface Masks {
  readonly folder: string;
  readonly encoding: MaskEncoding;
  readonly note: string;
}

const MAT_FOLDERS = ['trainval', 'Context', 'SegmentationClassContext', 'context_labels'];

function masksOf(folder: Folder): Masks | undefined {
  const [authors] = foldersNamed(folder, ['59_context_labels']);
  if (authors !== undefined) {
    return { folder: authors, encoding: AUTHORS, note: 'Ids are those of 59_context_labels; 0 is background.' };
  }
  for (const place of foldersNamed(folder, MAT_FOLDERS)) {
    const files = folder.filesIn(place);
    if (files.some((path) => extensionOf(path) === '.mat')) {
      return {
        folder: place,
        encoding: PUBLISHED,
        note: 'Of the 459 published labels the 59 usual ones are classes, and all others background.',
      };
    }
    if (fileNameOf(place) === 'SegmentationClassContext') {
      return {
        folder: place,
        encoding: ALPHABETICAL,
        note: 'Ids 1 ... 59 are taken in the order of the alphabet, as mmsegmentation writes them; 0 is background.',
      };
    }
  }
  return undefined;
}

export const pascalContext: DatasetFormat = {
  name: 'pascal-context',
  looksFor: 'JPEGImages/, and trainval/ or SegmentationClassContext/ with .mat or PNG, or 59_context_labels/',
  detect: (folder) => foldersNamed(folder, ['JPEGImages']).length > 0 && masksOf(folder) !== undefined,
  async read(folder) {
    const masks = masksOf(folder);
    const [images] = foldersNamed(folder, ['JPEGImages']);
    if (masks === undefined || images === undefined) {
      const missing =
        images === undefined ? 'JPEGImages/' : 'trainval/, SegmentationClassContext/ or 59_context_labels/';
      throw new FormatError(`${folder.name}: PASCAL-Context's layout lacks ${missing}.`);
    }
    const places = ['SegmentationContext', 'Main', 'Segmentation'].map((name) =>
      joinPaths(folderOf(images), `ImageSets/${name}`),
    );
    const lists = splitLists(folder, places);
    return {
      classes: CLASSES,
      encoding: masks.encoding,
      splits: await listedSplits(folder, lists, images, masks.folder),
      notes: [masks.note, ...(lists.length === 0 ? [ONLY_TRAIN] : [])],
    };
  },
};
