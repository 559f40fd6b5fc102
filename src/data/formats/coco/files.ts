/** Finds the JSON files in a folder that are the labels: a folder may have several kinds, each with a file a split. */
import { FormatError } from '../../../errors.ts';
import { extensionOf, joinPaths } from '../../file-source.ts';
import { splitNamed } from '../../split-names.ts';
import { splitOfFile } from '../annotated-layout.ts';
import type { Folder } from '../folder.ts';
import { filesWith, jsonCandidates, readJson } from '../json-file.ts';
import { COCO_SCHEMA, type CocoDocument, type CocoFile, hasContent, isPanoptic } from './schema.ts';

/** Some are enough to know the format by; a damaged file must be known too, so that it can be named. */
const SIGNS = [/^\s*\{/, /"(images|annotations|categories)"\s*:\s*\[/, /"(file_name|image_id|supercategory)"\s*:/];

/** The files that look like COCO's. */
export function cocoPaths(folder: Folder): Promise<string[]> {
  return filesWith(folder, jsonCandidates(folder), SIGNS);
}

/**
 * The files of the one kind of labels there is, or of which one file was named.
 * @throws FormatError if there are several kinds, or none with outlines.
 */
export async function cocoFiles(folder: Folder): Promise<readonly CocoFile[]> {
  const named = folder.entry;
  const paths = named === undefined ? await cocoPaths(folder) : await siblings(folder, named);
  const files: CocoFile[] = [];
  const boxes: string[] = [];
  for (const path of paths) {
    const document = await readJson(folder, path, COCO_SCHEMA, "COCO's JSON with images, annotations and categories");
    if (hasPixels(document)) files.push({ path, split: splitOfFile(path) ?? 'train', document });
    else boxes.push(`${joinPaths(folder.name, path)} ${describeBoxes(document)}`);
  }
  if (files.length === 0) {
    throw new FormatError(
      boxes.length === 0
        ? `${folder.name}: COCO's layout lacks a JSON with images, annotations and categories at the root or in a folder there.`
        : `${boxes.join('; ')}. Nothing says which pixels are meant: export polygons or masks (instances, panoptic or stuff).`,
    );
  }
  return oneKind(folder, files);
}

/** Files are of one kind if their paths differ only in the words for splits. */
function oneKind(folder: Folder, files: readonly CocoFile[]): readonly CocoFile[] {
  const kinds = new Map<string, CocoFile[]>();
  for (const file of files) {
    const kind = file.path.split(/([^a-z0-9]+)/i).map((word) => (splitNamed(word) === undefined ? word : '*'));
    const others = kinds.get(kind.join(''));
    if (others) others.push(file);
    else kinds.set(kind.join(''), [file]);
  }
  // Keypoints come with the outlines of people that the other labels have too.
  const [first, ...more] = [...kinds].filter(([, [file]]) => kinds.size === 1 || !hasKeypoints(file as CocoFile));
  if (first !== undefined && more.length === 0) return first[1];
  const all = [...kinds.values()].map(([file]) => file as CocoFile);
  // Several parts of one set, such as the exports of several tasks.
  const names = new Set(all.map(({ document }) => document.categories.map(({ id, name }) => `${id} ${name}`).join()));
  if (names.size === 1 && !all.some(hasKeypoints)) return files;
  throw new FormatError(
    `${folder.name} has several kinds of labels: ${[...kinds.keys()].join(', ')}. Name a file of the one that is meant, such as ${joinPaths(folder.name, (all[0] as CocoFile).path)}.`,
  );
}

/** The named file, and those beside it that are named alike but for the split. */
async function siblings(folder: Folder, named: string): Promise<string[]> {
  const words = named.split(/([^a-z0-9]+)/i);
  const isAlike = (path: string) => {
    const own = path.split(/([^a-z0-9]+)/i);
    return (
      own.length === words.length &&
      own.every(
        (word, at) =>
          word === words[at] || (splitNamed(word) !== undefined && splitNamed(words[at] as string) !== undefined),
      )
    );
  };
  return folder.filesIn('').filter((path) => path === named || (extensionOf(path) === '.json' && isAlike(path)));
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
