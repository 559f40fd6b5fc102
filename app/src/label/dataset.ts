/** Labels as a data set that `refinenet train` reads: pictures, palette PNGs and a data.yaml. */
import { encodeLabelPng, type LabelClass, labelMap } from 'refinenet/web';
import type { Extent } from './spans.ts';

/** Where nothing is to be learned. */
export const IGNORED = 255;

/** What becomes of a picture: it is learned from, validated on, or left for the end. */
export type Split = 'train' | 'val' | 'test';

/** Where a picture lies in the data set that it was opened from, or that it was saved to first. */
export interface Origin {
  readonly split: Split;
  /** Below the split's folder. */
  readonly path: string;
}

export interface LabeledPhoto extends Extent {
  readonly name: string;
  readonly file: Blob;
  readonly labels: Uint8Array;
  /** Not there for a picture that came by itself and was not saved yet. */
  readonly origin?: Origin | undefined;
}

export const SPLITS: readonly Split[] = ['train', 'val', 'test'];

/** The formats that every part of RefineNet decodes, by their media type. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
};

/**
 * What becomes of every picture: those of a data set stay in their split. Of the others, counted on from them, every fifth is held
 * out; where none would be, the last one is, unless it is all there is to learn from.
 */
export function splitsOf(photos: readonly Pick<LabeledPhoto, 'origin'>[]): readonly Split[] {
  const learnable = photos.filter(({ origin }) => origin?.split !== 'test');
  let index = learnable.filter(({ origin }) => origin).length;
  const counted = photos.map(({ origin }) => origin?.split ?? (index++ % 5 === 4 ? 'val' : 'train'));
  if (counted.includes('val') || learnable.length < 2) return counted;
  const last = photos.findLastIndex(({ origin }) => !origin);
  return counted.map((split, at) => (at === last ? 'val' : split));
}

/** How many pixels are labeled. */
export function countLabeled(labels: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < labels.length; at++) if (labels[at] !== IGNORED) count++;
  return count;
}

const withoutEnding = (path: string): string => path.replace(/\.\w+$/, '');

/** Names without folders, endings and what file systems refuse, each once and none of those that are given away. */
export function plainNames(names: readonly string[], given: readonly string[] = []): readonly string[] {
  const taken = new Set(given.map((name) => name.toLowerCase()));
  return names.map((name) => {
    const plain =
      name
        .replace(/^.*\//, '')
        .replace(/\.\w+$/, '')
        .replace(/[^\p{L}\p{M}\p{N}_-]+/gu, '-')
        .replace(/^-+|-+$/g, '') || 'picture';
    let unique = plain;
    for (let number = 2; taken.has(unique.toLowerCase()); number++) unique = `${plain}-${number}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}

/** JSON's strings are YAML's too. */
export function dataYaml(splits: readonly string[], classes: readonly LabelClass[]): string {
  const folders = splits.map((split) => `${split}: images/${split}`);
  const names = classes.map(({ name }, id) => `  ${id}: ${JSON.stringify(name)}`);
  return ['path: .', ...folders, 'masks_dir: masks', 'names:', ...names, ''].join('\n');
}

/** A file that is still where it was. */
const readable = (file: Blob): Promise<Blob> =>
  file
    .slice(0, 1)
    .arrayBuffer()
    .then(() => file);

const endingOf = (path: string): string => /\.\w+$/.exec(path)?.[0] ?? '';

/** Whether a picture's file is written as it is: in a format that all parts decode, or as it lies in the data set. */
const isWrittenAsIs = ({ name, file, origin }: LabeledPhoto): boolean =>
  file.size > 0 && (file.type in EXTENSIONS || (origin !== undefined && endingOf(origin.path) === endingOf(name)));

/**
 * Pictures as they can be saved: as they are, or as PNG files where only browsers read their format; and the names of those that cannot,
 * as nothing is in them or they cannot be decoded.
 * @param toPng turns such a picture into a PNG file.
 */
export async function savable<Photo extends LabeledPhoto>(
  photos: readonly Photo[],
  toPng: (file: Blob) => Promise<Blob>,
): Promise<{ readonly photos: readonly Photo[]; readonly leftOut: readonly string[] }> {
  const good: Photo[] = [];
  const leftOut: string[] = [];
  for (const photo of photos) {
    const file = await (isWrittenAsIs(photo) ? readable(photo.file) : toPng(photo.file)).catch(() => undefined);
    if (file) good.push({ ...photo, file });
    else leftOut.push(photo.name);
  }
  return { photos: good, leftOut };
}

/** Where each picture lies, or comes to lie: what is in the data set stays, and nothing comes beside it. @param photos that can be saved */
export function originsOf(photos: readonly LabeledPhoto[]): readonly Origin[] {
  const taken = photos.flatMap(({ origin }) => (origin ? [withoutEnding(origin.path)] : []));
  const names = plainNames(
    photos.map(({ name }) => name),
    taken,
  );
  const splits = splitsOf(photos);
  return photos.map(
    ({ file, origin }, index) =>
      origin ?? { split: splits[index] as Split, path: `${names[index]}.${EXTENSIONS[file.type] ?? 'png'}` },
  );
}

/** The files of the data set by their paths. @param photos that can be saved */
export async function datasetFiles(
  photos: readonly LabeledPhoto[],
  classes: readonly LabelClass[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const origins = originsOf(photos);
  const colors = classes.map(({ color }) => color);
  for (const [index, { file, width, height, labels }] of photos.entries()) {
    const { split, path } = origins[index] as Origin;
    files.set(`images/${split}/${path}`, new Uint8Array(await file.arrayBuffer()));
    files.set(`masks/${split}/${withoutEnding(path)}.png`, encodeLabelPng(labelMap(width, height, labels), colors));
  }
  const used = SPLITS.filter((each) => origins.some(({ split }) => split === each));
  files.set('data.yaml', new TextEncoder().encode(dataYaml(used, classes)));
  return files;
}
