/** Labels as a data set that `refinenet train` reads: pictures, palette PNGs and a data.yaml. */
import { encodeLabelPng, type LabelClass, labelMap } from 'refinenet/web';
import type { Extent } from './spans.ts';

/** Where nothing is to be learned. */
export const IGNORED = 255;

/** What becomes of a picture: it is learned from, validated on, or left for the end. */
export type Split = 'train' | 'val' | 'test';

/** Where a picture lies in the data set that it was opened from. */
export interface Origin {
  readonly split: Split;
  /** Below the split's folder. */
  readonly path: string;
}

export interface LabeledPhoto extends Extent {
  readonly name: string;
  readonly file: Blob;
  readonly labels: Uint8Array;
  /** Not there for a picture that came by itself. */
  readonly origin?: Origin | undefined;
}

export const SPLITS: readonly Split[] = ['train', 'val', 'test'];

/** The formats that every part of RefineNet decodes, by their media type. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
};

/** Every fifth picture is held out, and with few the last one; nothing is of a single one. */
export const isHeldOut = (index: number, count: number): boolean =>
  count > 1 && (count < 5 ? index === count - 1 : index % 5 === 4);

/** What becomes of every picture: those of a data set stay in their split, of the others some are held out. */
export function splitsOf(photos: readonly Pick<LabeledPhoto, 'origin'>[]): readonly Split[] {
  const count = photos.filter(({ origin }) => !origin).length;
  let index = 0;
  return photos.map(({ origin }) => origin?.split ?? (isHeldOut(index++, count) ? 'val' : 'train'));
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

/**
 * Pictures as they can be saved: as they are, or as PNG files where only browsers read their format; and the names of those that cannot,
 * as nothing is in them or they cannot be decoded.
 * @param toPng turns such a picture into a PNG file.
 */
export async function savable(
  photos: readonly LabeledPhoto[],
  toPng: (file: Blob) => Promise<Blob>,
): Promise<{ readonly photos: readonly LabeledPhoto[]; readonly leftOut: readonly string[] }> {
  const good: LabeledPhoto[] = [];
  const leftOut: string[] = [];
  for (const photo of photos) {
    const isKnown = photo.file.size > 0 && (photo.file.type in EXTENSIONS || photo.origin !== undefined);
    const file = await (isKnown ? readable(photo.file) : toPng(photo.file)).catch(() => undefined);
    if (file) good.push({ ...photo, file });
    else leftOut.push(photo.name);
  }
  return { photos: good, leftOut };
}

/** The files of the data set by their paths. @param photos that can be saved */
export async function datasetFiles(
  photos: readonly LabeledPhoto[],
  classes: readonly LabelClass[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const taken = photos.flatMap(({ origin }) => (origin ? [withoutEnding(origin.path)] : []));
  const names = plainNames(
    photos.map(({ name }) => name),
    taken,
  );
  const splits = splitsOf(photos);
  const colors = classes.map(({ color }) => color);
  for (const [index, { file, width, height, labels, origin }] of photos.entries()) {
    // What was opened is written over, and nothing beside it.
    const path = origin?.path ?? `${names[index]}.${EXTENSIONS[file.type] ?? 'png'}`;
    files.set(`images/${splits[index]}/${path}`, new Uint8Array(await file.arrayBuffer()));
    files.set(
      `masks/${splits[index]}/${withoutEnding(path)}.png`,
      encodeLabelPng(labelMap(width, height, labels), colors),
    );
  }
  const used = SPLITS.filter((split) => splits.includes(split));
  files.set('data.yaml', new TextEncoder().encode(dataYaml(used, classes)));
  return files;
}
