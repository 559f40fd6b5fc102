/** Cityscapes: one folder a city, ids of 34 kinds of things of which 19 are scored. */
import { FormatError } from '../../errors.ts';
import { LABEL_SETS } from '../../labels/sets/label-sets.ts';
import { IGNORE_INDEX, labelTable } from '../../labels/label-table.ts';
import { comparable } from '../file-source.ts';
import type { LayoutFault, Pairs } from '../pairing.ts';
import type { Sample } from '../sample.ts';
import { splitsOfFolders } from '../split-names.ts';
import type { Folder } from './folder.ts';
import type { DatasetFormat } from './format.ts';

/** The ids of the scored classes, in the order of their train ids. */
const SCORED_IDS = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33];
const MOST_ID = 33;

const IMAGE_END = '_leftImg8bit.png';
const TRAIN_IDS_END = '_gtFine_labelTrainIds.png';
const LABEL_IDS_END = '_gtFine_labelIds.png';

export const cityscapes: DatasetFormat = {
  name: 'cityscapes',
  looksFor: 'leftImg8bit/{train,val}/CITY/ and gtFine/{train,val}/CITY/ with _labelIds.png or _labelTrainIds.png',
  detect: (folder) => folder.hasFolder('leftImg8bit') && folder.hasFolder('gtFine'),
  async read(folder) {
    const missing = ['leftImg8bit', 'gtFine'].filter((path) => !folder.hasFolder(path));
    if (missing.length > 0) {
      throw new FormatError(
        `${folder.name}: Cityscapes' layout lacks ${missing.map((path) => `${path}/`).join(', ')}. Unpack both archives into one folder.`,
      );
    }
    // Converted masks are taken only where all are: one data set is read in one way.
    const images = folder.under('leftImg8bit').filter((path) => path.endsWith(IMAGE_END));
    const areConverted = images.every((image) => folder.hasFile(maskOf(image, TRAIN_IDS_END)));
    const end = areConverted ? TRAIN_IDS_END : LABEL_IDS_END;
    const splits = new Map<string, Pairs>();
    for (const [name, split] of splitsOfFolders(folder.foldersIn('leftImg8bit'))) {
      splits.set(split, readSplit(folder, name, end));
    }
    const { classes } = LABEL_SETS.cityscapes;
    return {
      classes,
      encoding: { kind: 'ids', table: areConverted ? labelTable({ classes: classes.length }) : labelIds() },
      splits,
      notes: [
        areConverted ? 'Masks are _labelTrainIds.png.' : 'Masks are _labelIds.png, mapped to the 19 scored classes.',
      ],
    };
  },
};

function labelIds() {
  const all = Array.from({ length: MOST_ID + 1 }, (_, id): [number, number] => {
    const train = SCORED_IDS.indexOf(id);
    return [id, train < 0 ? IGNORE_INDEX : train];
  });
  return labelTable({ classes: SCORED_IDS.length, ids: new Map(all) });
}

function maskOf(image: string, end: string): string {
  return `gtFine${image.slice('leftImg8bit'.length, -IMAGE_END.length)}${end}`;
}

function readSplit(folder: Folder, name: string, end: string): Pairs {
  const samples: Sample[] = [];
  const faults: LayoutFault[] = [];
  const root = `leftImg8bit/${name}`;
  const masks = new Map(
    folder
      .under(`gtFine/${name}`)
      .filter((path) => path.endsWith(end))
      .map((path) => [comparable(path), path]),
  );
  for (const image of folder.under(root).filter((path) => path.endsWith(IMAGE_END))) {
    const key = comparable(maskOf(image, end));
    const mask = masks.get(key);
    masks.delete(key);
    const name = comparable(image.slice(root.length + 1, -IMAGE_END.length));
    if (mask === undefined) faults.push({ kind: 'missing-mask', path: image });
    else samples.push({ name, image, mask });
  }
  for (const mask of masks.values()) faults.push({ kind: 'missing-image', path: mask });
  return { samples, faults };
}
