/** Labels as a data set that `refinenet train` reads: pictures, palette PNGs and a data.yaml. */
import { encodeLabelPng, type LabelClass, labelMap } from 'refinenet/web';
import type { Extent } from './shapes.ts';

/** Where nothing is to be learned. */
export const IGNORED = 255;

export interface LabeledPhoto extends Extent {
  readonly name: string;
  readonly file: Blob;
  readonly labels: Uint8Array;
}

/** The formats that every part of RefineNet decodes, by their media type. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
};

/** Every fifth picture is held out, and with few the last one; nothing is of a single one. */
export const isHeldOut = (index: number, count: number): boolean =>
  count > 1 && (count < 5 ? index === count - 1 : index % 5 === 4);

/** Pictures of which at least one pixel is labeled. */
export const isLabeled = ({ labels }: Pick<LabeledPhoto, 'labels'>): boolean => labels.some((id) => id !== IGNORED);

/** Names without folders, endings and what file systems refuse, each once. */
export function plainNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
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

/**
 * The files of the data set by their paths. Pictures go as they are, except in formats that only browsers read.
 * @param toPng turns such a picture into a PNG file.
 */
export async function datasetFiles(
  photos: readonly LabeledPhoto[],
  classes: readonly LabelClass[],
  toPng: (file: Blob) => Promise<Blob>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const names = plainNames(photos.map(({ name }) => name));
  const colors = classes.map(({ color }) => color);
  const splits = new Set<string>();
  for (const [index, { file, width, height, labels }] of photos.entries()) {
    const split = isHeldOut(index, photos.length) ? 'val' : 'train';
    splits.add(split);
    const known = EXTENSIONS[file.type];
    const content = known ? file : await toPng(file);
    const path = `${split}/${names[index]}`;
    files.set(`images/${path}.${known ?? 'png'}`, new Uint8Array(await content.arrayBuffer()));
    files.set(`masks/${path}.png`, encodeLabelPng(labelMap(width, height, labels), colors));
  }
  files.set('data.yaml', new TextEncoder().encode(dataYaml([...splits], classes)));
  return files;
}
