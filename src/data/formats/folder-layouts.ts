/** Pairs of folders, one with images and one with masks, and what splits they are. */
import { type Pairs, pairByStem } from '../pairing.ts';
import { SPLIT_FOLDER_NAMES, splitNamed, splitsOfFolders } from '../split-names.ts';
import type { Folder } from './folder.ts';

const IMAGE_FOLDERS = ['images', 'image', 'imgs', 'img', 'img_dir', 'JPEGImages', 'inputs', 'input', 'rgb', 'photos'];
const MASK_FOLDERS = [
  'masks',
  'mask',
  'labels',
  'label',
  'annotations',
  'annotation',
  'ann_dir',
  'annot',
  'ann',
  'segmentations',
  'segmentation',
  'SegmentationClass',
  'groundtruth',
  'ground_truth',
  'gt',
  'targets',
];

export const FOLDER_NAMES_IN_WORDS = `${IMAGE_FOLDERS.slice(0, 4).join(', ')}, ... and ${MASK_FOLDERS.slice(0, 6).join(', ')}, ...`;

export interface FolderPair {
  readonly split: string;
  readonly images: string;
  readonly masks: string;
}

/** The ways in which two folder names and a split's name make two paths. */
const ARRANGEMENTS: readonly ((images: string, masks: string, split: string) => readonly [string, string])[] = [
  (images, masks, split) => [`${images}/${split}`, `${masks}/${split}`],
  (images, masks, split) => [`${split}/${images}`, `${split}/${masks}`],
  (images, masks, split) => [`${split}_${images}`, `${split}_${masks}`],
  (_, masks, split) => [split, `${split}_${masks}`],
];

/** The first arrangement of image and mask folders by splits that is there; else the two folders as `train`; else none. */
export function folderPairs(folder: Folder): readonly FolderPair[] {
  for (const arrange of ARRANGEMENTS) {
    for (const images of IMAGE_FOLDERS) {
      for (const masks of MASK_FOLDERS) {
        const found = SPLIT_FOLDER_NAMES.flatMap((name) => {
          const [imagePath, maskPath] = arrange(images, masks, name);
          return folder.hasFolder(imagePath) && folder.hasFolder(maskPath)
            ? [{ name, images: imagePath, masks: maskPath }]
            : [];
        });
        const splits = splitsOfFolders(found.map(({ name }) => name));
        if (found.length > 0) return found.map(({ name, ...pair }) => ({ split: splits.get(name) ?? name, ...pair }));
      }
    }
  }
  const images = IMAGE_FOLDERS.find((name) => folder.hasFolder(name));
  const masks = MASK_FOLDERS.find((name) => folder.hasFolder(name));
  return images !== undefined && masks !== undefined ? [{ split: 'train', images, masks }] : [];
}

/** The files of each pair of folders, paired by stem. */
export function pairFolders(folder: Folder, pairs: readonly FolderPair[]): Map<string, Pairs> {
  return new Map(
    pairs.map(({ split, images, masks }) => [
      split,
      pairByStem(folder.under(images), folder.under(masks), images, masks),
    ]),
  );
}

/** What there is to say about folders without splits. */
export function splitNotes(pairs: readonly FolderPair[]): string[] {
  const named = pairs.some(({ images }) => images.split(/[/_]/).some((part) => splitNamed(part) !== undefined));
  return named ? [] : [ONLY_TRAIN];
}

export const ONLY_TRAIN =
  'There are no folders for splits (train, val), so all images are taken as train, and nothing is left to validate on.';
