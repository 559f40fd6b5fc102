/** Checks of single files: what is there, and whether it can be read. */
import { sameBytes } from '../content-hash.ts';
import type { Dataset } from '../dataset.ts';
import { describeUnknown } from '../mask.ts';
import type { LayoutFault } from '../pairing.ts';
import type { ScannedSample, Trouble } from '../scan.ts';
import { type Check, type CheckedDataset, count, type ProblemItem, readableImages, readableMasks } from './check.ts';

const ofKind =
  (kind: LayoutFault['kind']) =>
  ({ faults }: CheckedDataset): ProblemItem[] =>
    faults
      .filter((fault) => fault.kind === kind)
      .map(({ path, detail }) => ({ subject: path, ...(detail !== undefined && { detail }) }));

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
    code: 'missing-mask',
    severity: 'error',
    message: (found) => `${count(found, 'image has', 'images have')} no mask`,
    advice: 'Add masks of the same names, or take the images out.',
    find: ofKind('missing-mask'),
  },
  {
    code: 'missing-image',
    severity: 'error',
    message: (found) => `${count(found, 'mask has', 'masks have')} no image`,
    advice: 'Add the images, or take the masks out.',
    find: ofKind('missing-image'),
  },
  {
    code: 'missing-listed',
    severity: 'error',
    message: (found) => `${count(found, 'file is', 'files are')} listed but not there`,
    advice: 'Add the files, or take them off the list.',
    find: ofKind('missing-listed'),
  },
  {
    code: 'ambiguous-name',
    severity: 'error',
    message: (found) => `${count(found, 'file is', 'files are')} there twice, so it is not clear which is meant`,
    advice: 'Keep one file of each name.',
    find: ofKind('ambiguous-name'),
  },
  {
    code: 'unreadable-format',
    severity: 'warning',
    message: (found) => `${count(found, 'file is', 'files are')} of a format that is not read, and passed over`,
    advice: 'Convert images to JPEG or PNG and masks to PNG.',
    find: ofKind('unreadable-format'),
  },
  {
    code: 'unreadable-image',
    severity: 'error',
    message: (found) => `${count(found, 'image')} cannot be read`,
    advice: 'Copy or save them anew.',
    find: ({ scanned }) =>
      scanned.flatMap(({ image, sample }) =>
        'problem' in image ? [{ subject: sample.image, detail: withoutPath(image.problem, sample.image) }] : [],
      ),
  },
  {
    code: 'unreadable-mask',
    severity: 'error',
    message: (found) => `${count(found, 'mask')} cannot be read`,
    advice: 'Copy or save them anew, as PNG.',
    find: masksWith('unreadable'),
  },
  {
    code: 'jpeg-mask',
    severity: 'error',
    message: (found) => `${count(found, 'mask is a JPEG', 'masks are JPEGs')}, whose compression changes class ids`,
    advice: 'Save masks as PNG from the original labels; converting the JPEGs does not bring the ids back.',
    find: masksWith('jpeg-mask'),
  },
  {
    code: 'colored-mask',
    severity: 'error',
    message: (found) => `${count(found, 'mask has', 'masks have')} colours where class ids are expected`,
    advice:
      'Save one channel with the class ids (grey or indexed PNG). If the colours are the classes, put a class_dict.csv with name,r,g,b beside the folders.',
    find: masksWith('colored-mask'),
  },
  {
    code: 'unknown-ids',
    severity: 'error',
    message: (found, { dataset }) =>
      `${count(found, 'mask has', 'masks have')} ${dataset.encoding.kind === 'ids' ? 'ids' : 'colours'} that are no class`,
    advice: ({ dataset }) =>
      dataset.encoding.kind === 'ids'
        ? `The classes are 0 ... ${dataset.classes.length - 1}, and 255 is ignored. Name the missing classes, or map the ids (label_mapping in data.yaml).`
        : 'Add the colours to the table of classes, or repaint them: borders must not be smoothed.',
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
    message: (found) => `${count(found, 'mask differs', 'masks differ')} in size from the image`,
    advice: 'Make the masks anew at the size of the images.',
    find: ({ scanned }) => scanned.flatMap(sizeMismatch),
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
    message: (found) => `${count(found, 'mask has', 'masks have')} no labelled pixel: all is ignored`,
    advice: 'Label them or take them out: nothing can be learned from them.',
    find: (checked) =>
      readableMasks(checked).flatMap(({ record, mask }) =>
        mask.counts.every((pixels) => pixels === 0) && mask.unknown.size === 0 ? [{ subject: record.sample.mask }] : [],
      ),
  },
  {
    code: 'blank-image',
    severity: 'warning',
    message: (found) => `${count(found, 'image is', 'images are')} of one colour all over`,
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

function sizeMismatch({ image, mask, sample }: ScannedSample): ProblemItem[] {
  if (!('value' in image && 'value' in mask)) return [];
  const [a, b] = [image.value, mask.value];
  if (a.width === b.width && a.height === b.height) return [];
  const isTurned = a.width === b.height && a.height === b.width;
  const hint = isTurned
    ? ', as if one were turned: does the image carry an EXIF orientation that the mask does not follow?'
    : '';
  return [
    { subject: sample.mask, detail: `${b.width}x${b.height}, but ${sample.image} is ${a.width}x${a.height}${hint}` },
  ];
}

/** Samples whose image files have the same bytes, in groups. Each file of a group was compared, not only its hash. */
export async function findCopies(dataset: Dataset, scanned: readonly ScannedSample[]): Promise<ScannedSample[][]> {
  const byHash = new Map<string, ScannedSample[]>();
  for (const record of scanned) {
    if (record.imageHash === undefined) continue;
    const group = byHash.get(record.imageHash);
    if (group) group.push(record);
    else byHash.set(record.imageHash, [record]);
  }
  const copies: ScannedSample[][] = [];
  for (const [first, ...others] of [...byHash.values()].filter((group) => group.length > 1)) {
    const bytes = await dataset.source.read((first as ScannedSample).sample.image);
    const same = [first as ScannedSample];
    for (const other of others) {
      if (sameBytes(bytes, await dataset.source.read(other.sample.image))) same.push(other);
    }
    if (same.length > 1) copies.push(same);
  }
  return copies;
}
