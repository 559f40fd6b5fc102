/** Which mask belongs to which image. */
import {
  comparable,
  extensionOf,
  isImage,
  isMask,
  UNREADABLE_PICTURE_EXTENSIONS,
  withoutExtension,
} from './file-source.ts';
import type { Sample } from './sample.ts';

/** Something wrong with a data set's files that shows before any is opened. */
export interface LayoutFault {
  readonly kind: 'missing-mask' | 'missing-image' | 'ambiguous-name' | 'unreadable-format' | 'missing-listed';
  readonly path: string;
  readonly detail?: string;
}

export interface Pairs {
  readonly samples: readonly Sample[];
  readonly faults: readonly LayoutFault[];
}

/** The splits with more faults, each in the split that it was found for. */
export function withFaults(
  splits: ReadonlyMap<string, Pairs>,
  found: ReadonlyMap<string, readonly LayoutFault[]>,
): Map<string, Pairs> {
  const names = new Set([...splits.keys(), ...found.keys()]);
  return new Map(
    [...names].map((split) => {
      const { samples, faults } = splits.get(split) ?? { samples: [], faults: [] };
      return [split, { samples, faults: [...faults, ...(found.get(split) ?? [])] }];
    }),
  );
}

/** What follows a mask's common stem in data sets that name masks otherwise than images. */
const MASK_SUFFIXES = [
  '_gtFine_labelTrainIds',
  '_gtFine_labelIds',
  '_labelTrainIds',
  '_labelIds',
  '_segmentation',
  '_annotation',
  '_groundtruth',
  '_labels',
  '_label',
  '_masks',
  '_mask',
  '_seg',
  '_gt',
  '_L',
  '_P',
  '-mask',
  '-label',
  '.mask',
];
const IMAGE_SUFFIXES = ['_leftImg8bit', '_image', '_img', '_rgb', '_sat'];

/**
 * Pairs files by their path below each root without the extension; those left over by that path without a usual suffix
 * (`x_mask.png`, `x_L.png`, ...). Names that differ only in their Unicode form are the same. Files that are no images are
 * passed over.
 */
export function pairByStem(
  images: readonly string[],
  masks: readonly string[],
  imageRoot: string,
  maskRoot: string,
): Pairs {
  const faults: LayoutFault[] = [...unreadable(images), ...unreadable(masks)];
  const imagesByStem = byStem(images.filter(isImage), imageRoot, faults);
  const masksByStem = byStem(masks.filter(isMask), maskRoot, faults);
  const samples: Sample[] = [];
  const pair = (stem: string, image: string, maskStem: string) => {
    samples.push({ name: stem, image, mask: masksByStem.get(maskStem) as string });
    masksByStem.delete(maskStem);
  };
  const open = new Map<string, string>();
  for (const [stem, image] of imagesByStem) {
    if (masksByStem.has(stem)) pair(stem, image, stem);
    else open.set(stem, image);
  }
  const shortened = new Map<string, string>();
  for (const stem of masksByStem.keys()) {
    for (const short of withoutSuffix(stem, MASK_SUFFIXES)) if (!shortened.has(short)) shortened.set(short, stem);
  }
  for (const [stem, image] of open) {
    const found = [stem, ...withoutSuffix(stem, IMAGE_SUFFIXES)]
      .map((key) => (masksByStem.has(key) ? key : shortened.get(key)))
      .find((key) => key !== undefined && masksByStem.has(key));
    if (found !== undefined) pair(stem, image, found);
    else faults.push({ kind: 'missing-mask', path: image });
  }
  for (const mask of masksByStem.values()) faults.push({ kind: 'missing-image', path: mask });
  return { samples: samples.sort((a, b) => (a.name < b.name ? -1 : 1)), faults };
}

function byStem(paths: readonly string[], root: string, faults: LayoutFault[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const stem = stemBelow(path, root);
    const other = found.get(stem);
    if (other === undefined) found.set(stem, path);
    else {
      // Of a mask that is there twice, the one in a lossless format is meant.
      if (extensionOf(path) === '.png') found.set(stem, path);
      faults.push({ kind: 'ambiguous-name', path, detail: `has the same name as ${other}${formsOf(path, other)}` });
    }
  }
  return found;
}

/** A file's path below a folder without its extension, for comparing with others. */
export function stemBelow(path: string, root: string): string {
  return comparable(withoutExtension(path)).slice(root === '' ? 0 : comparable(root).length + 1);
}

function formsOf(path: string, other: string): string {
  const areOne = comparable(withoutExtension(path)) !== withoutExtension(path) || comparable(other) !== other;
  return areOne ? ' (letters with accents are the same in either Unicode form)' : '';
}

function withoutSuffix(stem: string, suffixes: readonly string[]): string[] {
  const lower = stem.toLowerCase();
  return suffixes
    .filter((suffix) => lower.endsWith(suffix.toLowerCase()) && stem.length > suffix.length)
    .map((suffix) => stem.slice(0, -suffix.length));
}

function unreadable(paths: readonly string[]): LayoutFault[] {
  return paths
    .filter((path) => UNREADABLE_PICTURE_EXTENSIONS.includes(extensionOf(path)))
    .map((path) => ({ kind: 'unreadable-format' as const, path }));
}
