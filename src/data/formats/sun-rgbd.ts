/** SUN RGB-D with 37 classes: a folder an image with seg.mat as published, or PNG that others made of it. */
import { FormatError } from '../../errors.ts';
import { classesNamed } from '../../labels/classes-named.ts';
import { labelTable } from '../../labels/label-table.ts';
import { SUN_RGBD_CLASSES } from '../../labels/sets/sun-rgbd.ts';
import { comparable, fileNameOf, folderOf, isImage, joinPaths, withoutExtension } from '../file-source.ts';
import { readMat } from '../mat/read-mat.ts';
import type { LayoutFault, Pairs } from '../pairing.ts';
import type { Sample } from '../sample.ts';
import type { Folder } from './folder.ts';
import { ONLY_TRAIN } from './folder-layouts.ts';
import type { DatasetFormat } from './format.ts';
import { withShortNames } from './short-names.ts';

const SEGMENTATION = 'seg.mat';
const SPLIT_FILE = 'allsplit.mat';
const SPLITS = ['train', 'test'] as const;

export const sunRgbd: DatasetFormat = {
  name: 'sun-rgbd',
  looksFor: `folders with image/ and ${SEGMENTATION}, and ${SPLIT_FILE}; or image/{train,test} and label37/{train,test}`,
  detect: (folder) => folder.hasFolder('label37/train') || segmentations(folder).length > 0,
  async read(folder) {
    const found = segmentations(folder);
    if (found.length === 0 && !folder.hasFolder('label37')) {
      throw new FormatError(
        `${folder.name}: SUN RGB-D's layout lacks folders with image/ and ${SEGMENTATION}, or image/ and label37/.`,
      );
    }
    const splitFile = folder.paths.find((path) => fileNameOf(path) === SPLIT_FILE);
    const isSplit = found.length === 0 || splitFile !== undefined;
    return {
      classes: classesNamed(SUN_RGBD_CLASSES),
      encoding: { kind: 'ids', table: labelTable({ classes: SUN_RGBD_CLASSES.length, reduceZero: true }) },
      splits: found.length === 0 ? numberedSplits(folder) : await publishedSplits(folder, found, splitFile),
      notes: [
        '0 is none of the 37 classes and ignored, as is what has a name of its own.',
        ...(isSplit ? [] : [ONLY_TRAIN]),
      ],
    };
  },
};

const segmentations = (folder: Folder): string[] =>
  folder.paths.filter(
    (path) => fileNameOf(path) === SEGMENTATION && folder.hasFolder(joinPaths(folderOf(path), 'image')),
  );

async function publishedSplits(
  folder: Folder,
  found: readonly string[],
  splitFile: string | undefined,
): Promise<Map<string, Pairs>> {
  const splitOf = splitFile === undefined ? () => 'train' : await readSplits(folder, splitFile);
  const splits = new Map<string, { samples: Sample[]; faults: LayoutFault[] }>();
  for (const mask of found) {
    const place = folderOf(mask);
    const split = splitOf(place);
    if (split === undefined) continue;
    const pairs = splits.get(split) ?? { samples: [], faults: [] };
    splits.set(split, pairs);
    const [image, second] = folder.filesIn(joinPaths(place, 'image')).filter(isImage);
    if (image === undefined) pairs.faults.push({ kind: 'missing-image', path: mask });
    else pairs.samples.push({ name: comparable(place), image, mask });
    if (second !== undefined && image !== undefined) {
      pairs.faults.push({ kind: 'ambiguous-name', path: second, detail: `is beside ${image}` });
    }
  }
  return new Map(
    [...splits].map(([split, { samples, faults }]) => [split, { samples: withShortNames(samples), faults }]),
  );
}

/** The split of a folder, by the end of its path: the file has that of the machine that it was made on. */
async function readSplits(folder: Folder, path: string): Promise<(place: string) => string | undefined> {
  const { source, name } = folder;
  const variables = await readMat(await source.read(path), joinPaths(name, path), source.readHdf5Mat);
  const splitByEnd = new Map<string, string>();
  for (const split of SPLITS) {
    const listed = variables.get(`all${split}`);
    if (listed?.kind !== 'cells') {
      throw new FormatError(`${joinPaths(name, path)}: the list all${split} is missing. Copy the file anew.`);
    }
    for (const cell of listed.cells) if (cell.kind === 'text') splitByEnd.set(endOf(cell.text), split);
  }
  return (place) => splitByEnd.get(endOf(place));
}

/** The path from the sensor's folder on. */
const endOf = (path: string): string =>
  comparable(path)
    .replace(/\/+$/, '')
    .replace(/^.*?((kv1|kv2|realsense|xtion)\/)/, '$1');

/** Images and masks whose names end in the same number. */
function numberedSplits(folder: Folder): Map<string, Pairs> {
  const numberOf = (path: string) => Number(/\d+$/.exec(withoutExtension(path))?.[0] ?? Number.NaN);
  const splits = new Map<string, Pairs>();
  for (const split of SPLITS) {
    const masks = new Map(
      folder
        .under(`label37/${split}`)
        .filter(isImage)
        .map((path) => [numberOf(path), path]),
    );
    const samples: Sample[] = [];
    const faults: LayoutFault[] = [];
    for (const image of folder.under(`image/${split}`).filter(isImage)) {
      const mask = masks.get(numberOf(image));
      masks.delete(numberOf(image));
      if (mask === undefined) faults.push({ kind: 'missing-mask', path: image });
      else samples.push({ name: comparable(withoutExtension(fileNameOf(image))), image, mask });
    }
    for (const mask of masks.values()) faults.push({ kind: 'missing-image', path: mask });
    if (samples.length + faults.length > 0) splits.set(split, { samples, faults });
  }
  return splits;
}
