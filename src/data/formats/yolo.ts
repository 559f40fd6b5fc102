/**
 * Reads YOLO's segmentation labels: a data.yaml without masks, and a text an image in which each line is a class and a closed outline,
 * `class x y x y ...`, in parts of the image's width and height (https://docs.ultralytics.com/datasets/segment).
 */
import { FormatError } from '../../errors.ts';
import { count } from '../../text.ts';
import type { AnnotatedShape, ImageAnnotation, ShapeFault } from '../annotations/annotation.ts';
import { drawnClasses } from '../annotations/drawn-classes.ts';
import { outlineGeometry, type ReadGeometry } from '../annotations/read-geometry.ts';
import { mapAhead } from '../concurrency.ts';
import { folderOf, isImage, joinPaths, PICTURE_EXTENSIONS, withoutExtension } from '../file-source.ts';
import { type LayoutFault, type Pairs, withFaults } from '../pairing.ts';
import { type AnnotatedImage, annotatedSplits, splitOfFolders } from './annotated-layout.ts';
import { type DataYaml, filesAt, hasMasksDir, placesOf, readDataYaml, yamlOf } from './data-yaml.ts';
import type { Folder } from './folder.ts';
import type { DatasetFormat } from './format.ts';

const IMAGES = 'images';
const LABELS = 'labels';

export const yolo: DatasetFormat = {
  name: 'yolo',
  looksFor: 'data.yaml with path, train, val and names but no masks_dir, and texts with outlines in labels/',
  async detect(folder) {
    const file = await yamlOf(folder);
    if (file === undefined || hasMasksDir(await folder.text(file))) return false;
    return folder.entry !== undefined || folder.paths.some((path) => isLabelText(path));
  },
  async read(folder) {
    const file = await yamlOf(folder);
    if (file === undefined)
      throw new FormatError(
        `${folder.name}: there is no data.yaml with path, train, val and names. Write one, or name another format.`,
      );
    const config = readDataYaml(await folder.text(file), joinPaths(folder.name, file), false);
    const { root, splits: places, notes } = await placesOf(folder, folderOf(file), config);
    const classes = drawnClasses(config.names);
    const ids = config.names.map((name) => classes.idOf(name) as number);
    const splits = new Map<string, Pairs>();
    for (const [split, own] of places)
      splits.set(
        split,
        await readSplit(folder, root, split, own, { ids, background: classes.background, keypoints: config.keypoints }),
      );
    if (
      [...splits.values()].every(({ samples }) =>
        samples.every(({ annotation }) => annotation?.unlabeled === 'unlisted'),
      )
    ) {
      throw new FormatError(
        `${joinPaths(folder.name, file)}: no image has a text with outlines in ${LABELS}/ (looked for ${LABELS}/... in the place of ${IMAGES}/...). ` +
          'Put the texts there, or name the folder of masks with masks_dir.',
      );
    }
    return { classes: classes.classes, encoding: null, splits: withFaults(splits, textsAlone(folder, splits)), notes };
  },
};

/** The texts that have no image, by the split that their folder is named for. */
function textsAlone(folder: Folder, splits: ReadonlyMap<string, Pairs>): Map<string, LayoutFault[]> {
  const known = new Set([...splits.values()].flatMap(({ samples }) => samples.map(({ mask }) => mask)));
  const found = new Map([...splits.keys()].map((split): [string, LayoutFault[]] => [split, []]));
  for (const path of folder.paths.filter((each) => isLabelText(each) && !known.has(each))) {
    const parts = withoutExtension(path).split('/');
    const image = parts.with(parts.lastIndexOf(LABELS), IMAGES).join('/');
    if (folder.firstFile(PICTURE_EXTENSIONS.map((extension) => `${image}${extension}`)) !== undefined) continue;
    found.get(splitOfFolders(path) ?? 'train')?.push({ kind: 'missing-image', path });
  }
  return found;
}

const isLabelText = (path: string): boolean => path.endsWith('.txt') && path.split('/').includes(LABELS);

/** What the numbers of texts mean. */
interface Meaning {
  /** The id of each class of the file. */
  readonly ids: readonly number[];
  readonly background: number;
  readonly keypoints: DataYaml['keypoints'];
}

/** Texts that are read at the same time. */
const AHEAD = 16;

async function readSplit(
  folder: Folder,
  root: string,
  split: string,
  places: readonly string[],
  meaning: Meaning,
): Promise<Pairs> {
  const paths = new Set<string>();
  for (const place of places) for (const path of await filesAt(folder, root, place)) if (isImage(path)) paths.add(path);
  const images: AnnotatedImage[] = [];
  const faults: LayoutFault[] = [];
  const read = async (path: string) => {
    const label = labelPath(path);
    const found = await folder.locate(label);
    return {
      path,
      label,
      found,
      annotation: found === undefined ? absent(meaning.background) : parseYolo(await folder.text(found), meaning),
    };
  };
  for await (const { path, label, found, annotation } of mapAhead(paths, AHEAD, read)) {
    if ((await folder.locate(path)) === undefined)
      faults.push({ kind: 'missing-listed', path, detail: `listed for ${split}` });
    else images.push({ name: path, near: [''], path, file: found ?? label, split, annotation });
  }
  const pairs = (await annotatedSplits(folder, images)).get(split) ?? { samples: [], faults: [] };
  return { samples: pairs.samples, faults: [...pairs.faults, ...faults] };
}

/** The last `images` of the path becomes `labels`. */
function labelPath(image: string): string {
  const parts = withoutExtension(image).split('/');
  const index = parts.lastIndexOf(IMAGES);
  return `${(index < 0 ? parts : parts.with(index, LABELS)).join('/')}.txt`;
}

const absent = (background: number): ImageAnnotation => ({
  shapes: [],
  background,
  order: 'smaller',
  unit: 'line',
  faults: [],
  unlabeled: 'unlisted',
});

/** Numbers of a line with a class and a box. */
const BOX_NUMBERS = 5;

/** A text without lines says that all is background. */
function parseYolo(text: string, { ids, background, keypoints }: Meaning): ImageAnnotation {
  const shapes: AnnotatedShape[] = [];
  const faults: ShapeFault[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const number = index + 1;
    const [first, ...outline] = line.trim().split(/\s+/);
    const classId = ids[Number(first)];
    if (classId === undefined) {
      faults.push({
        kind: 'unknown-class',
        number,
        detail: `class ${first}, but names has ${ids.length}: 0 ... ${ids.length - 1}`,
      });
    }
    const { geometry, faults: own } = readOutline(outline.map(Number), outline.length + 1, keypoints);
    for (const fault of own) faults.push({ ...fault, number });
    if (geometry && classId !== undefined) shapes.push({ number, classId, geometry });
  }
  const isEmpty = shapes.length === 0 && faults.length === 0;
  return {
    shapes,
    background,
    order: 'smaller',
    unit: 'line',
    faults,
    ...(isEmpty && { unlabeled: 'listed' as const }),
  };
}

function readOutline(outline: readonly number[], numbers: number, keypoints: DataYaml['keypoints']): ReadGeometry {
  // As many numbers may be an outline as well, so the file's word counts and not theirs.
  if (keypoints) {
    const detail = `a class, a box and ${count(keypoints[0], 'key point')} (kpt_shape in data.yaml), which are no outline`;
    return { faults: [{ kind: 'box-only', detail }] };
  }
  if (numbers === BOX_NUMBERS) {
    return { faults: [{ kind: 'box-only', detail: 'five numbers are a class and a box (center, width, height)' }] };
  }
  return outlineGeometry([outline], 'normalized-polygons');
}
