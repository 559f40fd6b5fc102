/** Checks of files by their content: whether they can be read, and go together. */
import { DATASET_FORMATS } from '../formats/index.ts';
import { describeUnknown } from '../mask.ts';
import { labelsNameOf } from '../sample.ts';
import type { Trouble } from '../scan.ts';
import { hiddenTurn, sizeMismatch } from './sizes.ts';
import {
  type Check,
  type CheckedDataset,
  imagesIn,
  isUnlabeled,
  masksIn,
  part,
  type ProblemItem,
  readableImages,
  readableMasks,
} from './check.ts';
import { count } from '../../text.ts';

const masksWith =
  (kind: Trouble) =>
  ({ scanned }: CheckedDataset): ProblemItem[] =>
    scanned.flatMap(({ mask, sample }) =>
      'problem' in mask && mask.kind === kind
        ? [{ subject: sample.mask, detail: withoutPath(mask.problem, sample.mask) }]
        : [],
    );

/** Messages of readers begin with the file, which stands before them already. */
function withoutPath(message: string, path: string): string {
  return message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
}

const SMALLEST_SIDE = 32;

export const FILE_CHECKS: readonly Check[] = [
  {
    code: 'unreadable-image',
    severity: 'error',
    stopsTraining: true,
    stopsReading: true,
    message: (found, checked) => `${part(found, imagesIn(checked), 'image', 'cannot', 'cannot')} be read`,
    advice: 'Copy or save them anew.',
    find: ({ scanned }) =>
      scanned.flatMap(({ image, sample }) =>
        'problem' in image ? [{ subject: sample.image, detail: withoutPath(image.problem, sample.image) }] : [],
      ),
  },
  {
    code: 'unreadable-mask',
    severity: 'error',
    stopsTraining: true,
    stopsReading: true,
    message: (found, checked) => `${part(found, masksIn(checked), 'mask', 'cannot', 'cannot')} be read`,
    advice: 'Copy or save them anew, as PNG.',
    find: masksWith('unreadable'),
  },
  {
    code: 'jpeg-mask',
    severity: 'error',
    stopsTraining: true,
    stopsReading: true,
    message: (found, checked) =>
      `${part(found, masksIn(checked), 'mask', 'is a JPEG', 'are JPEGs')}, whose compression changes class ids`,
    advice: 'Save masks as PNG from the original labels; converting the JPEGs does not bring the ids back.',
    find: masksWith('jpeg-mask'),
  },
  {
    code: 'colored-mask',
    severity: 'error',
    stopsTraining: true,
    stopsReading: true,
    message: (found, checked) =>
      `${part(found, masksIn(checked), 'mask', 'has', 'have')} colors where class ids are expected`,
    advice: ({ dataset }) => {
      const { colorTable } = DATASET_FORMATS.find(({ name }) => name === dataset.format) ?? {};
      const table =
        colorTable === undefined
          ? ''
          : ` If the colors are the classes, put a class_dict.csv ${colorTable}: a line name,r,g,b for each class.`;
      return `Save one channel with the class ids (gray or indexed PNG).${table}`;
    },
    find: masksWith('colored-mask'),
  },
  {
    code: 'alpha-mask',
    severity: 'error',
    stopsTraining: true,
    stopsReading: true,
    message: (found, checked) =>
      `${part(found, masksIn(checked), 'mask', 'has', 'have')} an alpha channel beside the class ids`,
    advice: 'Save them without alpha (transparency), as gray or indexed PNG: the gray values stay the ids.',
    find: masksWith('alpha-mask'),
  },
  {
    code: 'unknown-ids',
    severity: 'error',
    stopsTraining: true,
    message: (found, checked) =>
      `${part(found, masksIn(checked), 'mask', 'has', 'have')} ${checked.dataset.encoding.kind === 'ids' ? 'ids' : 'colors'} that are no class`,
    advice: ({ dataset }) =>
      dataset.encoding.kind === 'ids'
        ? `The classes are 0 ... ${dataset.classes.length - 1}, and 255 is ignored. Name the missing classes, or map the ids (label_mapping in data.yaml).`
        : 'Add the colors to the table of classes, or repaint them: borders must not be smoothed.',
    find: (checked) =>
      readableMasks(checked).flatMap(({ record, mask }) => {
        if (mask.unknown.size === 0) return [];
        const pixels = [...mask.unknown.values()].reduce((sum, each) => sum + each, 0);
        const detail = `${describeUnknown(mask.unknown, checked.dataset.encoding.kind)} (${count(pixels, 'pixel')})`;
        return [{ subject: record.sample.mask, detail }];
      }),
  },
  {
    code: 'size-mismatch',
    severity: 'error',
    stopsTraining: true,
    message: (found, checked) => `${part(found, masksIn(checked), 'mask', 'differs', 'differ')} in size from the image`,
    advice: 'Make the masks anew at the size of the images.',
    find: ({ scanned }) => scanned.flatMap(sizeMismatch),
  },
  {
    code: 'turned-image',
    severity: 'warning',
    message: (found, checked) =>
      `${part(found, imagesIn(checked), 'image', 'is', 'are')} turned or mirrored by an EXIF orientation, and the size of the mask does not show whether it follows`,
    advice:
      'Images are made upright before training. Look at a contact sheet: masks must be drawn on the upright image, not on the stored one.',
    find: ({ scanned }) => scanned.flatMap(hiddenTurn),
  },
  {
    code: 'wide-mask',
    severity: 'warning',
    message: (found) => `${count(found, 'mask has', 'masks have')} 16 bits a pixel`,
    advice: 'Save masks with 8 bits: ids above 255 cannot be classes, and 65535 is not ignored but unknown.',
    find: (checked) =>
      readableMasks(checked).flatMap(({ record, mask }) => (mask.isWide ? [{ subject: record.sample.mask }] : [])),
  },
  {
    code: 'empty-mask',
    severity: 'warning',
    message: (found) => `${count(found, 'mask has', 'masks have')} no labeled pixel: all is ignored`,
    advice: 'Label them or take them out: nothing can be learned from them.',
    find: (checked) =>
      readableMasks(checked).flatMap(({ record, mask }) =>
        isUnlabeled(mask) ? [{ subject: labelsNameOf(record.sample) }] : [],
      ),
  },
  {
    code: 'blank-image',
    severity: 'warning',
    message: (found) => `${count(found, 'image is', 'images are')} of one color all over`,
    advice: 'Check the export of these images.',
    find: (checked) =>
      readableImages(checked).flatMap(({ record, image }) => (image.isBlank ? [{ subject: record.sample.image }] : [])),
  },
  {
    code: 'small-image',
    severity: 'warning',
    message: (found) => `${count(found, 'image is', 'images are')} smaller than ${SMALLEST_SIDE} pixels`,
    advice: `The network's coarsest features are ${SMALLEST_SIDE} pixels apart. Use larger images, or scale these up.`,
    find: (checked) =>
      readableImages(checked).flatMap(({ record, image: { width, height } }) =>
        Math.min(width, height) < SMALLEST_SIDE ? [{ subject: record.sample.image, detail: `${width}x${height}` }] : [],
      ),
  },
];
