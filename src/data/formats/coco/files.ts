/** Finds the JSON files in a folder that are the labels: a folder may have several kinds, each with a file a split. */
import { FormatError } from '../../../errors.ts';
import { groupBy } from '../../../groups.ts';
import { extensionOf, joinPaths } from '../../file-source.ts';
import { splitNamed } from '../../split-names.ts';
import { splitOfFile } from '../annotated-layout.ts';
import type { Folder } from '../folder.ts';
import { checkJson, filesWith, type ItemNames, jsonCandidates, parseJson } from '../json-file.ts';
import { readEach } from '../problem-list.ts';
import { COCO_SCHEMA, type CocoDocument, type CocoFile, hasContent, isPanoptic } from './schema.ts';

/** Some are enough to know the format by; a damaged file must be known too, so that it can be named. */
const SIGNS = [/^\s*\{/, /"(images|annotations|categories)"\s*:\s*\[/, /"(file_name|image_id|supercategory)"\s*:/];

/** The files that look like COCO's. */
export function cocoPaths(folder: Folder): Promise<string[]> {
  return filesWith(folder, jsonCandidates(folder), SIGNS);
}

export interface CocoLabels {
  readonly files: readonly CocoFile[];
  /** Which files are passed over, and why. */
  readonly notes: readonly string[];
}

/**
 * The files of the one kind of labels there is, or of which one file was named. Those that say of no pixel what it is are
 * passed over; but where they alone know an image, what they lack is told with the shapes.
 * @throws FormatError if there are several kinds, or none with outlines.
 */
export async function cocoFiles(folder: Folder): Promise<CocoLabels> {
  const named = folder.entry;
  const paths = named === undefined ? await cocoPaths(folder) : await siblings(folder, named);
  const found = await readEach(paths, (path) => readFile(folder, path));
  if (found.length === 0) {
    throw new FormatError(
      `${folder.name}: COCO's layout lacks a JSON with images, annotations and categories at the root or in a folder there.`,
    );
  }
  const whole = found.filter(({ lacks }) => lacks === undefined).flatMap(({ file }) => file ?? []);
  const lacking = found.filter(({ lacks }) => lacks !== undefined);
  if (whole.length === 0 || lacking.some(({ path }) => path === named)) {
    const said = lacking.map(({ path, lacks }) => `${joinPaths(folder.name, path)} ${lacks}`);
    throw new FormatError(
      `${said.join('; ')}. Nothing says which pixels are meant: export polygons or masks (instances, panoptic or stuff).`,
    );
  }
  const kind = oneKind(folder, whole);
  const damaged = lacking.filter(({ path, file }) => !file && kind.some((other) => kindOf(other) === kindOf({ path })));
  if (damaged.length > 0) {
    const said = damaged.map(({ path, lacks }) => `${joinPaths(folder.name, path)} ${lacks}`);
    throw new FormatError(`${said.join('; ')}, but is named as files that have them. Export it anew.`);
  }
  const missed = lacking.flatMap(({ file }) => (file !== undefined && isPartOf(kind, file) ? [file] : []));
  const passed = lacking.filter(({ file }) => file === undefined || !missed.includes(file));
  return {
    files: [...kind, ...missed],
    notes: passed.map(({ path, lacks }) => `${path} ${lacks}, so it is passed over.`),
  };
}

interface FoundFile {
  readonly path: string;
  /** Absent where the file is of another kind altogether, such as captions. */
  readonly file?: CocoFile;
  /** Why it says of no pixel what it is; absent where it does. */
  readonly lacks?: string;
}

/** Fields without which a file has no labels, such as those of captions and of images to test on. */
const NEEDED = ['annotations', 'categories'];
const ITEMS: ItemNames = {
  annotations(index, item) {
    const { id } = (item ?? {}) as { readonly id?: unknown };
    return id === undefined ? `annotation number ${index + 1}` : `annotation id ${id}`;
  },
};

async function readFile(folder: Folder, path: string): Promise<FoundFile> {
  const name = joinPaths(folder.name, path);
  const value = parseJson(await folder.text(path), name);
  const missing = NEEDED.filter((field) => typeof value === 'object' && value !== null && !(field in value));
  if (missing.length > 0) return { path, lacks: `has no ${missing.join(' and no ')}` };
  const what = "COCO's JSON with images, annotations and categories";
  const document = checkJson(value, name, COCO_SCHEMA, what, ITEMS);
  const file = { path, split: splitOfFile(path), document };
  return hasPixels(document) ? { path, file } : { path, file, lacks: describeBoxes(document) };
}

/** Whether it is of the same set as other files and knows images that they do not. */
function isPartOf(others: readonly CocoFile[], file: CocoFile): boolean {
  if (others.some(({ document }) => isPanoptic(document))) return false;
  const isAlike = others.some(
    (other) => kindOf(other) === kindOf(file) || (categoriesOf(other) === categoriesOf(file) && !hasKeypoints(file)),
  );
  const namesOf = ({ split, document }: CocoFile) => document.images.map(({ file_name }) => `${split}/${file_name}`);
  const known = new Set(others.flatMap(namesOf));
  return isAlike && namesOf(file).some((name) => !known.has(name));
}

/**
 * A path with its words for splits left open, but for their years: images of 2014's train are in 2017's val. Parts that we write of
 * a long file are of one kind.
 */
const kindOf = ({ path }: Pick<CocoFile, 'path'>): string =>
  path
    .replace(/_part\d+(?=\.json$)/, '')
    .split(/([^a-z0-9]+)/i)
    .map((word) => (splitNamed(word) === undefined ? word : `*${yearOf(word)}`))
    .join('');

const yearOf = (word: string): string => /\d*$/.exec(word)?.[0] ?? '';

const categoriesOf = ({ document }: CocoFile): string =>
  document.categories.map(({ id, name }) => `${id} ${name}`).join();

/** Files are of one kind if their paths differ only in the words for splits. */
function oneKind(folder: Folder, files: readonly CocoFile[]): readonly CocoFile[] {
  const kinds = groupBy(files, kindOf);
  // Keypoints come with the outlines of people that the other labels have too.
  const [first, ...more] = [...kinds].filter(([, [file]]) => kinds.size === 1 || !hasKeypoints(file as CocoFile));
  if (first !== undefined && more.length === 0) return first[1];
  const all = [...kinds.values()].map(([file]) => file as CocoFile);
  // Several parts of one set, such as the exports of several tasks.
  const names = new Set(all.map(categoriesOf));
  const years = new Set([...kinds.keys()].flatMap((kind) => kind.match(/\*\d+/g) ?? []));
  if (names.size === 1 && years.size <= 1 && !all.some(hasKeypoints)) return files;
  throw new FormatError(
    `${folder.name} has several kinds of labels: ${[...kinds.keys()].join(', ')}. Name a file of the one that is meant, such as ${joinPaths(folder.name, (all[0] as CocoFile).path)}.`,
  );
}

/** The named file, and those beside it that are named alike but for the split. */
async function siblings(folder: Folder, named: string): Promise<string[]> {
  const kind = kindOf({ path: named });
  const isAlike = (path: string) => extensionOf(path) === '.json' && kindOf({ path }) === kind;
  return folder.filesIn('').filter((path) => path === named || isAlike(path));
}

const hasKeypoints = ({ document }: CocoFile): boolean =>
  document.categories.some(({ keypoints }) => keypoints !== undefined && keypoints !== null);

function hasPixels(document: CocoDocument): boolean {
  const { annotations } = document;
  return (
    annotations.length === 0 || isPanoptic(document) || annotations.some(({ segmentation }) => hasContent(segmentation))
  );
}

function describeBoxes({ annotations, categories }: CocoDocument): string {
  const what = categories.some(({ keypoints }) => keypoints !== undefined) ? 'keypoints and boxes' : 'boxes';
  return `has ${what} only: none of its ${annotations.length} annotations has a segmentation`;
}
