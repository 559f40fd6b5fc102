/** Labeled images in splits, whatever their layout on the disk. */
import { FormatError, UsageError } from '../errors.ts';
import { decideUnlabeled, type Unlabeled } from './annotations/unlabeled.ts';
import { inOrderOf } from './class-order.ts';
import { mapAhead } from './concurrency.ts';
import { numberedClasses } from '../labels/classes-named.ts';
import type { LabelClass } from '../labels/label-class.ts';
import { type FileSource, joinPaths, subfolder } from './file-source.ts';
import { Folder } from './formats/folder.ts';
import type { DatasetFormat, DatasetLayout } from './formats/format.ts';
import { DATASET_FORMATS } from './formats/index.ts';
import { IGNORE_INDEX, labelTable, MOST_CLASSES } from '../labels/label-table.ts';
import { firstOf } from '../text.ts';
import { decodeIds, type MaskEncoding } from './mask.ts';
import type { LayoutFault } from './pairing.ts';
import type { Sample } from './sample.ts';
import { inSplitOrder } from './split-names.ts';
import { UnknownLayoutError } from './unknown-layout-error.ts';

/** A data set that was opened. Its layout is known; images and masks are read when they are needed. */
export interface Dataset {
  /** The root's name in messages. */
  readonly name: string;
  /** What opens it again: the root's name, or that of the file in it which describes the data set; empty if nothing does. */
  readonly path: string;
  /** The name of the format it is laid out in. */
  readonly format: string;
  /** By id, from 0. */
  readonly classes: readonly LabelClass[];
  /** 255, the id of pixels that are neither learned from nor scored. */
  readonly ignoreIndex: typeof IGNORE_INDEX;
  /** `train`, `val`, `test` and others, in that order. */
  readonly splits: readonly string[];
  /** Splits that have no samples because others took them, which is no fault: a `val` that is learned from. */
  readonly emptied?: readonly string[];
  /** How masks say which class a pixel has, unless a sample has an encoding of its own. */
  readonly encoding: MaskEncoding;
  /** Where samples' files are read from. */
  readonly source: FileSource;
  /** What was decided while opening and might surprise. */
  readonly notes: readonly string[];
  /**
   * The images of a split that have a mask.
   * @throws UsageError if there is no such split.
   */
  samples(split: string): readonly Sample[];
  /** Files that are without partner, twice or missing. @throws UsageError if there is no such split. */
  faults(split: string): readonly LayoutFault[];
}

/** What is to be known of a data set where its files do not say it, or say it wrongly. */
export interface OpenDatasetOptions {
  /** The name of a format; found by the folder's content if absent. */
  readonly format?: string;
  /** The file that describes the data set, such as `data.yaml` or a list of pairs, where the folder has several. */
  readonly entry?: string;
  /**
   * The classes, where the folder does not say or says it wrongly. As many as the data set has; those of the same names, in
   * any order, where labels call classes by name.
   */
  readonly classes?: readonly LabelClass[];
  /**
   * What images are on which nothing is drawn: background all over, or left out. By default those that labels list, or have an
   * empty file for, are background, and those that they know nothing of are left out as images without a mask.
   */
  readonly unlabeled?: Unlabeled;
}

/** Archives unpack to a folder in a folder in a folder. */
const DEEPEST_ROOT = 3;

/**
 * Opens the data set in a folder. No image is read; masks are only if nothing else says how many classes there are.
 * @throws UsageError if no such format is known, FormatError if the folder is laid out in none, or its lists are wrong.
 */
export async function openDataset(source: FileSource, options: OpenDatasetOptions = {}): Promise<Dataset> {
  const format = options.format === undefined ? undefined : datasetFormat(options.format);
  const outermost = await Folder.open(source, options.entry);
  let folder = outermost;
  for (let depth = 0; depth <= DEEPEST_ROOT; depth++) {
    const found = await firstFormat(folder, format);
    if (found) return datasetOf(folder, found.name, await found.read(folder), options);
    const inner = folder.foldersIn('');
    if (inner.length !== 1 || folder.filesIn('').length > 0) break;
    folder = await Folder.open(subfolder(folder.source, inner[0] as string));
  }
  // Asked for by name: its own message says best what is missing.
  if (format) return datasetOf(outermost, format.name, await format.read(outermost), options);
  throw nothingFound(outermost);
}

async function firstFormat(folder: Folder, wanted: DatasetFormat | undefined): Promise<DatasetFormat | undefined> {
  for (const each of wanted ? [wanted] : DATASET_FORMATS) if (await each.detect(folder)) return each;
  return undefined;
}

function datasetFormat(name: string): DatasetFormat {
  const found = DATASET_FORMATS.find((format) => format.name === name);
  if (found) return found;
  const names = DATASET_FORMATS.map((format) => format.name);
  throw new UsageError(`There is no data set format "${name}". Choose one of ${names.join(', ')}.`);
}

function nothingFound(folder: Folder): UnknownLayoutError {
  const entries = [...folder.foldersIn('').map((name) => `${name}/`), ...folder.filesIn('')];
  const content = entries.length === 0 ? 'it is empty or does not exist' : `it has ${firstOf(entries, 8)}`;
  const looked = DATASET_FORMATS.map(({ name, looksFor }) => `  ${name}: ${looksFor}`);
  return new UnknownLayoutError(
    `${folder.name}: no data set of a known layout was found (${content}). Looked for\n${looked.join('\n')}\n` +
      'The simplest is two folders, images/ and masks/, with files of the same names.',
  );
}

async function datasetOf(
  { source: files, entry }: Folder,
  format: string,
  layout: DatasetLayout,
  { classes: wanted, unlabeled }: OpenDatasetOptions,
): Promise<Dataset> {
  const { source = files } = layout;
  const { splits: kept, notes: decided } = decideUnlabeled(layout.splits, unlabeled, source.name);
  const notes = [...(layout.notes ?? []), ...decided];
  if (wanted && layout.classes && wanted.length !== layout.classes.length) {
    throw new UsageError(
      `${source.name}: ${wanted.length} classes were given, but the data set has ${layout.classes.length}: ${layout.classes.map(({ name }) => name).join(', ')}.`,
    );
  }
  const given = { splits: kept, encoding: layout.encoding };
  const { splits, encoding } = wanted && layout.classes ? inOrderOf(wanted, layout.classes, given, source.name) : given;
  const classes = wanted ?? layout.classes ?? (await classesInMasks(source, splits, notes));
  const get = (split: string) => {
    const pairs = splits.get(split);
    if (pairs) return pairs;
    throw new UsageError(`${source.name}: there is no split "${split}". It has ${[...splits.keys()].join(', ')}.`);
  };
  return {
    name: source.name,
    path: entry === undefined ? source.name : joinPaths(source.name, entry),
    format,
    classes,
    ignoreIndex: IGNORE_INDEX,
    splits: inSplitOrder(splits.keys()),
    encoding: encoding ?? { kind: 'ids', table: labelTable({ classes: classes.length }) },
    source,
    notes,
    samples: (split) => get(split).samples,
    faults: (split) => get(split).faults,
  };
}

/** As many classes as the highest id in all masks asks for. Damaged masks are passed over: reading them says so later. */
async function classesInMasks(
  source: FileSource,
  splits: DatasetLayout['splits'],
  notes: string[],
): Promise<readonly LabelClass[]> {
  const masks = [...splits.values()].flatMap(({ samples }) => samples.map(({ mask }) => mask));
  let highest = -1;
  let read = 0;
  for await (const id of mapAhead(masks, 4, (mask) => highestId(source, mask))) {
    if (id === undefined) continue;
    read++;
    highest = Math.max(highest, id);
  }
  const count = Math.min(Math.max(1, highest + 1), MOST_CLASSES);
  notes.push(
    `No class names were found; the ids in ${read} masks are 0 ... ${count - 1}, so that many classes are taken. ` +
      'Put their names into classes.txt, one a line.',
  );
  return numberedClasses(count);
}

async function highestId(source: FileSource, mask: string): Promise<number | undefined> {
  try {
    const { data } = await decodeIds(await source.read(mask), mask, source.readHdf5Mat);
    let highest = -1;
    for (const id of data) if (id > highest && id < IGNORE_INDEX) highest = id;
    return highest;
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
